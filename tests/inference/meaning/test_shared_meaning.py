"""Real scans: what they show is said with its evidence, or said to be unknown; never wrongly."""

from pathlib import Path

import pytest

from inference.dicom.intake import Intake
from inference.findings import Verdict
from inference.meaning.opinion import Opinion, Source
from inference.meaning.understanding import Meaning, understand_volume
from inference.messages.catalogue import load_catalogue
from inference.messages.message import FieldValue


@pytest.fixture(scope="module")
def intake() -> Intake:
    with Intake() as started:
        yield started  # type: ignore[misc]


def meaning_of(intake: Intake, path: Path, modality: str = "") -> Meaning:
    plan = intake.scan(path)
    return intake.understand(plan, plan.stacks[0], modality=modality)


def fields(opinion: Opinion, code: str) -> dict[str, FieldValue]:
    (found,) = [one for one in opinion.evidence if one.message.id == f"evidence.{code}"]
    return dict(found.message.fields)


def organ(opinion: Opinion, name: str) -> dict[str, FieldValue]:
    (found,) = [one for one in opinion.evidence if one.message.fields.get("organ") == f"organ.{name}"]
    return dict(found.message.fields)


def test_the_abdomen_is_portal_venous_with_its_evidence(intake: Intake, shared_data: Path) -> None:
    meaning = meaning_of(intake, shared_data / "ct_abdomen_contrast")
    tags, pixels = meaning.phase_by_tags, meaning.phase_by_pixels
    assert tags.value == pixels.value == meaning.phase.value == "portal_venous"
    assert meaning.phase.source is Source.BOTH
    assert fields(tags, "seconds_after_injection") == {"seconds": 96}
    assert fields(tags, "series_time_ignored") == {"seconds": 107}
    assert organ(pixels, "aorta")["hu"] == pytest.approx(153, abs=3)
    assert organ(pixels, "liver")["hu"] == pytest.approx(104, abs=8)
    assert fields(pixels, "no_kidneys")["span"] == pytest.approx(40, abs=4)
    assert meaning.contrast.value == "yes" and meaning.contrast.source is Source.BOTH
    assert meaning.body_part.value == "ABDOMEN" and meaning.body_part.source is Source.PIXELS
    assert meaning.plane.value == "axial" and meaning.weighting.value == "" and meaning.findings == ()


def test_a_volume_of_zero_millilitres_is_no_evidence(intake: Intake, shared_data: Path) -> None:
    meaning = meaning_of(intake, shared_data / "ct_abdomen_contrast")
    told = {one.message.id for one in (*meaning.contrast.evidence, *meaning.phase.evidence)}
    assert not told & {"evidence.injection_recorded", "evidence.test_bolus", "evidence.split_bolus"}


def test_a_loaded_volume_means_the_same(intake: Intake, shared_data: Path) -> None:
    plan = intake.scan(shared_data / "ct_abdomen_contrast")
    (stack,) = plan.stacks
    assert understand_volume(stack, intake.load(plan, stack)) == intake.understand(plan, stack)


@pytest.mark.parametrize(
    ("path", "phase", "contrast", "body_part"),
    [
        ("ct_liver_3slice_with_SEG/ct", "unenhanced", "no", "ABDOMEN"),
        ("duplicate_positions_ct_contrast", "", "yes", "CHESTABDOMEN"),
        ("compressed_nema_ct1/CT1_UNC", "", "", "CHEST"),
        ("ct_with_RTSTRUCT_tumour", "unenhanced", "no", "CHEST"),
        ("nifti_ct_mr_with_labels/example_ct.nii.gz", "unenhanced", "no", "ABDOMENPELVIS"),
        ("nifti_ct_mr_with_labels/example_ct_sm.nii.gz", "unenhanced", "no", "ABDOMEN"),
        (
            "compressed_one_ct_16_syntaxes/CTImage.dcm_LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm",
            "",
            "",
            "",
        ),
        ("geometry_problems/ct_gantry_tilt_siemens", "", "", ""),
        ("geometry_problems/ct_uneven_gap_ge", "", "", ""),
        ("rtstruct_phantom_GE", "", "", ""),
    ],
)
def test_pixels_are_read_rightly_or_not_at_all(
    intake: Intake, shared_data: Path, path: str, phase: str, contrast: str, body_part: str
) -> None:
    meaning = meaning_of(intake, shared_data / path, modality="CT")
    assert meaning.phase_by_pixels.value == phase
    assert meaning.contrast_by_pixels.value == contrast
    assert meaning.body_part_by_pixels.value == body_part


def test_label_maps_agree_with_what_was_measured(intake: Intake, shared_data: Path) -> None:
    import nibabel
    import numpy as np

    folder = shared_data / "nifti_ct_mr_with_labels"
    picture = np.asarray(nibabel.load(folder / "example_ct_sm.nii.gz").dataobj)  # type: ignore[attr-defined]
    pixels = meaning_of(intake, folder / "example_ct_sm.nii.gz", modality="CT").phase_by_pixels
    for name in ("aorta", "liver", "spleen"):
        label = nibabel.load(folder / "example_ct_sm_labels" / f"{name}.nii.gz")
        drawn = np.asarray(label.dataobj) > 0  # type: ignore[attr-defined]
        assert organ(pixels, name)["hu"] == pytest.approx(float(np.median(picture[drawn])), abs=8)


def test_an_unknown_modality_stays_unknown_though_the_body_part_is_seen(
    intake: Intake, shared_data: Path
) -> None:
    meaning = meaning_of(intake, shared_data / "nifti_ct_mr_with_labels" / "example_ct_sm.nii.gz")
    assert meaning.modality.value == "" and meaning.phase.value == "" and meaning.contrast.value == ""
    assert meaning.body_part_by_pixels.value == "ABDOMEN"


def test_the_sagittal_brain_is_t1_by_name_and_by_numbers(intake: Intake, shared_data: Path) -> None:
    meaning = meaning_of(intake, shared_data / "mr_brain_t1_sag_siemens")
    assert meaning.weighting.value == "t1"
    assert {one.points_to for one in meaning.weighting.evidence} == {"t1"}
    assert len(meaning.weighting.evidence) == 2
    assert meaning.plane.value == "sagittal" and meaning.body_part.value == "BRAIN"
    assert meaning.contrast.value == "" and meaning.phase.value == ""
    (silent,) = meaning.findings
    assert silent.code == "meaning.contrast_unknown"
    assert (silent.view, silent.answer) == (Verdict.FINE, Verdict.REFUSED)


def test_an_echo_planar_mosaic_is_t2_star(intake: Intake, shared_data: Path) -> None:
    assert meaning_of(intake, shared_data / "compressed_mr_same_slice" / "1.dcm").weighting.value == "t2_star"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_evidence_reads_in_both_languages(intake: Intake, shared_data: Path, language: str) -> None:
    catalogue = load_catalogue(language)
    for path in ("ct_abdomen_contrast", "mr_brain_t1_sag_siemens", "compressed_nema_ct1/CT1_UNC"):
        meaning = meaning_of(intake, shared_data / path)
        opinions = (meaning.phase, meaning.weighting, meaning.contrast, meaning.body_part)
        for one in (one for opinion in opinions for one in opinion.evidence):
            text = catalogue.render(one.message)
            assert "⟦" not in text and "{" not in text

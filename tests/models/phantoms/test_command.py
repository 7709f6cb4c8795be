import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.uid import JPEG2000Lossless

from inference.clinical.record_json import record_from_json
from inference.clinical.schema import load_form
from inference.clinical.staging.stage_table import load_stage_table
from inference.errors import Cancelled, InputError
from inference.jobs import Progress
from inference.messages.catalogue import load_catalogue
from models.phantoms import ct_examination
from models.phantoms.command import write_cohort
from models.phantoms.ct_population import CtPatient, Population
from models.phantoms.ct_populations import POPULATIONS
from models.phantoms.ct_tables import clinical_json, cohort_csv, truth_csv
from models.phantoms.npc_population import draw_cohort
from models.phantoms.npc_volume import PhantomVolume, render_patient

COHORT, SEED, PATIENTS = "internal", 3, 2
STUDY = "npc-residual"


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small patients on disk."""
    out = tmp_path_factory.mktemp("phantoms") / "cohort"
    write_cohort(STUDY, cohort=COHORT, patients=PATIENTS, seed=SEED, out=out, size=128)
    return out


@pytest.fixture(scope="module")
def volume() -> PhantomVolume:
    return render_patient(draw_cohort(COHORT, 1, SEED)[0], size=128)


def patient_folder(cohort: Path) -> Path:
    return cohort / draw_cohort(COHORT, 1, SEED)[0].patient_id


def read_series(folder: Path) -> list[pydicom.FileDataset]:
    images = [pydicom.dcmread(path) for path in sorted((folder / "t1c").iterdir())]
    return sorted(images, key=lambda ds: float(ds.ImagePositionPatient[2]))


def every_byte(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_tree_is_the_documented_one(cohort: Path) -> None:
    folders = [cohort / p.patient_id for p in draw_cohort(COHORT, PATIENTS, SEED)]
    assert {p.name for p in cohort.iterdir()} == {"cohort.csv", "truth.csv", *(f.name for f in folders)}
    for folder in folders:
        assert {p.name for p in folder.iterdir()} == {"t1c", "t1c-seg.dcm", "clinical.json"}
        assert len(list((folder / "t1c").glob("*.dcm"))) == 28


def test_dicom_pixels_and_geometry_are_the_rendered_ones(cohort: Path, volume: PhantomVolume) -> None:
    images = read_series(patient_folder(cohort))
    assert np.array_equal(np.stack([ds.pixel_array for ds in images]), volume.voxels)
    for index, ds in enumerate(images):
        assert list(ds.ImagePositionPatient) == pytest.approx(volume.geometry.index_to_lps((index, 0, 0)))
        assert ds.ImageOrientationPatient == [1, 0, 0, 0, 1, 0]
        assert ds.PixelSpacing == pytest.approx(volume.geometry.spacing_mm[1:])
    gaps = np.diff([float(ds.ImagePositionPatient[2]) for ds in images])
    assert gaps == pytest.approx(np.full(27, float(images[0].SpacingBetweenSlices)))


def test_every_image_says_that_it_is_synthetic(cohort: Path) -> None:
    for path in cohort.rglob("*.dcm"):
        ds = pydicom.dcmread(path, stop_before_pixels=True)
        assert str(ds.PatientName).startswith("PHANTOM^")
        assert ds.ImageType[0] == "DERIVED"
        assert "SYNTHETIC PHANTOM" in f"{ds.get('StudyDescription', '')} {ds.SeriesDescription}"
        for uid in (ds.SOPInstanceUID, ds.SeriesInstanceUID, ds.StudyInstanceUID, ds.FrameOfReferenceUID):
            assert uid.startswith("2.25.")


def test_headers_describe_a_contrast_enhanced_head_and_neck_mr(cohort: Path) -> None:
    ds = read_series(patient_folder(cohort))[0]
    assert ds.SOPClassUID == pydicom.uid.MRImageStorage
    assert ds.file_meta.TransferSyntaxUID == pydicom.uid.ExplicitVRLittleEndian
    facts = (ds.Modality, ds.BodyPartExamined, ds.ScanningSequence, ds.MRAcquisitionType, ds.PatientPosition)
    assert facts == ("MR", "HEADNECK", "SE", "2D", "HFS")
    assert ds.ContrastBolusAgent
    assert 4.0 <= float(ds.SliceThickness) <= 6.0


def test_birth_date_and_age_agree_with_the_clinical_form(cohort: Path) -> None:
    ds = read_series(patient_folder(cohort))[0]
    born, examined = int(ds.PatientBirthDate), int(ds.StudyDate)
    age = (examined - born) // 10_000
    document = json.loads((patient_folder(cohort) / "clinical.json").read_text())
    assert age == int(ds.PatientAge[:3]) == document["values"]["age"]["value"]
    assert {"M": "male", "F": "female"}[ds.PatientSex] == document["values"]["sex"]["value"]


def test_the_clinical_file_is_a_form_that_the_board_takes(cohort: Path) -> None:
    document = json.loads((patient_folder(cohort) / "clinical.json").read_text())
    record = record_from_json(load_form(STUDY), document)
    stages = str(record.canonical("t_stage")), str(record.canonical("n_stage"))
    assert load_stage_table("ajcc8-nasopharynx").possible(*stages) == (record.canonical("stage"),)
    assert record.canonical("ebv_dna") is None


def test_the_segmentation_is_the_true_mask_on_the_same_frame(cohort: Path, volume: PhantomVolume) -> None:
    images = read_series(patient_folder(cohort))
    seg = pydicom.dcmread(patient_folder(cohort) / "t1c-seg.dcm")
    assert seg.FrameOfReferenceUID == images[0].FrameOfReferenceUID
    assert seg.StudyInstanceUID == images[0].StudyInstanceUID
    assert seg.PatientID == images[0].PatientID
    names = [item.SegmentLabel for item in seg.SegmentSequence]
    assert names == ["Primary tumour", "Cervical lymph nodes"][: len(names)]
    z_of_slice = [float(ds.ImagePositionPatient[2]) for ds in images]
    drawn = np.zeros_like(volume.tumour)
    frames = seg.pixel_array.reshape(-1, 128, 128)
    for item, frame in zip(seg.PerFrameFunctionalGroupsSequence, frames, strict=True):
        z = float(item.PlanePositionSequence[0].ImagePositionPatient[2])
        number = int(item.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
        drawn[int(np.argmin(np.abs(np.array(z_of_slice) - z)))][frame > 0] = number
    assert np.array_equal(drawn, volume.tumour)


def test_cohort_and_truth_tables_hold_what_each_reader_may_see(cohort: Path) -> None:
    observed, truth = (
        list(csv.DictReader((cohort / f"{name}.csv").read_text().splitlines()))
        for name in ("cohort", "truth")
    )
    patients = draw_cohort(COHORT, PATIENTS, SEED)
    assert not {"latent_s", "residual_ccrt", "residual_ic_ccrt"} & set(observed[0])
    for patient, seen, true in zip(patients, observed, truth, strict=True):
        assert seen["patient_id"] == true["patient_id"] == patient.patient_id
        assert int(seen["residual_observed"]) == int(true[f"residual_{seen['regimen']}"])
        assert float(true["latent_s"]) == pytest.approx(patient.latent_s, abs=1e-8)


def test_writing_again_gives_the_same_bytes(cohort: Path, tmp_path: Path) -> None:
    write_cohort(STUDY, cohort=COHORT, patients=PATIENTS, seed=SEED, out=tmp_path / "again", size=128)
    assert every_byte(tmp_path / "again") == every_byte(cohort)


def test_jpeg_2000_holds_the_same_pixels(tmp_path: Path, volume: PhantomVolume) -> None:
    write_cohort(
        STUDY,
        cohort=COHORT,
        patients=1,
        seed=SEED,
        out=tmp_path / "j2k",
        size=128,
        transfer_syntax=JPEG2000Lossless,
    )
    images = read_series(patient_folder(tmp_path / "j2k"))
    assert images[0].file_meta.TransferSyntaxUID == JPEG2000Lossless
    assert np.array_equal(images[13].pixel_array, volume.voxels[13])


@pytest.mark.parametrize("study", POPULATIONS)
def test_every_ct_study_gets_tables_and_forms(
    study: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def note(folder: Path, population: Population, patient: CtPatient, *_: object) -> None:
        folder.mkdir()
        written.append(f"{population.study} {patient.patient_id}")

    monkeypatch.setattr(ct_examination, "write_examination", note)
    out = tmp_path / "cohort"
    folders = write_cohort(study, cohort="external", patients=3, seed=2, out=out, size=128)
    patients = POPULATIONS[study].draw_cohort("external", 3, 2)
    assert [folder.name for folder in folders] == [patient.patient_id for patient in patients]
    assert written == [f"{study} {patient.patient_id}" for patient in patients]
    assert (out / "cohort.csv").read_bytes() == cohort_csv(POPULATIONS[study], patients)
    assert (out / "truth.csv").read_bytes() == truth_csv(POPULATIONS[study], patients)
    for folder, patient in zip(folders, patients, strict=True):
        assert (folder / "clinical.json").read_bytes() == clinical_json(POPULATIONS[study], patient)


def test_a_ct_patient_is_written_with_a_folder_and_a_mask_for_each_phase(tmp_path: Path) -> None:
    (folder,) = write_cohort("lagc-response", cohort="training", patients=1, out=tmp_path / "out", size=128)
    assert {p.name for p in folder.iterdir()} == {"clinical.json", "portal-venous", "portal-venous-seg.dcm"}
    image = pydicom.dcmread(next((folder / "portal-venous").iterdir()), stop_before_pixels=True)
    document = json.loads((folder / "clinical.json").read_text())
    assert int(image.PatientAge[:3]) == document["values"]["age"]["value"]


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(InputError) as refusal:
        write_cohort(STUDY, cohort=COHORT, patients=1, seed=0, out=tmp_path, size=128)
    assert tmp_path.name in load_catalogue("en").render(refusal.value.message)
    assert [p.name for p in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.parametrize(
    ("changed", "message_id"),
    [
        ({"study": "other"}, "error.phantom.study"),
        ({"cohort": "elsewhere"}, "error.phantom.cohort"),
        ({"patients": 0}, "error.phantom.patients"),
        ({"seed": -1}, "error.phantom.seed"),
        ({"size": 300}, "error.phantom.size"),
    ],
)
def test_impossible_requests_are_refused_in_both_languages(
    changed: dict[str, Any], message_id: str, tmp_path: Path
) -> None:
    request: dict[str, Any] = {
        "study": STUDY,
        "cohort": COHORT,
        "patients": 1,
        "seed": 0,
        "size": 128,
        **changed,
    }
    with pytest.raises(InputError) as refusal:
        write_cohort(**request, out=tmp_path / "out")
    assert refusal.value.message.id == message_id
    for language in ("en", "zh_CN"):
        assert str(next(iter(changed.values()))) in load_catalogue(language).render(refusal.value.message)
    assert not (tmp_path / "out").exists()


def test_stopping_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        write_cohort(
            STUDY, cohort=COHORT, patients=1, seed=0, out=tmp_path / "out", size=128, should_stop=lambda: True
        )
    assert not list(tmp_path.iterdir())


def test_progress_runs_from_none_to_all(tmp_path: Path) -> None:
    seen: list[Progress] = []
    write_cohort(
        STUDY, cohort=COHORT, patients=1, seed=0, out=tmp_path / "out", size=128, on_progress=seen.append
    )
    assert [(p.done, p.total) for p in seen] == [(0, 1), (1, 1)]
    assert load_catalogue("en").has(seen[0].stage)

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pydicom
import pytest

from inference.dicom.intake import Intake
from inference.errors import Cancelled
from inference.inputs.matching import Availability, ReadStack, match_inputs
from inference.inputs.study_inputs import load_study_inputs
from inference.meaning.opinion import Phase
from models.phantoms.abdomen import parameters
from models.phantoms.abdomen.abdomen_volume import TUMOUR, render_phase
from models.phantoms.abdomen.ct_scanner import CtScanner, scanner_of
from models.phantoms.abdomen.dicom_ct import FOLDERS
from models.phantoms.ct_examination import PHASES_OF_STUDY, write_examination
from models.phantoms.ct_populations import POPULATIONS

STUDIES = ("lagc-response", "pnen-recurrence", "gnen-os")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One small patient of each study on disk; fifty slices are enough for the pancreas."""
    written = {}
    for study in STUDIES:
        population = POPULATIONS[study]
        folder = tmp_path_factory.mktemp("examinations") / study
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(parameters, "scanner_of", lambda *of: shortened(scanner_of(*of)))
            write_examination(folder, population, population.draw_cohort("training", 1, 0)[0], 128)
        written[study] = folder
    return written


def shortened(scanner: CtScanner) -> CtScanner:
    """The same slices, of which at most fifty about the kidneys and the pancreas are kept."""
    left_out = max(scanner.slices - 50, 0) // 2
    lowest = scanner.lowest_mm + left_out * scanner.step_mm
    return replace(scanner, slices=scanner.slices - 2 * left_out, lowest_mm=lowest)


def images_of(folder: Path) -> list[pydicom.FileDataset]:
    images = [pydicom.dcmread(path) for path in folder.glob("*.dcm")]
    return sorted(images, key=lambda ds: float(ds.ImagePositionPatient[2]))


def test_a_folder_and_a_mask_for_every_phase_of_the_study(folders: dict[str, Path]) -> None:
    for study, folder in folders.items():
        names = {FOLDERS[phase] for phase in PHASES_OF_STUDY[study]}
        assert {p.name for p in folder.iterdir()} == names | {f"{name}-seg.dcm" for name in names}


def test_pixels_are_the_rendered_hu_and_headers_say_synthetic_ct(folders: dict[str, Path]) -> None:
    population = POPULATIONS["gnen-os"]
    case = population.case_of(population.draw_cohort("training", 1, 0)[0])
    images = images_of(folders["gnen-os"] / "arterial")
    hu = np.stack([ds.pixel_array * ds.RescaleSlope + ds.RescaleIntercept for ds in images])
    assert np.array_equal(hu, render_phase(case, Phase.ARTERIAL, size=128).voxels)
    for ds in images:
        assert (ds.Modality, ds.BodyPartExamined, ds.ImageType[0]) == ("CT", "ABDOMEN", "DERIVED")
        assert str(ds.PatientName).startswith("PHANTOM^")
        assert "SYNTHETIC PHANTOM" in ds.StudyDescription
        assert ds.SOPInstanceUID.startswith("2.25.")


def test_contrast_was_injected_before_enhanced_phases_and_never_before_the_plain_one(
    folders: dict[str, Path],
) -> None:
    def seconds(text: str) -> float:
        return (datetime.strptime(text, "%H%M%S") - datetime(1900, 1, 1)).total_seconds()

    delays = {}
    for name in FOLDERS.values():
        ds = images_of(folders["pnen-recurrence"] / name)[0]
        if name == "unenhanced":
            assert "ContrastBolusAgent" not in ds and "ContrastBolusStartTime" not in ds
        else:
            delays[name] = seconds(ds.AcquisitionTime) - seconds(ds.ContrastBolusStartTime)
    assert delays == {"arterial": 35.0, "portal-venous": 65.0}


def test_the_phases_share_study_and_frame_of_reference_but_not_their_series(folders: dict[str, Path]) -> None:
    first = [images_of(folders["pnen-recurrence"] / name)[0] for name in FOLDERS.values()]
    assert len({ds.StudyInstanceUID for ds in first}) == len({ds.FrameOfReferenceUID for ds in first}) == 1
    assert len({ds.SeriesInstanceUID for ds in first}) == len({ds.SeriesNumber for ds in first}) == 3


def test_the_mask_marks_the_tumour_on_its_own_phase(folders: dict[str, Path]) -> None:
    population = POPULATIONS["lagc-response"]
    case = population.case_of(population.draw_cohort("training", 1, 0)[0])
    truth = render_phase(case, Phase.PORTAL_VENOUS, size=128).tumour
    seg = pydicom.dcmread(folders["lagc-response"] / "portal-venous-seg.dcm")
    assert seg.SegmentSequence[0].SegmentLabel == "Primary tumour"
    numbers = [
        int(item.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
        for item in seg.PerFrameFunctionalGroupsSequence
    ]
    frames = seg.pixel_array.reshape(-1, 128, 128)[np.array(numbers) == 1]
    assert int(frames.sum()) == int((truth == TUMOUR).sum())


@pytest.mark.parametrize("study", STUDIES)
def test_every_input_of_the_study_finds_exactly_its_own_series(study: str, folders: dict[str, Path]) -> None:
    with Intake() as intake:
        plan = intake.scan(folders[study])
        stacks = [stack for stack in plan.stacks if stack.acquisition.modality == "CT"]
        reads = [ReadStack(stack, intake.understand(plan, stack)) for stack in stacks]
    assert len(stacks) == len(PHASES_OF_STUDY[study])
    for read in reads:
        assert read.meaning.phase_by_pixels.value == read.meaning.phase_by_tags.value != ""
    examined = datetime.strptime(stacks[0].acquisition.study_date.replace("-", ""), "%Y%m%d").date()
    later = examined + timedelta(days=3)
    for match in match_inputs(load_study_inputs(study), reads, today=later, treatment=later):
        assert match.availability is Availability.ONE, match.candidates[0].reasons


def test_writing_again_gives_the_same_bytes_and_stopping_stops(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    population = POPULATIONS["lagc-response"]
    patient = population.draw_cohort("training", 1, 0)[0]
    write_examination(tmp_path / "again", population, patient, 128)
    for path in sorted((tmp_path / "again").rglob("*.dcm")):
        first = folders["lagc-response"] / path.relative_to(tmp_path / "again")
        assert path.read_bytes() == first.read_bytes()
    with pytest.raises(Cancelled):
        write_examination(tmp_path / "stopped", population, patient, 128, should_stop=lambda: True)

"""A folder that ``main.py phantom`` wrote is a cohort; one with faults is refused with all of them."""

import shutil

import numpy as np
import pytest

from inference.dicom.intake import Intake
from inference.errors import Cancelled
from inference.geometry import Geometry
from inference.masks.codecs.nifti import write_label_map
from models.cohorts.phantom_cohort import NpcPhantoms
from models.cohorts.problems import CohortError, UnreadableScanError
from models.cohorts.read_cohort import read_cohort
from models.phantoms.command import write_cohort
from models.phantoms.npc_population import STUDY, draw_cohort

SEED = 2
COUNT = 6


@pytest.fixture(scope="module")
def intake(tmp_path_factory):
    with Intake(cache=tmp_path_factory.mktemp("cache")) as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Six small patients as DICOM."""
    out = tmp_path_factory.mktemp("written") / "cohort"
    write_cohort(STUDY, patients=COUNT, seed=SEED, out=out, size=128)
    return out


@pytest.fixture(scope="module")
def cohort(folder, intake):
    return read_cohort(STUDY, folder, intake)


@pytest.fixture
def copy(folder, tmp_path):
    """The same folder, to be spoilt; images stay where they are."""
    shutil.copytree(folder, tmp_path / "cohort", copy_function=lambda a, b: shutil.copyfile(a, b))
    return tmp_path / "cohort"


def problems_of(folder, intake):
    with pytest.raises(CohortError) as raised:
        read_cohort(STUDY, folder, intake)
    return [(one.row, one.place.partition("/")[2], one.message.id) for one in raised.value.problems]


def test_written_phantoms_are_read_as_the_phantoms_in_memory(cohort):
    patients = draw_cohort("training", COUNT, SEED)
    memory = NpcPhantoms(patients, size=128)
    assert cohort.sha256 == memory.sha256
    assert cohort.is_synthetic
    assert cohort.table.patient_ids == memory.table.patient_ids
    assert cohort.table.columns == memory.table.columns
    assert cohort.table.events("residual").tolist() == memory.table.events("residual").tolist()
    first = patients[0].patient_id
    written, rendered = cohort.volume(first, "t1c"), memory.volume(first, "t1c")
    assert np.array_equal(written.slab(0, 28), rendered.slab(0, 28))
    assert np.array_equal(cohort.mask(first, "t1c"), memory.mask(first, "t1c"))
    assert cohort.has_mask(first, "t1c")
    assert not cohort.has_mask(first, "t1c", reader=2)


def test_a_mask_may_be_a_label_map(copy, intake, cohort):
    first = cohort.table.patient_ids[0]
    (copy / first / "t1c-seg.dcm").unlink()
    geometry = cohort.volume(first, "t1c").geometry
    assert isinstance(geometry, Geometry)
    write_label_map(copy / first / "t1c-seg.nii.gz", cohort.mask(first, "t1c"), geometry)
    again = read_cohort(STUDY, copy, intake)
    assert np.array_equal(again.mask(first, "t1c"), cohort.mask(first, "t1c"))


def test_everything_that_is_wrong_is_listed_at_once(copy, intake, cohort):
    ids = cohort.table.patient_ids
    shutil.rmtree(copy / ids[0])
    shutil.rmtree(copy / ids[1] / "t1c")
    (copy / ids[2] / "t1c-seg.dcm").unlink()
    shutil.copyfile(copy / ids[3] / "t1c-seg.dcm", copy / ids[3] / "t1c-seg.nii")
    for image in (copy / ids[4] / "t1c").iterdir():
        image.write_bytes(image.read_bytes()[:2000])
    shutil.rmtree(copy / ids[5] / "t1c")
    shutil.copytree(copy / ids[3] / "t1c", copy / ids[5] / "t1c")
    table = (copy / "cohort.csv").read_text().replace("female", "woman", 1)
    (copy / "cohort.csv").write_text(table)
    found = problems_of(copy, intake)
    assert (1, "", "cohort.no_patient_folder") in found
    assert (2, "t1c", "cohort.no_scan") in found
    assert (3, "t1c-seg", "cohort.no_mask") in found
    assert (4, "t1c-seg", "cohort.several_masks") in found
    assert any(row == 5 and place == "t1c" for row, place, _ in found)
    assert (6, "t1c", "cohort.same_scan") in found
    assert any(name == "cohort.unknown_value" for _, _, name in found)
    assert [row for row, _, _ in found] == sorted(row for row, _, _ in found)


def test_a_scan_of_another_weighting_is_a_problem(copy, intake, cohort):
    import pydicom

    for image in (copy / cohort.table.patient_ids[1] / "t1c").iterdir():
        dataset = pydicom.dcmread(image)
        dataset.SeriesDescription = "T2 TSE axial"
        dataset.ProtocolName = "T2 TSE"
        dataset.EchoTime, dataset.RepetitionTime, dataset.EchoTrainLength = 95.0, 4200.0, 15
        dataset.save_as(image)
    assert (2, "t1c", "inputs.weighting_differs") in problems_of(copy, intake)


def test_a_training_part_with_one_class_is_refused(copy, intake):
    lines = (copy / "cohort.csv").read_text().splitlines()
    (copy / "cohort.csv").write_text("\n".join([lines[0], *(line[:-1] + "0" for line in lines[1:])]) + "\n")
    names = [name for _, _, name in problems_of(copy, intake)]
    assert names == ["cohort.no_events", "cohort.no_events"]


def test_a_scan_that_goes_bad_after_the_check_is_named(copy, intake):
    cohort = read_cohort(STUDY, copy, intake)
    patient = cohort.table.patient_ids[3]
    for image in (copy / patient / "t1c").iterdir():
        image.write_bytes(b"nothing")
    (copy / patient / "t1c-seg.dcm").write_bytes(b"nothing")
    with pytest.raises(UnreadableScanError) as raised:
        cohort.volume(patient, "t1c")
    assert raised.value.message.fields["place"] == f"{patient}/t1c"
    with pytest.raises(UnreadableScanError):
        cohort.mask(patient, "t1c")


def test_checking_stops_when_asked(folder, intake):
    asked = iter([False, True])
    with pytest.raises(Cancelled):
        read_cohort(STUDY, folder, intake, should_stop=lambda: next(asked, True))


def test_reading_a_cohort_that_was_checked_stops_when_asked(folder, intake):
    asked = []
    cohort = read_cohort(STUDY, folder, intake, should_stop=lambda: bool(asked))
    patient = cohort.table.patient_ids[0]
    assert cohort.volume(patient, "t1c").voxels.any() and cohort.mask(patient, "t1c").any()
    asked.append(True)
    for read in (cohort.volume, cohort.mask):
        with pytest.raises(Cancelled):
            read(patient, "t1c")


def test_the_truth_is_never_opened(copy, intake):
    (copy / "truth.csv").write_bytes(b"\xff not a table")
    assert len(read_cohort(STUDY, copy, intake).table) == COUNT

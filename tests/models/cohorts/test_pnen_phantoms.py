import numpy as np
import pytest

from inference.meaning.opinion import Phase
from models.cohorts.pnen_phantoms import PnenPhantoms
from models.phantoms.abdomen.abdomen_volume import render_slices, volume_geometry
from models.phantoms.ct_cases import pnen_case
from models.phantoms.pnen_population import draw_cohort


@pytest.fixture(scope="module")
def patients():
    return draw_cohort("training", 3, 0)


def test_a_volume_holds_the_whole_tumour_and_equals_the_whole_scan(patients):
    cohort = PnenPhantoms(patients, size=128)
    patient = patients[0]
    volume, mask = cohort.volume(patient.patient_id, "venous"), cohort.mask(patient.patient_id, "venous")
    assert mask.shape == volume.geometry.shape
    assert mask.any() and not mask[:3].any() and not mask[-3:].any()
    scanner = pnen_case(patient).scanner
    middle = len(mask) // 2
    z_mm = volume.geometry.index_to_lps([middle, 0, 0])[2]
    k = round((z_mm - scanner.lowest_mm) / scanner.step_mm)
    voxels, _ = render_slices(pnen_case(patient), Phase.PORTAL_VENOUS, [k], size=128)
    left = volume.geometry.index_to_lps([0, 0, 0])[:2]
    corner = volume_geometry(scanner, 128).lps_to_index((*left, 0.0)).round().astype(int)[1:]
    rows, columns = (slice(first, first + count) for first, count in zip(corner, mask.shape[1:], strict=True))
    assert np.abs(volume.voxels[middle].astype(int) - voxels[0, rows, columns]).max() <= 1
    assert not any(mask[:, side].any() for side in (slice(2), slice(-2, None)))
    assert not any(mask[:, :, side].any() for side in (slice(2), slice(-2, None)))


def test_the_table_is_the_forms_and_the_outcomes(patients):
    table = PnenPhantoms(patients).table
    assert table.words("shape") == tuple(patient.shape for patient in patients)
    assert table.numbers("age_years").tolist() == [patient.age_years for patient in patients]
    follow_up = table.follow_up("recurrence")
    assert follow_up.event.tolist() == [patient.recurrence_observed for patient in patients]


def test_cohorts_differ_by_patients_and_by_size(patients):
    hashes = {PnenPhantoms(patients[:n], size=size).sha256 for n in (2, 3) for size in (128, 256)}
    assert len(hashes) == 4


def test_a_patient_twice_and_an_unknown_scan_are_refused(patients):
    with pytest.raises(ValueError, match="twice"):
        PnenPhantoms([patients[0], patients[0]])
    with pytest.raises(KeyError):
        PnenPhantoms(patients).mask(patients[0].patient_id, "arterial", reader=2)

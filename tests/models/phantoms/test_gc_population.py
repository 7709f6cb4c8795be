from functools import cache

import numpy as np
import pytest

from models.phantoms.gc_marginals import age_parameters, lognormal_parameters
from models.phantoms.gc_outcome import STAGE_OF, STAGES
from models.phantoms.gc_population import GcPatient, draw_cohort


@cache
def patients(cohort: str = "training") -> tuple[GcPatient, ...]:
    return tuple(patient for seed in range(3) for patient in draw_cohort(cohort, 1_000, seed))


def test_the_stage_is_that_of_depth_and_nodes() -> None:
    for patient in patients():
        row, column = int(patient.pt_stage[1]) - 1, int(patient.pn_stage[1])
        assert patient.stage_group == STAGES[STAGE_OF[row, column]]
    assert STAGES[STAGE_OF[0, 1]] == "I"
    assert STAGES[STAGE_OF[3, 0]] == "II"
    assert STAGES[STAGE_OF[1, 3]] == "III"


def test_after_chemotherapy_the_stage_is_another_field() -> None:
    for patient in patients():
        expected = (
            (patient.stage_group, None)
            if patient.preoperative_chemotherapy == "no"
            else (None, patient.stage_group)
        )
        assert (patient.ptnm_stage, patient.yptnm_stage) == expected


def test_postoperative_chemotherapy_is_rare_in_stage_i() -> None:
    def share(stage: str) -> float:
        given = [p.postoperative_chemotherapy == "yes" for p in patients() if p.stage_group == stage]
        return float(np.mean(given))

    assert share("I") < 0.1 < 0.3 < share("II") < share("III")


@pytest.mark.parametrize("cohort", ["training", "internal", "external"])
@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("tumour_length", "tumour_length_cm"),
        ("cea", "cea_ng_ml"),
        ("afp", "afp_ng_ml"),
        ("ca199", "ca199_u_ml"),
        ("ca125", "ca125_u_ml"),
        ("ca724", "ca724_u_ml"),
    ],
)
def test_measured_values_have_the_published_median_and_spread(cohort: str, name: str, attribute: str) -> None:
    values = np.log([getattr(p, attribute) for p in patients(cohort)])
    median, sigma = lognormal_parameters(name, cohort)
    low, middle, high = np.percentile(values, [25, 50, 75])
    assert middle == pytest.approx(np.log(median), abs=0.08)
    assert (high - low) / 1.349 == pytest.approx(sigma, rel=0.08)


@pytest.mark.parametrize("cohort", ["training", "internal", "external"])
def test_age_has_the_published_median(cohort: str) -> None:
    mean, _ = age_parameters(cohort)
    assert np.median([p.age_years for p in patients(cohort)]) == pytest.approx(mean, abs=1.0)


def test_relapsing_patients_are_younger_as_published() -> None:
    by_relapse = [[p.age_years for p in patients() if p.relapse == yes] for yes in (True, False)]
    assert np.median(by_relapse[1]) - np.median(by_relapse[0]) == pytest.approx(3.0, abs=1.6)


def test_nobody_recurs_or_dies_within_two_months_or_dies_before_the_recurrence() -> None:
    for patient in patients():
        assert patient.recurrence_free_months >= 2.0
        if patient.relapse:
            assert patient.os_months > patient.recurrence_free_months - 0.01
        else:
            assert patient.recurrence_free_months == patient.os_months

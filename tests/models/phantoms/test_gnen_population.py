from functools import cache

import numpy as np
import pytest

from models.phantoms.gnen_marginals import AGE_YEARS, KI67_PERCENT, LONG_DIAMETER_MM
from models.phantoms.gnen_population import KI67_RANGE_PERCENT, GnenPatient, draw_cohort

COHORTS = ("training", "internal", "external")


@cache
def patients(cohort: str = "training") -> tuple[GnenPatient, ...]:
    return draw_cohort(cohort, 3_000, 6)


@pytest.mark.parametrize("cohort", COHORTS)
def test_ki67_lies_in_the_range_of_its_grade(cohort: str) -> None:
    for patient in patients(cohort):
        low, high = KI67_RANGE_PERCENT.get(patient.grade, (21.0, 99.0))
        assert low <= patient.ki67_percent <= high


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize(
    ("attribute", "published", "sd_margin"),
    [
        ("age_years", AGE_YEARS, 0.05),
        ("long_diameter_mm", LONG_DIAMETER_MM, 0.08),
        ("ki67_percent", KI67_PERCENT, 0.08),
    ],
)
def test_measured_values_have_the_published_mean_and_sd(
    cohort: str, attribute: str, published: dict[str, tuple[float, float]], sd_margin: float
) -> None:
    values = np.array([getattr(p, attribute) for p in patients(cohort)])
    mean, sd = published[cohort]
    assert values.mean() == pytest.approx(mean, abs=4.0 * sd / np.sqrt(values.size))
    assert values.std() == pytest.approx(sd, rel=sd_margin)


def test_two_thirds_of_the_stomach_are_taken_by_long_tumours() -> None:
    whole = [p.long_diameter_mm for p in patients() if p.location == "two_thirds_or_more"]
    others = [p.long_diameter_mm for p in patients() if p.location != "two_thirds_or_more"]
    assert np.median(whole) > np.median(others) + 30.0


def test_carcinomas_and_metastases_shorten_life() -> None:
    def median(chosen: list[GnenPatient]) -> float:
        return float(np.median([p.death_months for p in chosen]))

    assert median([p for p in patients() if p.m_stage == "M1"]) < median(
        [p for p in patients() if p.m_stage == "M0"]
    )
    assert median([p for p in patients() if p.grade == "NEC"]) < median(
        [p for p in patients() if p.grade == "NET G1"]
    )

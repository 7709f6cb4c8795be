from functools import cache

import numpy as np
import pytest

from models.phantoms.gnen_outcome import (
    NOISE,
    RELIABILITY,
    GnenDraw,
    attainable_log_hazard,
    both_phases_reliability,
    grade_cuts,
    rank_in_grade,
    simulate,
    survival_ceilings,
)
from models.phantoms.normal_scores import simulated_noise
from tests.models.phantoms.calibration import assert_calibrated


@cache
def crowd(cohort: str = "training", draws: int = 20_000) -> GnenDraw:
    return simulate(cohort, simulated_noise(np.random.default_rng(14), draws, NOISE))


@pytest.mark.parametrize(
    ("cohort", "full", "image"),
    [("training", 0.79, 0.78), ("internal", 0.80, 0.78), ("external", 0.77, 0.72)],
)
def test_ceilings_of_survival_are_the_planned_ones(cohort: str, full: float, image: float) -> None:
    # The plan rests on 3 000 draws; at 8 000 the standard error is 0.004.
    ceilings = survival_ceilings(cohort, 8_000, seed=5)
    assert ceilings.full == pytest.approx(full, abs=0.018)
    assert ceilings.image == pytest.approx(image, abs=0.018)
    assert max(ceilings.image, ceilings.clinical) < ceilings.full < ceilings.latent


@pytest.mark.parametrize(
    ("cohort", "share", "median_months"),
    [("training", 0.59, 32), ("internal", 0.58, 34), ("external", 0.51, 25)],
)
def test_deaths_and_median_survival_are_the_planned_ones(
    cohort: str, share: float, median_months: float
) -> None:
    draw = crowd(cohort)
    assert (draw.death_months <= draw.censoring_months).mean() == pytest.approx(share, abs=0.015)
    assert np.median(draw.death_months) == pytest.approx(median_months, abs=1.5)


@pytest.mark.parametrize("cohort", RELIABILITY)
@pytest.mark.parametrize(("image", "clinical"), [(True, True), (True, False), (False, True)])
def test_what_a_perfect_reader_states_comes_true(cohort: str, image: bool, clinical: bool) -> None:
    draw = crowd(cohort)
    assert_calibrated(attainable_log_hazard(draw, cohort, image=image, clinical=clinical), 1.9 * draw.s)


@pytest.mark.parametrize("cohort", RELIABILITY)
def test_phases_have_the_reliability_and_their_noises_the_correlation(cohort: str) -> None:
    draw = crowd(cohort)
    for signal in (draw.arterial_signal, draw.venous_signal):
        assert 1.0 / signal.var() == pytest.approx(RELIABILITY[cohort], abs=0.02)
    noise = np.corrcoef(draw.arterial_signal - draw.s, draw.venous_signal - draw.s)[0, 1]
    assert noise == pytest.approx(0.5, abs=0.03)


def test_the_mean_of_both_phases_tells_all_that_both_tell() -> None:
    draw = crowd()
    both = np.stack([draw.arterial_signal, draw.venous_signal, np.ones_like(draw.s)], axis=1)
    weights, *_ = np.linalg.lstsq(both, draw.s, rcond=None)
    assert weights[0] == pytest.approx(weights[1], abs=0.03)
    assert weights[:2].sum() == pytest.approx(both_phases_reliability("training"), abs=0.02)


def test_rank_in_grade_runs_from_nothing_to_one_inside_each_class() -> None:
    score = np.linspace(-4.0, 4.0, 4_001)
    grade, rank = rank_in_grade(score, "training")
    assert set(grade.tolist()) == {0, 1, 2, 3}
    for one in range(4):
        inside = rank[grade == one]
        assert np.all(np.diff(inside) >= 0.0)
        assert inside[0] == pytest.approx(0.0, abs=0.06)
        assert inside[-1] == pytest.approx(1.0, abs=0.06)
    assert np.isneginf(grade_cuts("external")[0])

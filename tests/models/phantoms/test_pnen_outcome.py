from functools import cache

import numpy as np
import pytest

from models.phantoms.normal_scores import simulated_noise
from models.phantoms.pnen_marginals import RECURRENCES
from models.phantoms.pnen_outcome import (
    NOISE,
    PnenDraw,
    attainable_recurrence,
    recurrence_ceilings,
    simulate,
)
from tests.models.phantoms.calibration import assert_calibrated


@cache
def crowd(cohort: str = "training", draws: int = 20_000) -> PnenDraw:
    return simulate(cohort, simulated_noise(np.random.default_rng(13), draws, NOISE))


@pytest.mark.parametrize(("cohort", "arterial", "full"), [("training", 0.86, 0.86), ("external", 0.84, 0.84)])
def test_ceilings_of_recurrence_are_the_planned_ones(cohort: str, arterial: float, full: float) -> None:
    # Standard error at 60 000 draws: 0.002.
    ceilings = recurrence_ceilings(cohort, 60_000, seed=3)
    assert ceilings.arterial.image == pytest.approx(arterial, abs=0.008)
    assert ceilings.arterial.full == pytest.approx(full, abs=0.009)
    assert ceilings.venous.image == pytest.approx(0.62, abs=0.012)
    assert ceilings.arterial.full < ceilings.arterial.latent


@pytest.mark.parametrize("cohort", RECURRENCES)
@pytest.mark.parametrize(
    ("arterial", "venous", "clinical"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, True)],
)
def test_what_a_perfect_reader_states_comes_true(
    cohort: str, arterial: bool, venous: bool, clinical: bool
) -> None:
    draw = crowd(cohort)
    stated = attainable_recurrence(draw, cohort, arterial=arterial, venous=venous, clinical=clinical)
    assert_calibrated(stated, draw.recurrence.astype(float))


def test_recurrences_are_seen_within_five_years_and_follow_up_is_as_long_as_published() -> None:
    draw = crowd()
    recurrence = draw.recurrence_free_months[draw.recurrence]
    assert recurrence.min() >= 1.0
    assert recurrence.max() <= 60.0
    free = draw.recurrence_free_months[~draw.recurrence]
    assert 5.0 <= free.min() < 6.0
    assert 111.0 < free.max() <= 112.0


@pytest.mark.parametrize("finding", ["symptoms", "maximum_diameter", "shape", "pancreatic_duct"])
def test_large_irregular_silent_tumours_that_close_the_duct_recur_more(finding: str) -> None:
    draw = crowd()
    codes = draw.codes[finding]
    high, low = (draw.recurrence[codes == level].mean() for level in (codes.max(), 0))
    assert high > low + 0.05

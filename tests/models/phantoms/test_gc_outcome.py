from functools import cache

import numpy as np
import pytest

from models.phantoms.gc_marginals import RELAPSES, TABLE
from models.phantoms.gc_outcome import (
    NOISE,
    STAGE_OF,
    GcDraw,
    attainable_relapse,
    relapse_ceilings,
    signature_ceiling,
    simulate,
    stage_model,
)
from models.phantoms.latent_evidence import GRID, PRIOR, Floats, cuts_of, level_probabilities
from models.phantoms.normal_scores import simulated_noise
from tests.models.phantoms.calibration import assert_calibrated


@cache
def crowd(cohort: str = "training", draws: int = 40_000) -> GcDraw:
    return simulate(cohort, simulated_noise(np.random.default_rng(12), draws, NOISE))


def _correlation_with_s(chances: Floats) -> float:
    """Correlation of S with the number of a level, from P(level | s)."""
    level = np.arange(chances.shape[1])
    mean = PRIOR @ chances @ level
    sd = np.sqrt(PRIOR @ chances @ level**2 - mean**2)
    return float((PRIOR * GRID) @ chances @ level / sd)


def test_ceilings_of_relapse_are_the_planned_ones() -> None:
    # Standard error at 60 000 draws: 0.002.
    ceilings = relapse_ceilings("training", 60_000, seed=3)
    assert ceilings.image == pytest.approx(0.868, abs=0.008)
    assert ceilings.image < ceilings.full == pytest.approx(0.870, abs=0.008)
    assert ceilings.clinical < ceilings.full < ceilings.latent < 0.93


def test_the_published_clinical_signature_has_room_for_its_auc() -> None:
    # Planned: 0.67 without age and CEA; published 0.704, 0.679 and 0.637.
    assert signature_ceiling("training", 60_000) == pytest.approx(0.685, abs=0.015)


@pytest.mark.parametrize("cohort", RELAPSES)
@pytest.mark.parametrize(("image", "clinical"), [(True, True), (True, False), (False, True)])
def test_what_a_perfect_reader_states_comes_true(cohort: str, image: bool, clinical: bool) -> None:
    draw = crowd(cohort, 20_000)
    stated = attainable_relapse(draw, cohort, image=image, clinical=clinical)
    assert_calibrated(stated, draw.relapse.astype(float))


def test_chances_of_stage_are_those_simulated() -> None:
    draw = crowd()
    expected = np.einsum("s,stn->tn", PRIOR, stage_model("training").chances())
    drawn = np.zeros((4, 4))
    np.add.at(drawn, (draw.pt, draw.pn), 1.0 / draw.pt.size)
    assert drawn == pytest.approx(expected, abs=0.012)


def test_stage_follows_s_as_one_value_with_the_planned_correlation_would() -> None:
    chances = stage_model("training").chances()
    by_stage = np.stack([chances[:, stage == STAGE_OF].sum(axis=1) for stage in range(3)], axis=1)
    cuts = cuts_of(TABLE.shares("ptnm_stage", "training"))
    planned = level_probabilities(cuts, 0.47 * GRID, float(np.sqrt(1.0 - 0.47**2)))
    assert _correlation_with_s(by_stage) == pytest.approx(_correlation_with_s(planned), abs=0.005)


@pytest.mark.parametrize(("cohort", "margin"), [("training", 0.001), ("internal", 0.03), ("external", 0.001)])
def test_stages_have_the_published_shares(cohort: str, margin: float) -> None:
    chances = np.einsum("s,stn->tn", PRIOR, stage_model(cohort).chances())
    shares = [chances[stage == STAGE_OF].sum() for stage in range(3)]
    assert shares == pytest.approx(TABLE.shares("ptnm_stage", cohort), abs=margin)


def test_recurrences_come_after_two_months_and_before_any_follow_up_ends() -> None:
    draw = crowd()
    assert draw.recurrence_months.min() >= 2.0
    assert draw.recurrence_months.max() <= 76.0 <= draw.censoring_months.min()
    assert np.median(draw.recurrence_months) == pytest.approx(16.0, abs=0.5)


@pytest.mark.parametrize(
    "factor", ["vascular_tumour_thrombus", "nerve_invasion", "differentiation", "location"]
)
def test_invasive_poorly_differentiated_tumours_relapse_more(factor: str) -> None:
    draw = crowd()
    codes = draw.codes[factor]
    high, low = (draw.relapse[codes == level].mean() for level in (codes.max(), 0))
    assert high > low + 0.03

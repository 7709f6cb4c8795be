from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from inference.statistics.proportion import wilson_interval
from models.phantoms.lagc_marginals import RESPONDERS, SURVIVORS_AT_36_MONTHS
from models.phantoms.lagc_outcome import (
    NOISE,
    UPFRONT_LOG_HAZARD,
    UPFRONT_LOG_HAZARD_PER_S,
    LagcDraw,
    attainable,
    response_ceilings,
    simulate,
    survival_ceilings,
)
from models.phantoms.normal_scores import simulated_noise
from tests.models.phantoms.calibration import assert_calibrated


@cache
def crowd(cohort: str = "training", draws: int = 40_000) -> LagcDraw:
    return simulate(cohort, simulated_noise(np.random.default_rng(11), draws, NOISE))


def test_ceilings_of_response_are_the_planned_ones() -> None:
    # Standard error at 60 000 draws: 0.0016.
    ceilings = response_ceilings("training", 60_000, seed=3)
    assert ceilings.image == pytest.approx(0.886, abs=0.006)
    assert ceilings.clinical == pytest.approx(0.63, abs=0.012)
    assert ceilings.image <= ceilings.full == pytest.approx(0.887, abs=0.006)
    assert ceilings.full < ceilings.latent < 0.93


def test_external_images_tell_less() -> None:
    inside, outside = (response_ceilings(cohort, 30_000, seed=3) for cohort in ("training", "external"))
    assert outside.image < inside.image - 0.01
    assert outside.latent == pytest.approx(inside.latent, abs=0.005)


def test_ceilings_of_survival_are_near_the_published_concordance() -> None:
    # Published: 0.67 where the model was made, 0.64 in the test set.
    ceilings = survival_ceilings("training", 6_000, seed=1)
    assert ceilings.full == pytest.approx(0.645, abs=0.015)
    assert max(ceilings.image, ceilings.clinical) < ceilings.full < ceilings.latent


@pytest.mark.parametrize("cohort", RESPONDERS)
@pytest.mark.parametrize(("image", "clinical"), [(True, True), (True, False), (False, True)])
def test_what_a_perfect_reader_states_comes_true(cohort: str, image: bool, clinical: bool) -> None:
    draw = crowd(cohort, 20_000)
    known = attainable(draw, cohort, image=image, clinical=clinical)
    assert_calibrated(known.response, draw.good_response.astype(float))
    assert_calibrated(known.frailty, draw.frailty)


def test_a_perfect_reader_looks_neither_at_latents_nor_at_outcomes() -> None:
    draw = crowd(draws=200)
    other = replace(
        draw, s=draw.s[::-1], frailty=draw.frailty[::-1], good_response=~draw.good_response, trg=3 - draw.trg
    )
    for one, two in zip(
        (attainable(draw, "training").response, attainable(draw, "training").frailty),
        (attainable(other, "training").response, attainable(other, "training").frailty),
        strict=True,
    ):
        assert np.array_equal(one, two)


def test_the_second_latent_is_standard_normal_and_follows_resistance() -> None:
    draw = crowd()
    assert draw.frailty.mean() == pytest.approx(0.0, abs=0.02)
    assert draw.frailty.std() == pytest.approx(1.0, abs=0.015)
    assert np.corrcoef(draw.frailty, -draw.s)[0, 1] == pytest.approx(0.5, abs=0.015)


def test_as_many_as_published_live_for_36_months() -> None:
    low, high = wilson_interval(*SURVIVORS_AT_36_MONTHS)
    alive = float((crowd().nct_months > 36.0).mean())
    assert low < alive < high
    assert alive == pytest.approx(389 / 654, abs=0.01)
    # Nobody's follow-up ends before the third year.
    assert crowd().censoring_months.min() >= 36.0


def test_regression_grades_follow_the_response() -> None:
    draw = crowd()
    assert np.array_equal(draw.trg <= 1, draw.good_response)
    assert set(draw.trg.tolist()) == {0, 1, 2, 3}


def test_upfront_surgery_is_better_for_the_least_sensitive_only() -> None:
    draw = crowd()
    crossing = -UPFRONT_LOG_HAZARD / UPFRONT_LOG_HAZARD_PER_S
    longer_upfront = draw.upfront_months > draw.nct_months
    assert longer_upfront[draw.s < crossing - 1e-6].all()
    assert not longer_upfront[draw.s > crossing + 1e-6].any()


def test_good_responders_outlive_poor_ones() -> None:
    draw = crowd()
    alive = draw.nct_months > 36.0
    assert alive[draw.good_response].mean() > alive[~draw.good_response].mean() + 0.1


@pytest.mark.parametrize("factor", ["diameter", "ct", "cn", "borrmann", "cm"])
def test_larger_deeper_and_spread_tumours_respond_less(factor: str) -> None:
    draw = crowd()
    high, low = (draw.good_response[draw.codes[factor] == level].mean() for level in (1, 0))
    assert high < low - 0.01

"""Two C-indices of the same patients against R's, and where they cannot be told apart."""

import math
from typing import Literal

import numpy as np
import pytest

from inference.statistics.discrimination.compare_concordance import (
    ConcordanceComparison,
    ConcordanceMeasure,
    compare_concordance,
)
from inference.statistics.discrimination.concordance import concordance
from inference.statistics.discrimination.uno import uno_concordance
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import NotEstimable, Reason
from tests.inference.statistics.oracles import Oracle, assert_agrees, oracles

MEASURES = pytest.mark.parametrize("measure", [concordance, uno_concordance])


def patients(seed: int, n: int) -> tuple[SurvivalData, np.ndarray]:
    generator = np.random.default_rng(seed)
    risk = generator.normal(size=n)
    time = generator.exponential(np.exp(-risk))
    censoring = generator.exponential(2.0, n)
    return SurvivalData(np.minimum(time, censoring), time <= censoring), risk


@pytest.mark.parametrize("oracle", oracles("survival"))
@pytest.mark.parametrize("split", ["dev", "val"])
def test_the_paired_difference_is_that_of_r(oracle: Oracle, split: Literal["dev", "val"]) -> None:
    golden = oracle.section("cindex")[split]["compare"]
    table = oracle.table(split)
    result = compare_concordance(oracle.survival(split), table["lp_full"], table["lp_alt"])
    if isinstance(result, NotEstimable):
        assert golden["p"] is None or golden["se"] < 1e-12 or result.reason is Reason.CONSTANT_SCORES
        return
    ours = [result.difference.value, result.difference.standard_error, result.z, result.p_value]
    assert_agrees(
        ours, [golden[name] for name in ("diff", "se", "z", "p")], relative=1e-10, what="comparison"
    )


@MEASURES
def test_scores_that_change_places_change_the_sign_alone(measure: ConcordanceMeasure) -> None:
    data, risk = patients(3, 80)
    noisy = risk + np.random.default_rng(5).normal(size=80)
    there = compare_concordance(data, risk, noisy, measure=measure, horizon=1.0)
    back = compare_concordance(data, noisy, risk, measure=measure, horizon=1.0)
    assert isinstance(there, ConcordanceComparison)
    assert isinstance(back, ConcordanceComparison)
    assert there.z == pytest.approx(-back.z, rel=1e-12)
    assert there.p_value == pytest.approx(back.p_value, rel=1e-12)
    assert there.first == back.second


@MEASURES
def test_the_same_order_cannot_be_told_apart(measure: ConcordanceMeasure) -> None:
    data, risk = patients(3, 80)
    assert compare_concordance(data, risk, np.exp(risk), measure=measure) == NotEstimable(Reason.NO_VARIANCE)


@pytest.mark.parametrize("place", [0, 1])
def test_a_score_that_has_no_c_has_no_comparison(place: int) -> None:
    data, risk = patients(3, 80)
    scores = [risk, risk]
    scores[place] = np.zeros(80)
    assert compare_concordance(data, *scores) == NotEstimable(Reason.CONSTANT_SCORES)


def test_a_tiny_p_value_keeps_its_digits() -> None:
    data, risk = patients(2, 1500)
    result = compare_concordance(data, risk, -risk)
    assert isinstance(result, ConcordanceComparison)
    assert result.z > 10
    assert 0 < result.p_value < 1e-20


@MEASURES
def test_two_noises_differ_as_often_as_the_level_says(measure: ConcordanceMeasure) -> None:
    refused = 0
    for seed in range(200):
        data, risk = patients(seed, 60)
        first, second = risk + np.random.default_rng(1000 + seed).normal(size=(2, 60))
        result = compare_concordance(data, first, second, measure=measure)
        assert isinstance(result, ConcordanceComparison)
        refused += result.p_value < 0.05
    assert math.isclose(refused / 200, 0.05, abs_tol=0.05)

"""Means of AUC(t) against timeROC, scikit-survival's weights and risksetROC, with a plain twin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.discrimination.integrated_auc import (
    RisksetAuc,
    mean_auc,
    riskset_auc,
    survival_weighted_auc,
)
from inference.statistics.discrimination.time_dependent_auc import time_dependent_auc
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import DataError, NotEstimable, Reason
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles

SPLITS = ("dev", "val")


def number(estimate: Estimate | NotEstimable) -> float | None:
    return None if isinstance(estimate, NotEstimable) else estimate.value


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_means_over_the_grid_agree_with_r(oracle: Oracle, split: str) -> None:
    golden = oracle.section(f"auc_t_{split}")["integrated"]
    data, grid = oracle.survival(split), as_list(golden["grid"])
    if len(grid) < 2:
        pytest.skip("a single time has no mean")
    areas = time_dependent_auc(data, oracle.table(split)["lp_full"], grid).estimates
    assert_agrees([number(area) for area in areas], as_list(golden["AUC"]), relative=1e-10)
    assert_agrees(number(mean_auc(grid, areas)), golden["trapezoid_mean"], relative=1e-10)
    assert_agrees(
        number(survival_weighted_auc(data, grid, areas)), golden["minus_dS_weighted"], relative=1e-10
    )


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_riskset_areas_agree_with_risksetroc(oracle: Oracle, split: str) -> None:
    golden = oracle.section(f"auc_t_{split}")["integrated"]["riskset"]
    if "error" in golden:
        pytest.skip("R could not compute it either")
    data, scores = oracle.survival(split), oracle.table(split)["lp_full"]
    ours = riskset_auc(data, scores, golden["tmax"])
    assert isinstance(ours, RisksetAuc)
    first = as_list(golden["utimes"])[: len(ours.times)]
    np.testing.assert_array_equal(ours.times[: len(first)], first)
    by_rows = [area_in_order_of_rows(data, ours.coefficient * scores, t) for t in first]
    assert_agrees(by_rows, as_list(golden["AUC_first"])[: len(first)], relative=1e-10)
    if len(np.unique(scores)) == len(scores):
        assert_agrees([number(one) for one in ours.estimates[: len(first)]], by_rows, relative=1e-10)
        assert_agrees(number(ours.integrated), golden["iAUC_riskset"], relative=1e-10)


def area_in_order_of_rows(data: SurvivalData, predictor: Floats, t: float) -> float:
    """One after the other up the scores: the trapezoid under the curve of those at risk at t."""
    at_risk = [i for i in np.argsort(predictor, kind="stable") if data.time[i] >= t]
    total = sum(np.exp(predictor[i]) for i in at_risk)
    controls = sum(not (data.event[i] and data.time[i] == t) for i in at_risk)
    area, sensitivity = 0.0, 1.0
    for i in at_risk:
        lower = sensitivity - np.exp(predictor[i]) / total
        if not (data.event[i] and data.time[i] == t):
            area += (sensitivity + lower) / 2 / controls
        sensitivity = lower
    return area


def drawn(seed: int, n: int = 40) -> tuple[SurvivalData, Floats]:
    generator = np.random.default_rng(seed)
    scores = generator.integers(0, 9, n).astype(float)
    time = generator.exponential(np.exp(-scores / 4)) * 10
    lost = generator.exponential(12, n)
    return SurvivalData(np.ceil(np.minimum(time, lost)), time <= lost), scores


@given(st.integers(0, 10_000), st.floats(0.1, 10), st.floats(-5, 5))
@settings(max_examples=20, deadline=None)
def test_unit_and_origin_of_the_score_do_not_matter(seed: int, factor: float, shift: float) -> None:
    data, scores = drawn(seed)
    order = np.random.default_rng(seed).permutation(len(data))
    one = riskset_auc(data, scores, 8.0)
    other = riskset_auc(data.rows(order), factor * scores[order] + shift, 8.0)
    assert isinstance(one, RisksetAuc)
    assert isinstance(other, RisksetAuc)
    assert number(other.integrated) == pytest.approx(number(one.integrated))


def test_a_flat_area_has_itself_as_mean() -> None:
    data, _ = drawn(1)
    areas = [Estimate(0.7)] * 3
    assert number(mean_auc([1, 2, 5], areas)) == pytest.approx(0.7)
    assert number(survival_weighted_auc(data, [1, 2, 5], areas)) == pytest.approx(0.7)


def test_a_time_without_an_area_has_no_mean() -> None:
    data, _ = drawn(1)
    missing = NotEstimable(Reason.NOBODY_FOLLOWED_TO_HORIZON)
    areas = [Estimate(0.7), missing]
    assert mean_auc([1, 2], areas) == missing
    assert survival_weighted_auc(data, [1, 2], areas) == missing


@pytest.mark.parametrize("times", [[1.0], [2.0, 1.0], [1.0, 2.0, 3.0]], ids=["one", "descending", "lengths"])
def test_refuses_a_grid_that_has_no_length(times: list[float]) -> None:
    data, _ = drawn(1)
    areas = [Estimate(0.7)] * min(len(times), 2)
    with pytest.raises(DataError):
        mean_auc(times, areas)
    with pytest.raises(DataError):
        survival_weighted_auc(data, times, areas)


def test_no_event_by_the_grid_leaves_no_weight() -> None:
    data = SurvivalData([5, 6, 7], [1, 1, 1])
    areas = [Estimate(0.7)] * 2
    assert survival_weighted_auc(data, [1, 2], areas) == NotEstimable(Reason.NO_EVENT_BY_HORIZON)


@pytest.mark.parametrize(
    ("time", "event", "scores", "reason"),
    [
        ([5, 6, 7], [1, 1, 1], [1, 2, 3], Reason.NO_EVENT_BY_HORIZON),
        ([1, 2, 3], [0, 0, 0], [1, 2, 3], Reason.NO_EVENT_BY_HORIZON),
        ([1, 2, 7], [1, 1, 1], [3, 3, 3], Reason.CONSTANT_SCORES),
        ([1, 2], [1, 1], [1, 2], Reason.TOO_FEW_ROWS),
        ([1, 2, 3, 4], [1, 1, 1, 1], [4, 3, 2, 1], Reason.SEPARATION),
    ],
    ids=["later events", "no events", "constant scores", "two patients", "perfect separation"],
)
def test_says_why_there_is_no_area(
    time: list[float], event: list[int], scores: list[float], reason: Reason
) -> None:
    assert riskset_auc(SurvivalData(time, event), scores, 4.0) == NotEstimable(reason)


def test_where_all_at_risk_have_the_event_there_is_no_area_and_no_weight() -> None:
    data = SurvivalData([1, 2, 2, 3, 4, 4], [1, 1, 0, 1, 1, 1])
    ours = riskset_auc(data, [3, 1, 2, 4, 2, 1], 4.0)
    assert isinstance(ours, RisksetAuc)
    assert ours.estimates[-1] == NotEstimable(Reason.ONE_CLASS)
    assert isinstance(ours.integrated, Estimate)

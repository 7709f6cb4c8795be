"""An end point by a horizon with patients lost before: against full follow-up, plain measures and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.calibration.survival_brier import survival_brier
from inference.statistics.discrimination.incomplete_follow_up import (
    EndPoint,
    end_point,
    end_point_auc,
    end_point_brier,
)
from inference.statistics.discrimination.time_dependent_auc import time_dependent_auc
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason


def value(estimate: Estimate | NotEstimable) -> float:
    assert isinstance(estimate, Estimate)
    return estimate.value


def drawn(seed: int, n: int = 60) -> tuple[SurvivalData, Floats]:
    generator = np.random.default_rng(seed)
    scores = generator.normal(size=n)
    time, lost = generator.exponential(40 * np.exp(-scores)), generator.exponential(90, n)
    return SurvivalData(np.minimum(time, lost), time <= lost), scores


def test_counts_what_is_known_at_the_horizon() -> None:
    data = SurvivalData([10, 60, 60, 70, 20, 80], [1, 1, 0, 1, 0, 0])
    assert end_point(data, 60) == EndPoint(60.0, positives=1, negatives=4, unknown=1)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_is_the_time_dependent_measure_where_no_time_equals_the_horizon(seed: int) -> None:
    data, scores = drawn(seed)
    (area,) = time_dependent_auc(data, scores, [60.0], at_horizon="case").estimates
    assert end_point_auc(data, scores, 60.0) == area
    risk = 1 / (1 + np.exp(-scores))
    (brier,) = survival_brier(data, 1 - risk, [60.0]).predicted
    if isinstance(brier, Estimate):
        assert value(end_point_brier(data, risk, 60.0)) == pytest.approx(brier.value)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_is_the_plain_measure_where_nobody_is_unknown(seed: int) -> None:
    generator = np.random.default_rng(seed)
    scores = generator.integers(0, 8, 50).astype(float)
    time = np.minimum(generator.exponential(60, 50), 60)
    positive = time < 60
    data = SurvivalData(time, positive)
    pairs = np.sign(np.subtract.outer(scores[positive], scores[~positive]))
    assert value(end_point_auc(data, scores, 60.0)) == pytest.approx((pairs.mean() + 1) / 2)
    risk = scores / 10
    assert value(end_point_brier(data, risk, 60.0)) == pytest.approx(np.mean((risk - positive) ** 2))


def test_weights_give_back_what_full_follow_up_would_have_shown() -> None:
    generator = np.random.default_rng(7)
    scores = generator.normal(size=6000)
    time, lost = generator.exponential(80 * np.exp(-scores)), generator.exponential(60, 6000)
    positive = time < 60
    risk = 1 - np.exp(-60 / (80 * np.exp(-scores)))
    data = SurvivalData(np.minimum(time, lost), time <= lost)
    full = SurvivalData(np.minimum(time, 60.0), positive)
    area = end_point_auc(data, scores, 60.0)
    assert isinstance(area, Estimate)
    assert area.standard_error is not None
    assert abs(area.value - value(end_point_auc(full, scores, 60.0))) < 3 * area.standard_error
    brier = end_point_brier(data, risk, 60.0)
    assert isinstance(brier, Estimate)
    assert brier.standard_error is not None
    assert abs(brier.value - np.mean((risk - positive) ** 2)) < 3 * brier.standard_error
    known = data.event & (data.time < 60) | (data.time >= 60)
    assert positive[known].mean() > positive.mean() + 0.05


def test_who_is_followed_by_plan_to_the_horizon_is_free_at_it() -> None:
    data = SurvivalData([10, 20, 60, 60, 60, 30], [1, 1, 0, 0, 0, 0])
    scores = [5, 2, 1, 3, 1, 4]
    assert value(end_point_auc(data, scores, 60.0)) == pytest.approx((3 + 2) / 6)
    assert time_dependent_auc(data, scores, [60.0]).estimates == (
        NotEstimable(Reason.NOBODY_FOLLOWED_TO_HORIZON),
    )
    risk = [0.9, 0.6, 0.2, 0.4, 0.1, 0.7]
    lost = 4 / 3
    by_hand = (0.1**2 + 0.4**2 + lost * (0.2**2 + 0.4**2 + 0.1**2)) / 6
    assert value(end_point_brier(data, risk, 60.0)) == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("time", "event", "of_auc", "of_brier"),
    [
        ([1, 2, 3], [0, 0, 0], Reason.NO_EVENT_BY_HORIZON, Reason.NOBODY_FOLLOWED_TO_HORIZON),
        ([1, 2, 3], [1, 1, 0], Reason.NOBODY_FOLLOWED_TO_HORIZON, Reason.NOBODY_FOLLOWED_TO_HORIZON),
    ],
    ids=["all lost", "last one lost"],
)
def test_says_why_there_is_no_number(
    time: list[float], event: list[int], of_auc: Reason, of_brier: Reason
) -> None:
    data = SurvivalData(time, event)
    assert end_point_auc(data, [1, 2, 3], 60.0) == NotEstimable(of_auc)
    assert end_point_brier(data, [0.1, 0.2, 0.3], 60.0) == NotEstimable(of_brier)


def test_refuses_what_is_no_probability() -> None:
    with pytest.raises(DataError) as raised:
        end_point_brier(SurvivalData([1, 2, 3], [1, 0, 1]), [0.1, 1.3, 0.2], 2.0)
    assert raised.value.fault is Fault.NOT_A_PROBABILITY
    with pytest.raises(DataError):
        end_point_auc(SurvivalData([1, 2, 3], [1, 0, 1]), [0.1, 1.3], 2.0)

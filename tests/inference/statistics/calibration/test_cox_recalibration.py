"""The calibration slope against R, and what recalibration leaves and changes."""

import numpy as np
import pytest

from inference.statistics.calibration.cox_recalibration import (
    CalibrationSlope,
    Recalibration,
    calibration_slope,
    recalibrate_baseline,
    recalibrate_slope_and_baseline,
)
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from tests.inference.statistics.oracles import Oracle, assert_agrees, oracles


@pytest.mark.parametrize("split", ["dev", "val"])
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_the_slope_is_that_of_r(oracle: Oracle, split: str) -> None:
    """R evaluates the development rows where there are fewer than 10 for validation."""
    golden = oracle.section(f"calibration_{split}")["slope"]
    rows = split if split == "dev" or len(oracle.survival("val")) >= 10 else "dev"
    data, table = oracle.survival(rows), oracle.table(rows)  # type: ignore[arg-type]
    slope = calibration_slope(data, table["lp_full"])
    assert isinstance(slope, CalibrationSlope)
    assert_agrees(slope.estimate.value, golden["coef"], relative=1e-8, what="slope")
    assert_agrees(slope.estimate.standard_error, golden["se"], relative=1e-8, what="standard error")
    assert_agrees(slope.p_value, golden["p_vs_1"], relative=1e-8, what="P")


def _cohort(slope: float, level: float, seed: int = 4, count: int = 3000) -> tuple[SurvivalData, Floats]:
    rng = np.random.default_rng(seed)
    scores = rng.normal(1.0, 1.0, count)
    time = rng.exponential(np.exp(-(level + slope * scores)))
    censoring = rng.exponential(2.0, count)
    return SurvivalData(np.minimum(time, censoring), time <= censoring), scores


def test_a_slope_below_one_tells_of_predictions_that_are_too_extreme() -> None:
    slope = calibration_slope(*_cohort(0.5, -1.0))
    assert isinstance(slope, CalibrationSlope)
    assert slope.estimate.interval is not None
    low, high = slope.estimate.interval
    assert low < 0.5 < high < 1
    assert slope.p_value < 1e-6


@pytest.mark.parametrize("recalibrate", [recalibrate_baseline, recalibrate_slope_and_baseline])
def test_after_recalibration_as_many_events_are_expected_as_came(recalibrate) -> None:  # type: ignore[no-untyped-def]
    """Breslow's and Efron's baselines give expected events = observed events when no times are tied."""
    data, scores = _cohort(0.7, -0.5)
    mended = recalibrate(data, scores)
    assert isinstance(mended, Recalibration)
    lp = mended.slope * scores
    lived = mended.baseline.cumulative.at(data.time) * np.exp(lp - mended.baseline.centre)
    assert lived.sum() == pytest.approx(data.event.sum(), rel=1e-9)


def test_recalibration_finds_the_level_and_the_slope_of_the_new_population() -> None:
    data, scores = _cohort(0.7, -0.5)
    only_level, both = recalibrate_baseline(data, scores), recalibrate_slope_and_baseline(data, scores)
    assert isinstance(only_level, Recalibration)
    assert isinstance(both, Recalibration)
    assert only_level.slope == 1.0
    slope = calibration_slope(data, scores)
    assert isinstance(slope, CalibrationSlope)
    assert both.slope == slope.estimate.value
    times, typical = np.array([0.2, 0.5, 1.0]), np.array([0.0, 1.0, 2.0])
    true = np.exp(-np.exp(-0.5 + 0.7 * typical)[:, None] * times)
    assert both.baseline.survival(both.slope * typical, times) == pytest.approx(true, abs=0.04)


def test_a_shift_of_all_scores_changes_no_recalibrated_prediction() -> None:
    data, scores = _cohort(1.0, 0.0, count=200)
    plain, shifted = recalibrate_baseline(data, scores), recalibrate_baseline(data, scores + 2000.0)
    assert isinstance(plain, Recalibration)
    assert isinstance(shifted, Recalibration)
    expected = plain.baseline.survival(scores[:5], [0.3, 1.0])
    assert shifted.baseline.survival(scores[:5] + 2000.0, [0.3, 1.0]) == pytest.approx(expected, rel=1e-9)


def test_data_without_an_answer_say_why() -> None:
    data, scores = _cohort(1.0, 0.0, count=20)
    unseen = SurvivalData(data.time, np.zeros(20))
    assert calibration_slope(data, np.ones(20)) == NotEstimable(Reason.CONSTANT_SCORES)
    assert calibration_slope(unseen, scores) == NotEstimable(Reason.NO_EVENTS)
    assert recalibrate_baseline(unseen, scores) == NotEstimable(Reason.NO_EVENTS)
    assert recalibrate_slope_and_baseline(unseen, scores) == NotEstimable(Reason.NO_EVENTS)
    with pytest.raises(DataError) as caught:
        recalibrate_baseline(data, scores[:-1])
    assert caught.value.fault is Fault.LENGTHS_DIFFER
    with pytest.raises(DataError) as caught:
        calibration_slope(data, np.where(np.arange(20) == 3, np.nan, scores))
    assert caught.value.message.fields["row"] == 4

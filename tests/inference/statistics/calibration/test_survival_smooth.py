"""The smooth calibration of survival: recovers known truths, says what it cannot say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.calibration.smooth import SmoothCalibration
from inference.statistics.calibration.survival_smooth import survival_smooth
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import DataError, NotEstimable, Reason
from tests.inference.statistics.oracles import Oracle, oracles


def drawn(seed: int, n: int = 300, scale: float = 20.0) -> tuple[SurvivalData, Floats]:
    """Exponential times of which the true survival at 10 is known, a third censored."""
    generator = np.random.default_rng(seed)
    risk = generator.normal(size=n)
    time, lost = generator.exponential(scale * np.exp(-risk)), generator.exponential(40, n)
    return SurvivalData(np.minimum(time, lost), time <= lost), np.exp(-10 / (scale * np.exp(-risk)))


def smooth(data: SurvivalData, survival: Floats, knots: int = 3) -> SmoothCalibration:
    found = survival_smooth(data, survival, 10.0, knots=knots)
    assert isinstance(found, SmoothCalibration)
    return found


@pytest.mark.parametrize("knots", [3, 4, 5])
def test_true_predictions_lie_on_the_diagonal(knots: int) -> None:
    curve = smooth(*drawn(3, 4000), knots)
    assert curve.errors.ici < 0.015
    np.testing.assert_allclose(curve.observed, curve.predicted, atol=0.05)
    assert np.mean((curve.lower <= curve.predicted) & (curve.predicted <= curve.upper)) > 0.8


def test_predictions_that_are_too_bright_are_found_out() -> None:
    data, survival = drawn(4, 6000)
    bright = survival**0.5
    curve = smooth(data, bright)
    truth = 1 - (1 - curve.predicted) ** 2
    np.testing.assert_allclose(curve.observed, truth, atol=0.04)
    assert curve.errors.ici == pytest.approx(np.mean(bright - survival), abs=0.01)


def test_indices_are_the_distances_of_the_patients_from_the_curve() -> None:
    data, survival = drawn(5)
    curve = smooth(data, survival)
    inside = (1 - survival >= curve.predicted[0]) & (1 - survival <= curve.predicted[-1])
    distance = np.abs(
        np.interp(1 - survival[inside], curve.predicted, curve.observed) - (1 - survival[inside])
    )
    assert curve.errors.ici == pytest.approx(distance.mean(), abs=0.003)
    assert curve.errors.e50 == pytest.approx(np.median(distance), abs=0.003)
    assert curve.errors.e50 <= curve.errors.e90 <= curve.errors.e_max


def test_band_tells_the_spread_over_samples() -> None:
    curves = [smooth(*drawn(seed)) for seed in range(100, 160)]
    heights = np.array([np.interp(0.4, curve.predicted, curve.observed) for curve in curves])
    lower, upper = (
        np.array(
            [np.interp(0.4, curve.predicted, limit) for curve, limit in zip(curves, limits, strict=True)]
        )
        for limits in ([curve.lower for curve in curves], [curve.upper for curve in curves])
    )
    assert np.mean((upper - lower) / (2 * 1.96)) == pytest.approx(heights.std(ddof=1), rel=0.25)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_band_holds_the_curve_and_stays_between_zero_and_one(seed: int) -> None:
    found = survival_smooth(*drawn(seed, 60), 10.0)
    if isinstance(found, NotEstimable):
        return
    assert (found.lower >= 0).all()
    assert (found.lower <= found.observed).all()
    assert (found.observed <= found.upper).all()
    assert (found.upper <= 1).all()


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_order_of_patients_and_unit_of_time_do_not_matter(seed: int) -> None:
    data, survival = drawn(seed)
    order = np.random.default_rng(seed).permutation(len(data))
    other = survival_smooth(SurvivalData(data.time[order] * 30, data.event[order]), survival[order], 300.0)
    assert isinstance(other, SmoothCalibration)
    np.testing.assert_allclose(other.observed, smooth(data, survival).observed, rtol=1e-7)


@pytest.mark.parametrize("split", ["dev", "val"])
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_is_estimable_on_the_reference_data(oracle: Oracle, split: str) -> None:
    data, table = oracle.survival(split), oracle.table(split)
    for place, t in enumerate(oracle.horizons, start=1):
        found = survival_smooth(data, table[f"S_h{place}"], t)
        if isinstance(found, SmoothCalibration):
            assert 0 <= found.errors.ici <= found.errors.e_max <= 1
        else:
            assert found.reason is not Reason.DID_NOT_CONVERGE


@pytest.mark.parametrize(
    ("time", "event", "survival", "reason"),
    [
        ([11, 12, 13, 14], [1, 1, 1, 1], [0.2, 0.4, 0.6, 0.8], Reason.NO_EVENT_BY_HORIZON),
        ([1, 2, 3, 4], [0, 0, 0, 0], [0.2, 0.4, 0.6, 0.8], Reason.NO_EVENT_BY_HORIZON),
        ([1, 2, 3, 4], [1, 1, 0, 0], [0.2, 0.4, 0.6, 0.8], Reason.NOBODY_FOLLOWED_TO_HORIZON),
        ([1, 2, 13, 14], [1, 1, 0, 0], [0.2, 0.4, 1.0, 0.8], Reason.CERTAIN_PREDICTION),
        ([1, 2, 13, 14], [1, 1, 0, 0], [0.2, 0.2, 0.2, 0.2], Reason.TOO_FEW_DISTINCT),
        ([1, 12], [1, 1], [0.2, 0.4], Reason.TOO_FEW_ROWS),
        ([1, 2, 3, 12, 13, 14], [1, 1, 1, 0, 0, 0], [0.1, 0.2, 0.3, 0.6, 0.7, 0.8], Reason.SEPARATION),
    ],
    ids=[
        "later events",
        "no events",
        "lost before",
        "certain",
        "one prediction",
        "two patients",
        "separation",
    ],
)
def test_says_why_there_is_no_curve(
    time: list[float], event: list[int], survival: list[float], reason: Reason
) -> None:
    assert survival_smooth(SurvivalData(time, event), survival, 10.0) == NotEstimable(reason)


def test_survival_below_the_precision_of_the_machine_has_a_curve() -> None:
    data, survival = drawn(4)
    survival[np.argsort(survival)[:9]] = 2e-20
    found = smooth(data, survival)
    assert found.predicted[-1] == 1.0 and found.lower is not None and found.upper is not None
    for values in (found.observed, found.lower, found.upper):
        assert np.isfinite(values).all()


def test_refuses_malformed_predictions() -> None:
    data, survival = drawn(1, 20)
    with pytest.raises(DataError):
        survival_smooth(data, survival[1:], 10.0)
    with pytest.raises(DataError):
        survival_smooth(data, survival + 1, 10.0)
    with pytest.raises(DataError):
        survival_smooth(data, survival, 10.0, knots=6)

"""The smooth curve against statsmodels and a naive twin, its band and its errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.calibration.calibration_errors import calibration_errors
from inference.statistics.calibration.local_regression import local_regression
from inference.statistics.calibration.smooth import SmoothCalibration, smooth_calibration
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import DataError, NotEstimable, Reason


def naive_smooth(x, y, point, span):
    near = min(len(x), max(2, int(span * len(x) + 1e-10)))
    reach = sorted(abs(one - point) for one in x)[near - 1]
    if reach == 0:
        return np.mean([b for a, b in zip(x, y, strict=True) if a == point])
    weights = np.array([max(0.0, 1 - (abs(a - point) / reach) ** 3) ** 3 for a in x])
    if weights.sum() == 0:
        weights = np.array([float(abs(a - point) <= reach) for a in x])
    kept = {a for a, w in zip(x, weights, strict=True) if w > 0}
    if len(kept) == 1:
        return np.average(y, weights=weights)
    design = np.column_stack([np.ones(len(x)), np.array(x) - point]) * np.sqrt(weights)[:, None]
    return np.linalg.lstsq(design, np.array(y) * np.sqrt(weights), rcond=None)[0][0]


POINTS = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=3, max_size=25)


@settings(deadline=None)
@given(POINTS)
def test_each_point_is_a_weighted_line_ties_included(rows):
    x, y = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    at = np.unique(x)
    naive = [naive_smooth(x, y, point, 2 / 3) for point in at]
    assert local_regression(x, y, at) == pytest.approx(naive, abs=1e-8)


def test_it_is_lowess_of_statsmodels_where_nothing_ties():
    from statsmodels.nonparametric.smoothers_lowess import lowess

    rng = np.random.default_rng(1)
    x = rng.random(120)
    y = (rng.random(120) < x).astype(float)
    theirs = lowess(y, x, frac=2 / 3, it=0, return_sorted=False)
    # It takes weights of 1 and 0 within a thousandth of either end, hence the room.
    assert local_regression(x, y, x) == pytest.approx(theirs, abs=1e-6)


def test_a_straight_line_is_kept():
    x = np.linspace(0, 1, 30)
    assert local_regression(x, 0.2 + 0.5 * x, np.array([0.0, 0.33, 1.0])) == pytest.approx([0.2, 0.365, 0.7])


def patients(count, seed, bend=1.0):
    rng = np.random.default_rng(seed)
    risk = rng.uniform(0.05, 0.95, count)
    return ClassData(risk, rng.random(count) < risk**bend)


def test_true_probabilities_lie_on_the_diagonal_within_the_band():
    curve = smooth_calibration(patients(800, 2), generator=np.random.default_rng(1), draws=100)
    assert len(curve.predicted) <= 100
    assert np.all(np.diff(curve.predicted) > 0)
    assert curve.errors.ici < 0.05
    assert np.mean((curve.lower <= curve.predicted) & (curve.predicted <= curve.upper)) > 0.8
    assert np.all((curve.lower >= 0) & (curve.lower <= curve.upper) & (curve.upper <= 1))


def test_bent_probabilities_are_found_out():
    curve = smooth_calibration(patients(800, 3, bend=2.0), generator=np.random.default_rng(1), draws=50)
    middle = np.abs(curve.predicted - 0.5).argmin()
    assert curve.observed[middle] == pytest.approx(0.25, abs=0.06)
    assert curve.upper[middle] < 0.5
    assert curve.errors.ici == pytest.approx(0.16, abs=0.04)
    assert curve.errors.e50 <= curve.errors.e90 <= curve.errors.e_max


def test_the_same_generator_gives_the_same_band():
    one, other = (
        smooth_calibration(patients(60, 4), generator=np.random.default_rng(9), draws=40) for _ in "ab"
    )
    assert np.array_equal(one.lower, other.lower) and np.array_equal(one.upper, other.upper)


def test_predictions_that_repeat_give_finite_numbers():
    data = ClassData(np.repeat([0.1, 0.2], [30, 3]), np.tile([0, 1, 0], 11))
    curve = smooth_calibration(data, generator=np.random.default_rng(1), draws=40)
    assert curve.predicted.tolist() == [0.1, 0.2]
    assert curve.observed == pytest.approx([1 / 3, 1 / 3])
    assert np.isfinite(curve.lower).all() and np.isfinite(curve.upper).all()


def test_errors_by_hand():
    errors = calibration_errors(np.array([0.1, 0.2, 0.3]), np.array([0.1, 0.3, 0.7]))
    assert (errors.ici, errors.e50, errors.e90, errors.e_max) == pytest.approx((0.5 / 3, 0.1, 0.34, 0.4))


@pytest.mark.parametrize(
    ("risk", "outcome", "reason"),
    [
        ([0.1, 0.9] * 9, [0, 1] * 9, Reason.TOO_FEW_ROWS),
        (np.linspace(0.1, 0.9, 20), [1] * 20, Reason.ONE_CLASS),
        ([0.4] * 20, [0, 1] * 10, Reason.CONSTANT_SCORES),
    ],
)
def test_data_without_a_curve_say_why(risk, outcome, reason):
    smooth = smooth_calibration(ClassData(risk, outcome), generator=np.random.default_rng(1))
    assert smooth == NotEstimable(reason)


def test_what_is_no_probability_is_refused():
    with pytest.raises(DataError):
        smooth_calibration(ClassData([1.5, 0.2], [0, 1]), generator=np.random.default_rng(1))


def test_the_curve_of_survival_is_that_of_risk_turned_about():
    generator = np.random.default_rng(4)
    risk = generator.random(120)
    smooth = smooth_calibration(ClassData(risk, generator.random(120) < risk), generator=generator)
    assert isinstance(smooth, SmoothCalibration)
    turned = smooth.as_survival()
    assert (np.diff(turned.predicted) > 0).all()
    np.testing.assert_allclose(turned.observed[0], 1 - smooth.observed[-1])
    assert (turned.lower <= turned.observed + 1e-12).all() and (turned.observed <= turned.upper + 1e-12).all()
    assert turned.errors == smooth.errors

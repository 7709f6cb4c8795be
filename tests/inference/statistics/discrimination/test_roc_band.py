"""The band about the ROC curve: what it holds, and where there is none."""

import numpy as np
import pytest

from inference.statistics.discrimination.roc import roc_curve
from inference.statistics.discrimination.roc_band import roc_band
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import NotEstimable, Reason


def data(count=40, seed=1, digits=6):
    rng = np.random.default_rng(seed)
    positive = np.arange(count) < count // 2
    return ClassData((rng.normal(size=count) + 1.2 * positive).round(digits), positive)


@pytest.mark.parametrize("digits", [0, 6])
def test_the_band_is_ordered_falls_with_specificity_and_holds_the_curve(digits):
    scores = data(digits=digits)
    band = roc_band(scores, generator=np.random.default_rng(2), draws=400)
    assert band.specificity[0] == 0 and band.specificity[-1] == 1
    assert np.all(band.lower <= band.upper)
    assert np.all(np.diff(band.lower) <= 1e-12) and np.all(np.diff(band.upper) <= 1e-12)
    assert band.lower.min() >= 0 and band.upper.max() <= 1
    curve = roc_curve(scores)
    own = np.interp(1 - band.specificity + 1e-9, 1 - curve.specificity[::-1], curve.sensitivity[::-1])
    assert np.mean((band.lower - 1e-9 <= own) & (own <= band.upper + 1e-9)) > 0.9


def test_it_is_the_same_for_the_same_generator_and_under_increasing_maps():
    scores = data()
    one = roc_band(scores, generator=np.random.default_rng(5), draws=100)
    other = roc_band(
        ClassData(np.exp(scores.scores), scores.is_positive), generator=np.random.default_rng(5), draws=100
    )
    assert np.array_equal(one.lower, other.lower) and np.array_equal(one.upper, other.upper)


def test_at_a_specificity_it_holds_the_true_sensitivity_about_as_often_as_it_says():
    # Binormal curve: at specificity 0.8 the sensitivity is Φ(1.2 − 0.8416) = 0.640.
    held = 0
    for seed in range(60):
        band = roc_band(data(160, seed), generator=np.random.default_rng(seed), draws=200, points=6)
        at = int(np.flatnonzero(np.isclose(band.specificity, 0.8))[0])
        held += band.lower[at] <= 0.640 <= band.upper[at]
    assert 51 <= held <= 60


def test_a_reading_at_the_step_is_the_top_of_the_step():
    # Two controls, so a resample's false rate steps at 0, 0.5 and 1; the case stands above both or one.
    band = roc_band(ClassData([1, 3, 2, 4], [0, 0, 1, 1]), generator=np.random.default_rng(1), points=3)
    assert band.upper.tolist() == [1, 1, 1]
    assert band.lower[0] == 1


@pytest.mark.parametrize(
    ("scores", "outcome", "reason"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], Reason.SEPARATION),
        ([1, 2], [0, 0], Reason.ONE_CLASS),
        ([2, 2], [0, 1], Reason.CONSTANT_SCORES),
    ],
)
def test_data_that_resample_to_one_curve_have_no_band(scores, outcome, reason):
    assert roc_band(ClassData(scores, outcome), generator=np.random.default_rng(1)) == NotEstimable(reason)

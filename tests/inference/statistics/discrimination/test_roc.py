"""AUC, its interval and Youden's cut-off, against hand counts and a naive twin."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.statistics.discrimination.roc import auc, youden_cutoff

SCORES = (0.1, 0.4, 0.35, 0.8)
POSITIVE = (False, False, True, True)


def naive_auc(scores, positive):
    pairs = list(
        itertools.product(
            [s for s, p in zip(scores, positive, strict=True) if p],
            [s for s, p in zip(scores, positive, strict=True) if not p],
        )
    )
    return sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs) / len(pairs)


def naive_delong_variance(scores, positive):
    cases = [s for s, p in zip(scores, positive, strict=True) if p]
    controls = [s for s, p in zip(scores, positive, strict=True) if not p]

    def kernel(a, b):
        return 1.0 if a > b else 0.5 if a == b else 0.0

    v10 = [np.mean([kernel(a, b) for b in controls]) for a in cases]
    v01 = [np.mean([kernel(a, b) for a in cases]) for b in controls]
    return np.var(v10, ddof=1) / len(cases) + np.var(v01, ddof=1) / len(controls)


def test_auc_counts_pairs_in_which_the_positive_scores_higher():
    assert auc(SCORES, POSITIVE).value == pytest.approx(3 / 4)


def test_a_constant_score_has_an_area_of_one_half():
    assert auc([0.3] * 6, [True, False] * 3).value == pytest.approx(0.5)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=6, max_size=30).filter(
        lambda rows: 2 <= sum(p for _, p in rows) <= len(rows) - 2
    )
)
def test_area_and_variance_equal_the_naive_count_with_ties(rows):
    scores, positive = zip(*rows, strict=True)
    area = auc(scores, positive)
    assert area.value == pytest.approx(naive_auc(scores, positive))
    assert area.standard_error**2 == pytest.approx(naive_delong_variance(scores, positive), abs=1e-12)


@given(st.permutations(range(12)))
def test_area_is_unchanged_by_an_increasing_rescaling_and_mirrored_by_the_sign(order):
    scores = np.array(order, dtype=float)
    positive = np.arange(12) % 3 == 0
    area = auc(scores, positive).value
    assert auc(np.exp(scores / 5), positive).value == pytest.approx(area)
    assert auc(-scores, positive).value == pytest.approx(1 - area)


def test_interval_covers_the_true_area_nearly_as_often_as_it_says():
    rng = np.random.default_rng(3)
    true_area, covered, runs = 0.8413447, 0, 300
    for _ in range(runs):
        positive = np.arange(80) < 32
        scores = rng.standard_normal(80) + positive * np.sqrt(2)
        low, high = auc(scores, positive).interval() or (0.0, 0.0)
        covered += low <= true_area <= high
    assert 0.92 <= covered / runs <= 0.98


def test_an_area_of_one_has_no_interval():
    assert auc([0.1, 0.2, 0.8, 0.9], POSITIVE).interval() is None


@pytest.mark.parametrize(
    ("scores", "positive", "message"),
    [
        ([0.1, 0.2], [True, True], "both classes"),
        ([0.1, float("nan")], [True, False], "finite"),
        ([0.1, 0.2, 0.3], [True, False], "one class per score"),
    ],
)
def test_what_has_no_area_is_refused(scores, positive, message):
    with pytest.raises(ValueError, match=message):
        auc(scores, positive)


def test_youden_takes_the_cutoff_between_the_classes():
    cutoff = youden_cutoff([0.1, 0.2, 0.6, 0.8], POSITIVE)
    assert cutoff.value == pytest.approx(0.4)
    assert (cutoff.sensitivity, cutoff.specificity, cutoff.index) == (1.0, 1.0, 1.0)


def test_youden_lists_cutoffs_of_the_same_index_and_takes_the_lower_middle_one():
    # Positive at 0.2 and 0.4, negative at 0.1 and 0.3: two cut-offs reach one half.
    cutoff = youden_cutoff([0.2, 0.4, 0.1, 0.3], [True, True, False, False])
    assert cutoff.tied == pytest.approx((0.15, 0.35))
    assert cutoff.value == pytest.approx(0.15)


def test_youden_equals_the_best_of_all_cutoffs():
    rng = np.random.default_rng(1)
    scores = rng.random(60).round(2)
    positive = rng.random(60) < scores
    best = max(
        (scores[positive] >= c).mean() + (scores[~positive] < c).mean() - 1 for c in np.linspace(0, 1, 1001)
    )
    cutoff = youden_cutoff(scores, positive)
    assert cutoff.index == pytest.approx(best)
    assert (scores[positive] >= cutoff.value).mean() == pytest.approx(cutoff.sensitivity)


def test_equal_scores_have_no_cutoff():
    with pytest.raises(ValueError, match="no cut-off"):
        youden_cutoff([0.5, 0.5], [True, False])

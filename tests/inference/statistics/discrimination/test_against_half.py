"""AUC against 0.5: DeLong's z, and the permutation test against R and against all permutations."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.discrimination import against_half as module
from inference.statistics.discrimination.against_half import against_half, exact_mann_whitney
from inference.statistics.discrimination.delong import auc
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import NotEstimable, Reason
from tests.inference.statistics.oracles import assert_agrees, oracles

SMALL = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=4, max_size=9).filter(
    lambda rows: len({p for _, p in rows}) == 2 and len({s for s, _ in rows}) > 1
)


def all_permutations(scores, positive):
    def half_wins(chosen):
        rest = [s for i, s in enumerate(scores) if i not in chosen]
        return sum(2 * (scores[i] > b) + (scores[i] == b) for i in chosen for b in rest)

    observed = half_wins({i for i, p in enumerate(positive) if p})
    every = [half_wins(set(c)) for c in itertools.combinations(range(len(scores)), sum(positive))]
    tails = sum(w <= observed for w in every), sum(w >= observed for w in every)
    return min(1.0, 2 * min(tails) / len(every))


@settings(deadline=None)
@given(SMALL)
def test_p_counts_all_ways_to_deal_the_classes_ties_included(rows):
    scores, positive = zip(*rows, strict=True)
    exact = exact_mann_whitney(ClassData(scores, positive))
    assert exact.p_value == pytest.approx(all_permutations(scores, positive))


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_p_is_rs_exact_one_where_nothing_ties(oracle):
    table = oracle.table()
    for name, golden in oracle.golden["tests"].get("numeric", {}).items():
        if golden["p_exact"] is not None:
            there = np.isfinite(table[name])
            exact = exact_mann_whitney(ClassData(table[name][there], table["y"][there]))
            assert_agrees(exact.p_value, golden["p_exact"], relative=1e-9, what=name)


def test_p_without_ties_is_scipys_exact_one():
    from scipy.stats import mannwhitneyu

    rng = np.random.default_rng(1)
    for positives, negatives in ((4, 11), (11, 4), (9, 30)):
        scores = rng.normal(size=positives + negatives)
        positive = np.arange(scores.size) < positives
        theirs = mannwhitneyu(scores[positive], scores[~positive], method="exact").pvalue
        assert against_half(ClassData(scores, positive)).p_value == pytest.approx(theirs, rel=1e-9)


def test_separated_classes_count_the_one_arrangement_however_large():
    small = against_half(ClassData([1, 2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 1, 1, 1]))
    assert small.p_value == pytest.approx(2 / math.comb(7, 3))
    large = against_half(ClassData(np.arange(2000), np.arange(2000) >= 1000))
    assert (large.method, large.z) == ("exact_mann_whitney", None)
    assert 0 <= large.p_value < 1e-200


def test_large_classes_are_tested_by_delongs_error():
    rng = np.random.default_rng(4)
    positive = np.arange(60) < 25
    scores = rng.normal(size=60) + 0.5 * positive
    half, area = against_half(ClassData(scores, positive)), auc(scores, positive)
    assert half.method == "delong"
    assert half.z == pytest.approx((area.value - 0.5) / area.standard_error)
    assert half.p_value == pytest.approx(math.erfc(abs(half.z) / math.sqrt(2)))


def test_where_arrangements_are_too_many_the_rank_sum_is_taken_as_normal(monkeypatch):
    from scipy.stats import mannwhitneyu

    monkeypatch.setattr(module, "LARGEST_WORK", 0)
    scores, outcome = np.array([1, 3, 2, 4, 2, 5, 6, 2]), np.array([0, 0, 1, 1, 0, 0, 0, 1])
    half = against_half(ClassData(scores, outcome))
    theirs = mannwhitneyu(scores[outcome == 1], scores[outcome == 0], method="asymptotic").pvalue
    assert (half.method, half.p_value) == ("asymptotic_mann_whitney", pytest.approx(theirs))
    exact = exact_mann_whitney(ClassData([1, 3, 2, 4], [0, 0, 1, 1]))
    assert exact == NotEstimable(Reason.TOO_MANY_ARRANGEMENTS)


@pytest.mark.parametrize("test", [against_half, exact_mann_whitney])
def test_data_without_an_area_cannot_be_tested(test):
    assert test(ClassData([1, 2], [1, 1])) == NotEstimable(Reason.ONE_CLASS)
    assert test(ClassData([2, 2], [0, 1])) == NotEstimable(Reason.CONSTANT_SCORES)

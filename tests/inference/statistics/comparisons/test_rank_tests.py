"""Mann–Whitney, Kruskal–Wallis and Spearman against scipy, against plain counts, and in hard corners."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from inference.statistics.comparisons.kruskal import KruskalWallis, kruskal_wallis
from inference.statistics.comparisons.mann_whitney import MannWhitney, mann_whitney
from inference.statistics.comparisons.spearman import Spearman, spearman
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason

values = st.lists(st.integers(0, 9).map(float), min_size=2, max_size=15)


def found(result: MannWhitney | NotEstimable) -> MannWhitney:
    """A result that must be one."""
    assert isinstance(result, MannWhitney)
    return result


@given(values, values)
def test_u_counts_pairs_and_equal_values_half(one: list[float], other: list[float]) -> None:
    result = mann_whitney(one, other)
    if isinstance(result, MannWhitney):
        pairs = sum((x > y) + (x == y) / 2 for x in one for y in other)
        assert result.u == pairs and result.superiority == pytest.approx(pairs / len(one) / len(other))
        assert result.p_value == pytest.approx(found(mann_whitney(other, one)).p_value)


@pytest.mark.parametrize("continuity", [True, False])
@settings(deadline=None)
@given(values, values)
def test_asymptotic_p_is_that_of_scipy(continuity: bool, one: list[float], other: list[float]) -> None:
    if len({*one, *other}) == 1:
        assert mann_whitney(one, other, method="asymptotic") == NotEstimable(Reason.NO_VARIANCE)
        return
    theirs = stats.mannwhitneyu(one, other, method="asymptotic", use_continuity=continuity)
    ours = found(mann_whitney(one, other, method="asymptotic", continuity=continuity))
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-9)


@given(st.permutations(range(9)), st.integers(1, 8))
def test_exact_p_is_a_share_of_all_orders(ranks: list[int], size: int) -> None:
    one, other = ranks[:size], ranks[size:]
    result = found(mann_whitney(one, other))
    assert result.method == "exact"
    every = [sum(chosen) - size * (size - 1) / 2 for chosen in itertools.combinations(range(9), size)]
    lower = sum(u <= result.u for u in every) / len(every)
    upper = sum(u >= result.u for u in every) / len(every)
    assert result.p_value == pytest.approx(min(1.0, 2 * min(lower, upper)))


def test_the_exact_test_of_the_largest_groups_agrees_with_scipy() -> None:
    generator = np.random.default_rng(8)
    one, other = generator.normal(size=49), generator.normal(0.7, size=49)
    theirs = stats.mannwhitneyu(one, other, method="exact").pvalue
    assert found(mann_whitney(one, other)).p_value == pytest.approx(theirs, rel=1e-9)


def test_equal_values_or_fifty_in_a_group_call_for_the_normal_distribution() -> None:
    assert found(mann_whitney([1, 2, 3], [3, 4, 5])).method == "asymptotic"
    assert found(mann_whitney(np.arange(50), np.arange(50, 60))).method == "asymptotic"
    assert found(mann_whitney(np.arange(49), np.arange(50, 60))).method == "exact"
    assert mann_whitney([1, 2, 3], [3, 4, 5], method="exact") == NotEstimable(Reason.TIES)


def test_a_difference_of_nothing_has_p_one() -> None:
    assert found(mann_whitney([1, 4], [2, 3], method="asymptotic")).p_value == 1.0


@given(st.lists(values, min_size=2, max_size=4))
def test_kruskal_wallis_is_that_of_scipy(groups: list[list[float]]) -> None:
    result = kruskal_wallis(groups)
    if len({value for group in groups for value in group}) == 1:
        assert result == NotEstimable(Reason.NO_VARIANCE)
        return
    theirs = stats.kruskal(*groups)
    assert isinstance(result, KruskalWallis) and result.degrees_of_freedom == len(groups) - 1
    assert result.statistic == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-9)
    assert result.p_value == pytest.approx(theirs.pvalue, rel=1e-7)


@given(values, st.data())
def test_spearman_is_that_of_scipy(one: list[float], data: st.DataObject) -> None:
    other = data.draw(st.lists(st.integers(0, 9).map(float), min_size=len(one), max_size=len(one)))
    result = spearman(one, other)
    if len(one) < 3:
        assert result == NotEstimable(Reason.TOO_FEW_ROWS)
    elif len(set(one)) == 1 or len(set(other)) == 1:
        assert result == NotEstimable(Reason.NO_VARIANCE)
    else:
        theirs = stats.spearmanr(one, other)
        assert isinstance(result, Spearman)
        assert result.correlation.value == pytest.approx(theirs.statistic, abs=1e-12)
        assert result.p_value == pytest.approx(theirs.pvalue, rel=1e-6, abs=1e-12)


def test_the_interval_of_spearman_is_that_of_bonett_and_wright() -> None:
    x = np.arange(20.0)
    result = spearman(x, np.where(x % 3 == 0, x - 6, x))
    assert isinstance(result, Spearman) and result.correlation.interval is not None
    r = result.correlation.value
    reach = 1.959963984540054 * ((1 + r**2 / 2) / 17) ** 0.5
    assert np.arctanh(result.correlation.interval) == pytest.approx(
        [np.arctanh(r) - reach, np.arctanh(r) + reach]
    )


def test_a_perfect_order_has_no_interval() -> None:
    result = spearman([1, 2, 3, 4], [10, 20, 30, 70])
    assert isinstance(result, Spearman)
    assert result.correlation.value == 1 and result.correlation.interval is None and result.p_value == 0


def test_empty_groups_and_missing_values_have_no_rank_test() -> None:
    assert mann_whitney([], [1.0]) == NotEstimable(Reason.EMPTY_GROUP)
    assert kruskal_wallis([[1.0], []]) == NotEstimable(Reason.EMPTY_GROUP)
    assert kruskal_wallis([[1.0, 2.0]]) == NotEstimable(Reason.ONE_GROUP)
    with pytest.raises(DataError) as caught:
        mann_whitney([1.0, np.nan], [1.0])
    assert caught.value.fault is Fault.NOT_FINITE and caught.value.message.fields["row"] == 2
    with pytest.raises(DataError) as caught:
        spearman([1.0, 2.0], [1.0])
    assert caught.value.fault is Fault.LENGTHS_DIFFER

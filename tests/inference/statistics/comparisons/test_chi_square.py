"""Contingency tables and Pearson's test against scipy, published tables and bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from inference.statistics.comparisons.chi_square import EXPECTED_BELOW_FIVE, ChiSquare, chi_square
from inference.statistics.comparisons.contingency import cross_tabulate, table_of_counts
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason


@given(st.lists(st.lists(st.integers(1, 50), min_size=3, max_size=3), min_size=2, max_size=4), st.booleans())
def test_statistic_p_and_expected_counts_are_those_of_scipy(counts: list[list[int]], yates: bool) -> None:
    result = chi_square(table_of_counts(counts), yates=yates)
    theirs = chi2_contingency(counts, correction=yates)
    assert isinstance(result, ChiSquare) and not result.is_corrected
    assert result.statistic == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-12)
    assert result.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
    assert result.degrees_of_freedom == theirs.dof
    np.testing.assert_allclose(result.expected, theirs.expected_freq)


@given(st.lists(st.integers(1, 50), min_size=4, max_size=4))
def test_yates_draws_each_difference_by_a_half_and_not_past_zero(cells: list[int]) -> None:
    counts = [cells[:2], cells[2:]]
    result = chi_square(table_of_counts(counts), yates=True)
    theirs = chi2_contingency(counts, correction=True)
    assert isinstance(result, ChiSquare) and result.is_corrected
    assert result.statistic == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-12)


def test_sex_by_recurrence_is_published_without_correction() -> None:
    result = chi_square(table_of_counts([[24, 4], [22, 6]]))
    assert isinstance(result, ChiSquare)
    assert result.statistic == pytest.approx(0.487, abs=5e-4)
    assert result.least_expected == 5 and result.flags == ()


def test_a_small_expected_count_is_flagged() -> None:
    result = chi_square(table_of_counts([[3, 1], [1, 3]]))
    assert isinstance(result, ChiSquare)
    assert result.flags == (EXPECTED_BELOW_FIVE,) and result.least_expected == 2


@pytest.mark.parametrize("counts", [[[0, 0], [3, 4]], [[3, 0], [4, 0]], [[3, 4]], [[0, 0], [0, 0]]])
def test_an_empty_or_single_category_has_no_test(counts: list[list[int]]) -> None:
    assert chi_square(table_of_counts(counts)) == NotEstimable(Reason.EMPTY_GROUP)


def test_values_are_counted_by_group_in_the_order_named() -> None:
    table = cross_tabulate(["b", "a", "b"], ["x", "y", "y"], levels=["c", "b", "a"])
    assert table.rows == ("c", "b", "a") and table.columns == ("x", "y")
    assert table.counts.tolist() == [[0, 0], [1, 1], [0, 1]]
    assert table.occupied().rows == ("b", "a") and table.occupied().counts.tolist() == [[1, 1], [0, 1]]
    assert cross_tabulate(["b", "a"], ["x", "y"]).rows == ("a", "b")


def test_malformed_tables_are_refused() -> None:
    for counts in ([[1, -1], [2, 3]], [[1, 0.5], [2, 3]], [[1, float("nan")], [2, 3]]):
        with pytest.raises(DataError) as caught:
            table_of_counts(counts)  # type: ignore[arg-type]
        assert caught.value.fault is Fault.OUT_OF_RANGE
    with pytest.raises(DataError) as caught:
        cross_tabulate(["a", "d"], ["x", "y"], levels=["a"])
    assert caught.value.fault is Fault.UNKNOWN_LEVEL and caught.value.message.fields["row"] == 2
    with pytest.raises(DataError) as caught:
        cross_tabulate(["a"], ["x", "y"])
    assert caught.value.fault is Fault.LENGTHS_DIFFER
    with pytest.raises(DataError) as caught:
        cross_tabulate(["a"], ["x"], levels=["a", "b", "a"])
    assert caught.value.fault is Fault.DUPLICATE_ID

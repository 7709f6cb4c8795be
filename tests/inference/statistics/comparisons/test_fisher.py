"""Fisher's exact test and odds ratio against a full enumeration, scipy, published tables and R."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact as scipy_fisher
from scipy.stats.contingency import odds_ratio as scipy_odds_ratio

from inference.statistics.comparisons.contingency import table_of_counts
from inference.statistics.comparisons.fisher import Fisher, fisher_exact
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable, Reason

# Agresti, Categorical Data Analysis, 2002, p. 57: job satisfaction by income, after ?fisher.test in R.
JOB = [[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]


def p_value(counts: Any) -> float:
    """P of a table that has one."""
    result = fisher_exact(table_of_counts(counts))
    assert isinstance(result, Fisher)
    return result.p_value


def enumerated(counts: Any) -> float:
    """P by listing every table with the margins, in exact integers."""
    table = np.array(counts)
    columns = [int(total) for total in table.sum(axis=0)]

    def fills(total: int, room: list[int]) -> list[tuple[int, ...]]:
        return [row for row in itertools.product(*(range(r + 1) for r in room)) if sum(row) == total]

    def ways(left: list[int], rows: list[int]) -> list[int]:
        if not rows:
            return [1]
        found = []
        for row in fills(rows[0], left):
            here = math.factorial(rows[0])
            for count in row:
                here //= math.factorial(count)
            rest = [room - count for room, count in zip(left, row, strict=True)]
            found += [here * other for other in ways(rest, rows[1:])]
        return found

    rows = [int(total) for total in table.sum(axis=1)]
    observed = math.prod(
        math.factorial(sum(row)) // math.prod(math.factorial(count) for count in row)
        for row in table.tolist()
    )
    every = ways(columns, rows)
    return sum(one for one in every if one <= observed * (1 + 1e-7)) / sum(every)


@st.composite
def small_tables(draw: st.DrawFn) -> list[list[int]]:
    """Tables of up to 4 × 3 with somebody in each category."""
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 3))
    counts = draw(
        st.lists(
            st.lists(st.integers(0, 3), min_size=columns, max_size=columns), min_size=rows, max_size=rows
        )
    )
    for i in range(max(rows, columns)):
        counts[i % rows][i % columns] += 1
    return counts


@settings(max_examples=60, deadline=None)
@given(small_tables())
def test_p_is_that_of_a_full_enumeration(counts: list[list[int]]) -> None:
    assert p_value(counts) == pytest.approx(enumerated(counts), rel=1e-10)


@settings(max_examples=60, deadline=None)
@given(small_tables(), st.randoms(use_true_random=False))
def test_the_order_of_categories_does_not_matter(counts: list[list[int]], random: Any) -> None:
    shuffled = [list(row) for row in counts]
    random.shuffle(shuffled)
    assert p_value(np.array(shuffled).T.tolist()) == pytest.approx(p_value(counts), rel=1e-10)


@given(st.lists(st.integers(1, 60), min_size=4, max_size=4))
def test_two_by_two_tables_agree_with_scipy(cells: list[int]) -> None:
    counts = [cells[:2], cells[2:]]
    result = fisher_exact(table_of_counts(counts))
    assert isinstance(result, Fisher) and result.odds_ratio is not None
    assert result.p_value == pytest.approx(scipy_fisher(counts).pvalue, rel=1e-9)
    theirs = scipy_odds_ratio(np.array(counts), kind="conditional")
    interval = theirs.confidence_interval()
    assert isinstance(result.odds_ratio.estimate, Estimate)
    assert result.odds_ratio.estimate.value == pytest.approx(theirs.statistic, rel=1e-6)
    assert result.odds_ratio.lower == pytest.approx(interval.low, rel=1e-6)
    assert result.odds_ratio.upper == pytest.approx(interval.high, rel=1e-6)


def test_job_satisfaction_has_the_published_p() -> None:
    assert p_value(JOB) == pytest.approx(0.7827, abs=5e-5)


def test_lady_tasting_tea_has_the_odds_ratio_and_limits_that_r_prints() -> None:
    """R solves for a ratio above 1 by its inverse, within 2⁻¹³: its upper limit is 0.7 % off."""
    result = fisher_exact(table_of_counts([[3, 1], [1, 3]]))
    assert isinstance(result, Fisher) and result.odds_ratio is not None
    assert result.p_value == pytest.approx(34 / 70)
    assert isinstance(result.odds_ratio.estimate, Estimate)
    assert result.odds_ratio.estimate.value == pytest.approx(6.408309, rel=5e-4)
    assert result.odds_ratio.lower == pytest.approx(0.2117329, rel=5e-4)
    assert result.odds_ratio.upper is not None
    assert 1 / result.odds_ratio.upper == pytest.approx(1 / 621.9337505, abs=2**-13)
    assert result.odds_ratio.upper == pytest.approx(626.2435, rel=1e-6)


@pytest.mark.parametrize(
    ("counts", "printed"),
    [
        ([[29, 2], [11, 4], [6, 4]], 0.022),
        ([[16, 5], [14, 2], [4, 1], [12, 2]], 0.85),
        ([[39, 5], [7, 5]], 0.028),
        ([[41, 6], [5, 3], [0, 1]], 0.023),
        ([[46, 8], [0, 2]], 0.029),
    ],
    ids=["shape", "location", "duct", "nodes", "enhancement"],
)
def test_p_values_printed_for_pancreatic_tumours_are_had_again(
    counts: list[list[int]], printed: float
) -> None:
    assert p_value(counts) == pytest.approx(printed, abs=6e-3)


def test_a_strong_association_keeps_its_small_p() -> None:
    counts = [[24, 1, 0], [2, 21, 3], [0, 2, 19]]
    swapped = [counts[2], counts[0], counts[1]]
    assert 0 < p_value(counts) < 1e-18
    assert p_value(swapped) == pytest.approx(p_value(counts), rel=1e-9)


@pytest.mark.parametrize("cell", [0, 1])
def test_an_empty_cell_gives_an_odds_ratio_of_zero_or_none(cell: int) -> None:
    counts = [[0, 5], [4, 3]] if cell == 0 else [[5, 0], [3, 4]]
    result = fisher_exact(table_of_counts(counts))
    assert isinstance(result, Fisher) and result.odds_ratio is not None
    ratio = result.odds_ratio
    if cell == 0:
        assert isinstance(ratio.estimate, Estimate)
        assert ratio.estimate.value == 0 == ratio.lower and ratio.upper is not None
        assert ratio.upper == pytest.approx(1.5, rel=0.5)
    else:
        assert ratio.estimate == NotEstimable(Reason.UNBOUNDED)
        assert ratio.upper is None and ratio.lower > 0


def test_a_table_beyond_the_work_allowed_says_so() -> None:
    assert fisher_exact(table_of_counts([[111] * 3] * 3)) == NotEstimable(Reason.TABLE_TOO_LARGE)


@pytest.mark.parametrize("counts", [[[0, 0], [3, 4]], [[3, 0], [4, 0]], [[3, 4]]])
def test_an_empty_or_single_category_has_no_test(counts: list[list[int]]) -> None:
    assert fisher_exact(table_of_counts(counts)) == NotEstimable(Reason.EMPTY_GROUP)

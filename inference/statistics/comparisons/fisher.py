"""Are two classifications independent: Fisher's exact test of an r × c table, and the 2 × 2 odds ratio."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from inference.statistics.comparisons.conditional_odds_ratio import OddsRatio, conditional_odds_ratio
from inference.statistics.comparisons.contingency import ContingencyTable, Counts
from inference.statistics.comparisons.partial_tables import (
    PartialTables,
    key_of_totals,
    log_weights,
    partial_tables,
    ways_at_most,
)
from inference.statistics.estimate import LEVEL
from inference.statistics.reasons import NotEstimable, Reason

RELATIVE_TOLERANCE: Final = 1e-7
"""Tables whose probability exceeds the observed one by no more than this share count as no more probable."""


@dataclass(frozen=True, slots=True)
class Fisher:
    """The two-sided P, and for a 2 × 2 table the odds ratio."""

    p_value: float
    odds_ratio: OddsRatio | None = None


def fisher_exact(table: ContingencyTable, *, level: float = LEVEL) -> Fisher | NotEstimable:
    """P: the probability, margins fixed, of all tables no more probable than the observed one.

    No whole table is listed.  The rows are split into two halves, the ways to fill each half are listed by
    the column totals they use, and each way of one half meets at once, in sorted order, all ways of the
    other that complete it.  Ways that no completion makes more probable than the observed table are counted
    together, a bound like that of Mehta and Patel's network.  Beyond ``partial_tables.LARGEST_WORK`` the
    answer is ``table_too_large``: 4 × 4 tables of 100 patients, 3 × 3 of 300 and 8 × 2 of 400, evenly
    spread, are within; 3 × 3 of 1000 are not.

    Not estimable either when a category holds nobody, or there is but one.

    Source: Fisher, J R Stat Soc 1935; 98: 39–82; Freeman and Halton, Biometrika 1951; 38: 141–149;
    Mehta and Patel, J Am Stat Assoc 1983; 78: 427–434; the tolerance is that of R's ``fisher.test``.
    """
    if not table.is_filled:
        return NotEstimable(Reason.EMPTY_GROUP)
    p_value = _two_sided(_easier_side_up(table.counts))
    if p_value is None:
        return NotEstimable(Reason.TABLE_TOO_LARGE)
    is_two_by_two = table.counts.shape == (2, 2)
    return Fisher(p_value, conditional_odds_ratio(table, level=level) if is_two_by_two else None)


def _two_sided(counts: Counts) -> float | None:
    limit = float(log_weights(counts).sum()) + math.log1p(RELATIVE_TOLERANCE)
    one, other = _halves(counts)
    first = partial_tables(counts, one, limit)
    second = partial_tables(counts, other, limit) if first else None
    if first is None or second is None:
        return None
    extreme, whole = _masses(limit, first, second, key_of_totals(counts.sum(axis=0)))
    return min(1.0, extreme / whole)


def _masses(limit: float, first: PartialTables, second: PartialTables, full: int) -> tuple[float, float]:
    """Mass of the pairs that complete each other up to a joint log weight, and of all such pairs."""
    completing = dict(second.by_key())
    extreme = whole = 0.0
    for key, ways in first.by_key():
        others = completing.get(full - key)
        if others is None:
            continue
        running = np.concatenate([[0.0], np.cumsum(second.mass[others])])
        reached = np.searchsorted(second.log_weight[others], limit - first.log_weight[ways], side="right")
        extreme += float(first.mass[ways] @ running[reached])
        whole += float(first.mass[ways].sum() * running[-1])
    return extreme, whole


def _halves(counts: Counts) -> tuple[list[int], list[int]]:
    """Rows in two halves that can be filled in about as many ways."""
    column_totals = counts.sum(axis=0)
    ways = [math.log(ways_at_most(int(total), column_totals)) for total in counts.sum(axis=1)]
    halves: tuple[list[int], list[int]] = ([], [])
    for row in sorted(range(len(ways)), key=lambda row: -ways[row]):
        _, lighter = min((sum(ways[i] for i in half), half) for half in halves)
        lighter.append(row)
    return halves


def _easier_side_up(counts: Counts) -> Counts:
    """The table or its transpose, by the smaller larger half, then by fewer columns; P is the same."""
    return min((counts, counts.T), key=lambda table: (round(_larger_half(table), 6), table.shape[1]))


def _larger_half(counts: Counts) -> float:
    """The logarithm of how many ways there are to fill the half that has more, without a limit."""
    row_totals, column_totals = counts.sum(axis=1), counts.sum(axis=0)
    return max(
        sum(math.log(ways_at_most(int(row_totals[row]), column_totals)) for row in half)
        for half in _halves(counts)
    )

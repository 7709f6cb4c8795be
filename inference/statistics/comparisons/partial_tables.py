"""All ways to fill some rows of a contingency table, by the column totals that they use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from inference.statistics.comparisons.contingency import Counts
from inference.statistics.outcomes import Floats

LARGEST_WORK: Final = 30_000_000
"""Ways to fill the rows so far times ways to fill the next one that are still tried: a second or two."""

_LARGEST_KEY: Final = 4_000_000
_LARGEST_ROW: Final = 1_000_000
_CHUNK: Final = 250_000
_SAME: Final = 1e-9
"""Logarithms this close belong to the same weight, with the factors in another order."""


@dataclass(frozen=True, slots=True, eq=False)
class PartialTables:
    """Ways to fill rows, all arrays (m,), sorted by ``key`` and then by ``log_weight``.

    ``key`` numbers the column totals used.  ``log_weight`` is −Σ log x! over the counts filled in: margins
    fixed, the probability of a table is in proportion to the product of weights.  ``mass`` is the sum of
    what ways with the same key and weight weigh together, on a scale on which masses of halves multiply.
    """

    key: NDArray[np.int64]
    log_weight: Floats
    mass: Floats

    def by_key(self) -> Iterator[tuple[int, slice]]:
        """Each key with the ways that have it."""
        keys, start = np.unique(self.key, return_index=True)
        for key, begin, end in zip(keys, start, [*start[1:], len(self.key)], strict=True):
            yield int(key), slice(int(begin), int(end))


def partial_tables(counts: Counts, rows: Sequence[int], limit: float) -> PartialTables | None:
    """Fill ``rows`` of a table with the margins of ``counts`` (r, c); None when there are too many ways.

    Ways that no completion can raise above the log weight ``limit`` need not be told apart: theirs is −∞.
    """
    column_totals, row_totals = counts.sum(axis=0), counts.sum(axis=1)
    if float(np.prod(column_totals[:-1] + 1.0)) > _LARGEST_KEY:
        return None
    ways = PartialTables(np.zeros(1, dtype=np.int64), np.zeros(1), np.ones(1))
    for done, row in enumerate(rows):
        fills = _fills(int(row_totals[row]), column_totals)
        if fills is None or len(ways.key) * len(fills) > LARGEST_WORK:
            return None
        left = np.delete(row_totals, rows[: done + 1])
        ways = _extended(ways, int(row_totals[rows[:done]].sum()), fills, column_totals, left, limit)
    return ways


def key_of_totals(column_totals: Counts) -> int:
    """The key of all columns in full: what the keys of two halves of a table add up to."""
    return int(column_totals[:-1] @ _radix(column_totals))


def log_weights(rows: Counts) -> Floats:
    """−Σ log x! of each of ``rows`` (m, c)."""
    weights: Floats = -gammaln(rows + 1.0).sum(axis=1)
    return weights


def ways_at_most(total: int, column_totals: Counts) -> float:
    """A bound on the number of ways to fill a row."""
    return float(np.prod(np.sort(np.minimum(column_totals, total))[:-1] + 1.0))


def _extended(
    ways: PartialTables, filled: int, fills: Counts, column_totals: Counts, left: Counts, limit: float
) -> PartialTables:
    """``ways`` to fill rows of ``filled`` patients, each with every one of ``fills`` (m, c) of the next row.

    ``left`` are the totals of the rows that remain after it.
    """
    key_of_fill = fills[:, :-1] @ _radix(column_totals)
    weight = log_weights(fills)
    share = np.log(column_totals / column_totals.sum())
    chance = np.exp(gammaln(fills[0].sum() + 1.0) + weight + fills @ share)
    free = column_totals - _used(ways.key, filled, column_totals)
    best, constant = _best_completion(left, int(column_totals.max()))
    hopeless = np.zeros(key_of_totals(column_totals) + 1)
    parts = []
    step = max(1, _CHUNK // len(fills))
    for start in range(0, len(ways.key), step):
        chunk = slice(start, start + step)
        key, reached = (ways.key[chunk, None] + key_of_fill), (ways.log_weight[chunk, None] + weight)
        mass = ways.mass[chunk, None] * chance
        bound, fits = reached - constant, np.ones(key.shape, dtype=np.bool_)
        for room, count in zip(free[chunk].T, fills.T, strict=True):
            remaining = room[:, None] - count
            fits &= remaining >= 0
            bound += best[remaining]
        is_open = fits & (bound > limit)
        is_hopeless = fits & ~is_open
        hopeless += np.bincount(key[is_hopeless], mass[is_hopeless], len(hopeless))
        parts.append(_merged(key[is_open], reached[is_open], mass[is_open]))
    key, reached, mass = _merged(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    closed = np.flatnonzero(hopeless)
    key = np.concatenate([closed, key])
    order = np.argsort(key, kind="stable")
    log_weight = np.concatenate([np.full(len(closed), -np.inf), reached])
    return PartialTables(key[order], log_weight[order], np.concatenate([hopeless[closed], mass])[order])


def _best_completion(row_totals: Counts, most: int) -> tuple[Floats, float]:
    """A bound on the log weight of rows left: ``best`` summed over the column totals left, less a constant.

    With row totals R fixed, −Σ log x! is Σ (x log R − log x!) less the constant Σ R log R.  The best value
    of that sum for one column, its total fixed and the rows free, takes the largest of the gains log R −
    log k, k = 1, 2, …, one for each patient: a running sum of sorted gains, here up to ``most`` patients.
    """
    logs = np.log(row_totals)
    gains = np.sort((logs[:, None] - np.log(np.arange(1, most + 1))).reshape(-1))[::-1][:most]
    return np.concatenate([[0.0], np.cumsum(gains)]), float(row_totals @ logs)


def _fills(total: int, column_totals: Counts) -> Counts | None:
    """Every row (m, c) of counts with this total, no count beyond its column's."""
    filled, left = np.zeros((1, 0), dtype=np.int64), np.array([total])
    room = column_totals[::-1].cumsum()[::-1] - column_totals
    for capacity, room_after in zip(column_totals, room, strict=True):
        least = np.maximum(left - room_after, 0)
        choices = np.maximum(np.minimum(left, capacity) - least + 1, 0)
        if choices.sum() > _LARGEST_ROW:
            return None
        parent = np.repeat(np.arange(len(left)), choices)
        first = np.cumsum(choices) - choices
        count = np.arange(len(parent)) - first[parent] + least[parent]
        filled, left = np.column_stack([filled[parent], count]), left[parent] - count
    return filled


def _merged(key: Counts, value: Floats, mass: Floats) -> tuple[Counts, Floats, Floats]:
    """One way for each key and weight, sorted by them."""
    order = np.lexsort((value, key))
    key, value = key[order], value[order]
    start = np.flatnonzero(
        np.concatenate([[True], (np.diff(key) != 0) | (np.diff(value) > _SAME)])[: len(key)]
    )
    return key[start], value[start], np.add.reduceat(mass[order], start) if len(start) else mass


def _used(key: NDArray[np.int64], filled: int, column_totals: Counts) -> Counts:
    """Column totals used (m, c), from their keys and the patients in all."""
    first: Counts = key[:, None] // _radix(column_totals) % (column_totals[:-1] + 1)
    return np.column_stack([first, filled - first.sum(axis=1)])


def _radix(column_totals: Counts) -> Counts:
    radix: Counts = np.cumprod(np.concatenate([[1], column_totals[:-2] + 1])).astype(np.int64)
    return radix

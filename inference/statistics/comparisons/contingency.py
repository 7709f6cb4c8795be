"""How many patients fall into each pair of categories, and how many would if the two were independent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.statistics.outcomes import Floats, no_duplicates
from inference.statistics.reasons import DataError, Fault

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ContingencyTable:
    """``counts`` (r, c) of whole patients, with the categories of rows and of columns in order."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Counts

    def __post_init__(self) -> None:
        given = np.asarray(self.counts)
        if given.shape != (len(self.rows), len(self.columns)):
            raise DataError(Fault.LENGTHS_DIFFER, field="rows, columns, counts")
        numbers = given.astype(np.float64)
        wrong = np.argwhere(~np.isfinite(numbers) | (numbers < 0) | (numbers != np.round(numbers)))
        if wrong.size:
            raise DataError(Fault.OUT_OF_RANGE, field="count", row=int(wrong[0][0]) + 1, allowed="0, 1, 2 …")
        counts = given.astype(np.int64)
        counts.flags.writeable = False
        object.__setattr__(self, "counts", counts)

    @property
    def total(self) -> int:
        """All patients."""
        return int(self.counts.sum())

    @property
    def row_totals(self) -> Counts:
        """Patients by row category (r,)."""
        totals: Counts = self.counts.sum(axis=1)
        return totals

    @property
    def column_totals(self) -> Counts:
        """Patients by column category (c,)."""
        totals: Counts = self.counts.sum(axis=0)
        return totals

    @property
    def expected(self) -> Floats:
        """Counts (r, c) expected of independence: row total · column total / all; zeros without patients."""
        expected: Floats = np.outer(self.row_totals, self.column_totals) / max(self.total, 1)
        return expected

    @property
    def is_filled(self) -> bool:
        """Whether there are two categories or more each way, and somebody in each of them."""
        return min(self.counts.shape) >= 2 and bool(self.row_totals.all() and self.column_totals.all())

    def occupied(self) -> ContingencyTable:
        """The table without categories in which there is nobody."""
        row, column = self.row_totals > 0, self.column_totals > 0
        return ContingencyTable(
            tuple(np.array(self.rows, dtype=object)[row]),
            tuple(np.array(self.columns, dtype=object)[column]),
            self.counts[np.ix_(row, column)],
        )


def table_of_counts(counts: Sequence[Sequence[int]]) -> ContingencyTable:
    """A table from bare counts (r, c): categories are numbered from 1."""
    array = np.array(counts)
    if array.ndim != 2:
        raise DataError(Fault.LENGTHS_DIFFER, field="counts")
    rows, columns = (tuple(str(i + 1) for i in range(size)) for size in array.shape)
    return ContingencyTable(rows, columns, array)


def cross_tabulate(
    values: Sequence[str],
    groups: Sequence[str],
    *,
    levels: Sequence[str] | None = None,
    group_levels: Sequence[str] | None = None,
) -> ContingencyTable:
    """Count ``values`` (n,) by ``groups`` (n,): rows are the levels, columns the groups.

    Levels not named are those that occur, ascending.

    Raises
    ------
    DataError
        When the columns differ in length, a level is named twice, or a value is none of those named.
    """
    if len(values) != len(groups):
        raise DataError(Fault.LENGTHS_DIFFER, field="value, group")
    rows, row = _positions(values, levels, "value")
    columns, column = _positions(groups, group_levels, "group")
    counts = np.zeros((len(rows), len(columns)), dtype=np.int64)
    np.add.at(counts, (row, column), 1)
    return ContingencyTable(rows, columns, counts)


def _positions(
    labels: Sequence[str], levels: Sequence[str] | None, name: str
) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    named = tuple(sorted({str(label) for label in labels}) if levels is None else map(str, levels))
    no_duplicates(named, f"{name} level")
    place = {level: i for i, level in enumerate(named)}
    for row, label in enumerate(labels, start=1):
        if str(label) not in place:
            raise DataError(Fault.UNKNOWN_LEVEL, field=name, row=row, allowed=", ".join(named))
    return named, np.array([place[str(label)] for label in labels], dtype=np.intp)

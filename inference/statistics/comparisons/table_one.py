"""Table 1: what the patients of each group are like, and which differences chance would not make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.statistics.cautions import Caution, judge_tests
from inference.statistics.comparisons.choose_test import (
    Comparison,
    are_normal,
    compare_categories,
    compare_numbers,
)
from inference.statistics.comparisons.contingency import ContingencyTable, Counts, cross_tabulate
from inference.statistics.comparisons.describe import NumericSummary, describe
from inference.statistics.outcomes import Floats
from inference.statistics.reasons import DataError, Fault, NotEstimable


@dataclass(frozen=True, slots=True, eq=False)
class NumericVariable:
    """A number for each patient (n,) in the unit that its name tells; NaN where it is missing."""

    name: str
    values: Floats

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64).reshape(-1)
        infinite = np.flatnonzero(np.isinf(values))
        if infinite.size:
            raise DataError(Fault.NOT_FINITE, field=self.name, row=int(infinite[0]) + 1)
        values.flags.writeable = False
        object.__setattr__(self, "values", values)


@dataclass(frozen=True, slots=True)
class CategoricalVariable:
    """A category for each patient; None or "" where it is missing.

    ``levels`` are the categories in the order of the table; None: those that occur, ascending.
    """

    name: str
    values: tuple[str | None, ...]
    levels: tuple[str, ...] | None = None


Variable = NumericVariable | CategoricalVariable


@dataclass(frozen=True, slots=True)
class NumericRow:
    """A number by group: mean ± SD where ``is_normal``, else median (first to third quartile).

    ``summaries`` and ``missing`` are in the order of the groups; a group in which all are missing has no
    summary.
    """

    name: str
    is_normal: bool
    summaries: tuple[NumericSummary | NotEstimable, ...]
    overall: NumericSummary | NotEstimable
    missing: tuple[int, ...]
    comparison: Comparison | NotEstimable


@dataclass(frozen=True, slots=True, eq=False)
class CategoricalRow:
    """Counts (categories, groups) of a variable; ``missing`` by group is not among them."""

    name: str
    table: ContingencyTable
    missing: tuple[int, ...]
    comparison: Comparison | NotEstimable

    @property
    def overall(self) -> Counts:
        """Counts of all groups by category."""
        return self.table.row_totals

    def percent(self, level: str, group: str) -> float | None:
        """Share in % of those of the group whose category is known; None where nobody's is."""
        column = self.table.columns.index(group)
        known = int(self.table.column_totals[column])
        count = int(self.table.counts[self.table.rows.index(level), column])
        return 100 * count / known if known else None


@dataclass(frozen=True, slots=True)
class TableOne:
    """Groups in order with their sizes, a row for each variable, and a caution about the tests together."""

    groups: tuple[str, ...]
    sizes: tuple[int, ...]
    rows: tuple[NumericRow | CategoricalRow, ...]
    caution: Caution | None

    @property
    def p_values(self) -> tuple[float | NotEstimable, ...]:
        """P of each row, in order, for an adjustment of all of them (``adjust_p_values``)."""
        return tuple(
            row.comparison.p_value if isinstance(row.comparison, Comparison) else row.comparison
            for row in self.rows
        )


def table_one(
    variables: Sequence[Variable],
    groups: Sequence[str],
    *,
    group_order: Sequence[str] | None = None,
    equal_variances: bool = False,
) -> TableOne:
    """Describe ``variables`` by ``groups`` (n,): outcome classes, arms or cohorts, one or more.

    Numbers are normal or not for the whole row (``are_normal``), which decides how they are described and
    compared; tests are chosen by ``compare_numbers`` and ``compare_categories``.  A missing value is counted,
    leaves its variable's row alone, and is never imputed.  Cohorts drawn from different hospitals differ
    before any treatment: P here describes them and tests no hypothesis stated before.

    ``group_order`` names the groups in the order of the table; by default ascending.

    Raises
    ------
    DataError
        When a variable has not one value for each patient, a category is none of its levels, or a group
        none of those named.
    """
    names = tuple(str(group) for group in groups)
    order = tuple(sorted(set(names)) if group_order is None else map(str, group_order))
    for row, name in enumerate(names, start=1):
        if name not in order:
            raise DataError(Fault.UNKNOWN_LEVEL, field="group", row=row, allowed=", ".join(order))
    for variable in variables:
        if len(variable.values) != len(names):
            raise DataError(Fault.LENGTHS_DIFFER, field=f"{variable.name}, group")
    member = np.array([order.index(name) for name in names], dtype=np.intp)
    rows = tuple(
        _numeric_row(variable, member, len(order), equal_variances)
        if isinstance(variable, NumericVariable)
        else _categorical_row(variable, names, order)
        for variable in variables
    )
    sizes = tuple(int(size) for size in np.bincount(member, minlength=len(order)))
    tests = sum(isinstance(row.comparison, Comparison) for row in rows)
    return TableOne(order, sizes, rows, judge_tests(tests))


def _numeric_row(
    variable: NumericVariable, member: NDArray[np.intp], groups: int, equal_variances: bool
) -> NumericRow:
    present = ~np.isnan(variable.values)
    samples = [variable.values[present & (member == group)] for group in range(groups)]
    is_normal = are_normal(samples)
    return NumericRow(
        variable.name,
        is_normal,
        tuple(describe(sample) for sample in samples),
        describe(variable.values[present]),
        tuple(int(np.count_nonzero(~present & (member == group))) for group in range(groups)),
        compare_numbers(samples, is_normal=is_normal, equal_variances=equal_variances),
    )


def _categorical_row(
    variable: CategoricalVariable, groups: tuple[str, ...], order: tuple[str, ...]
) -> CategoricalRow:
    levels = variable.levels
    if levels is None:
        levels = tuple(sorted({value for value in variable.values if value}))
    for row, value in enumerate(variable.values, start=1):
        if value and value not in levels:
            raise DataError(Fault.UNKNOWN_LEVEL, field=variable.name, row=row, allowed=", ".join(levels))
    known = [(value, group) for value, group in zip(variable.values, groups, strict=True) if value]
    table = cross_tabulate(
        [value for value, _ in known],
        [group for _, group in known],
        levels=levels,
        group_levels=order,
    )
    unknown = [group for value, group in zip(variable.values, groups, strict=True) if not value]
    return CategoricalRow(
        variable.name, table, tuple(unknown.count(group) for group in order), compare_categories(table)
    )

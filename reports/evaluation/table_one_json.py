"""Table 1 as plain values."""

from __future__ import annotations

from inference.statistics.comparisons.choose_test import Comparison
from inference.statistics.comparisons.describe import NumericSummary
from inference.statistics.comparisons.table_one import CategoricalRow, NumericRow, TableOne
from inference.statistics.reasons import NotEstimable
from reports.json_document import Json, not_estimable


def table_json(table: TableOne) -> Json:
    """Cohorts in order, and a row for each characteristic."""
    return {
        "cohorts": [
            {"name": name, "patients": size} for name, size in zip(table.groups, table.sizes, strict=True)
        ],
        "rows": [_numeric(row) if isinstance(row, NumericRow) else _categorical(row) for row in table.rows],
    }


def _numeric(row: NumericRow) -> Json:
    return {
        "name": row.name,
        "is_normal": row.is_normal,
        "summaries": [_summary(one) for one in row.summaries],
        "missing": list(row.missing),
        "comparison": _comparison(row.comparison),
    }


def _categorical(row: CategoricalRow) -> Json:
    return {
        "name": row.name,
        "categories": list(row.table.rows),
        "counts": [[int(count) for count in counts] for counts in row.table.counts],
        "missing": list(row.missing),
        "comparison": _comparison(row.comparison),
    }


def _summary(one: NumericSummary | NotEstimable) -> Json:
    if isinstance(one, NotEstimable):
        return not_estimable(one)
    return {
        "count": one.count,
        "mean": one.mean,
        "standard_deviation": one.standard_deviation,
        "median": one.median,
        "first_quartile": one.first_quartile,
        "third_quartile": one.third_quartile,
    }


def _comparison(one: Comparison | NotEstimable) -> Json:
    if isinstance(one, NotEstimable):
        return not_estimable(one)
    return {
        "test": one.test.value,
        "statistic": one.statistic,
        "p_value": one.p_value,
        "flags": list(one.flags),
    }

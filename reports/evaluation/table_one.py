"""Table 1: the characteristics of the patients by cohort, each with its test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from inference.evaluation.evaluation import Evaluation
from inference.messages.catalogue import Catalogue
from inference.statistics.comparisons.choose_test import Comparison
from inference.statistics.comparisons.describe import NumericSummary
from inference.statistics.comparisons.table_one import CategoricalRow, NumericRow, TableOne
from inference.statistics.reasons import NotEstimable, Reason
from reports.evaluation.words import cohort_name, flag_texts, p_text
from reports.figures.scale import number_text
from reports.figures.style import PAPER
from reports.paper.blocks import Block, Columns, Gap, Row, Stack, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import FINE_PRINT, LABEL, NOTE_INK, SMALL, SMALL_STRONG
from reports.wording import percent_figure

MOST_COHORTS: Final = 4
"""Cohorts beside each other; more stand in a further table."""

_MOST_LINES: Final = 30
_SHARES: Final = (26.0, 20.0, 24.0)
_GUTTER: Final = 6.0
_INSET: Final = 2.0
_INDENT: Final = "\u00a0\u00a0\u00a0"


def table_one_sections(evaluation: Evaluation, catalogue: Catalogue) -> list[Section]:
    """The table, or several where there are many cohorts; none where nothing is known of the patients."""
    table = evaluation.table_one
    if table is None:
        return []
    blocks: list[Block] = []
    for first in range(0, len(table.groups), MOST_COHORTS):
        blocks += _part(table, range(first, min(first + MOST_COHORTS, len(table.groups))), catalogue)
    if table.caution is not None:
        caution = catalogue.text("evaluate.table_one.tests", **table.caution.fields)
        blocks.append(TextBlock(caution, FINE_PRINT.coloured(NOTE_INK)))
    remark = catalogue.text("evaluate.table_one.remark")
    return [Section(catalogue.text("evaluate.section.table_one"), blocks, remark)]


def _part(table: TableOne, places: Sequence[int], catalogue: Catalogue) -> list[Block]:
    """Stacks that stay together on a page, each under the heads of its columns."""
    heads: list[Block] = [TextBlock(catalogue.text("evaluate.table_one.variable"), LABEL)]
    for place in places:
        size = catalogue.text("evaluate.table_one.patients", count=table.sizes[place])
        name = cohort_name(table.groups[place], catalogue)
        heads.append(Stack([TextBlock(name, SMALL_STRONG), TextBlock(size, FINE_PRINT)]))
    heads.append(TextBlock(catalogue.text("evaluate.table_one.p"), LABEL))
    parts: list[list[Block]] = [[]]
    lines = 0
    for row in table.rows:
        added = 2 if isinstance(row, NumericRow) else 2 + len(row.table.rows)
        if lines and lines + added > _MOST_LINES:
            parts.append([])
            lines = 0
        lines += added
        if isinstance(row, NumericRow):
            parts[-1] += _numeric(row, places, catalogue)
        else:
            parts[-1] += _categorical(row, places, catalogue)
    return [Stack([Gap(4), _row(heads), *part, Gap(4)]) for part in parts]


def _row(cells: Sequence[Block]) -> Row:
    label, cohort, test = _SHARES
    shares = [label, *([cohort] * (len(cells) - 2)), test]
    return Row(Columns(cells, shares, _GUTTER), 1.6, inset=_INSET)


def _numeric(row: NumericRow, places: Sequence[int], catalogue: Catalogue) -> list[Block]:
    decimals = _decimals(row)
    cells: list[Block] = [TextBlock(row.name, SMALL_STRONG)]
    cells += [
        TextBlock(_summary(row.summaries[p], row.is_normal, decimals, catalogue), SMALL) for p in places
    ]
    cells.append(_test(row.comparison, catalogue))
    return [_row(cells), *_missing(row.missing, places, catalogue)]


def _decimals(row: NumericRow) -> int:
    """Two significant figures of the spread, at most three decimals."""
    one = row.overall
    if isinstance(one, NotEstimable):
        return 1
    spread = (one.standard_deviation or 0.0) if row.is_normal else one.third_quartile - one.first_quartile
    return min(3, max(0, 1 - math.floor(math.log10(spread)))) if spread > 0 else 1


def _summary(one: NumericSummary | NotEstimable, is_normal: bool, decimals: int, catalogue: Catalogue) -> str:
    if isinstance(one, NotEstimable):
        return "–"

    def shown(value: float) -> str:
        return number_text(value, decimals)

    if is_normal:
        deviation = "–" if one.standard_deviation is None else shown(one.standard_deviation)
        return catalogue.text("evaluate.table_one.mean", mean=shown(one.mean), deviation=deviation)
    return catalogue.text(
        "evaluate.table_one.median",
        median=shown(one.median),
        first=shown(one.first_quartile),
        third=shown(one.third_quartile),
    )


def _categorical(row: CategoricalRow, places: Sequence[int], catalogue: Catalogue) -> list[Block]:
    empty: list[Block] = [TextBlock("", SMALL) for _ in places]
    rows: list[Block] = [_row([TextBlock(row.name, SMALL_STRONG), *empty, _test(row.comparison, catalogue)])]
    for line, level in enumerate(row.table.rows):
        cells: list[Block] = [TextBlock(f"{_INDENT}{level}", SMALL)]
        for place in places:
            count = int(row.table.counts[line, place])
            share = row.percent(level, row.table.columns[place])
            cells.append(TextBlock(_count(count, share, catalogue), SMALL))
        rows.append(_row([*cells, TextBlock("", SMALL)]))
    return [Stack(rows), *_missing(row.missing, places, catalogue)]


def _count(count: int, share: float | None, catalogue: Catalogue) -> str:
    if share is None:
        return "–"
    figure = catalogue.text("report.percent", value=percent_figure(share / 100, 1))
    return catalogue.text("evaluate.table_one.share", count=count, share=figure)


def _missing(missing: Sequence[int], places: Sequence[int], catalogue: Catalogue) -> list[Block]:
    if not any(missing):
        return []
    quiet = SMALL.coloured(PAPER.quiet)
    word = catalogue.text("evaluate.table_one.missing")
    cells: list[Block] = [TextBlock(f"{_INDENT}{word}", quiet)]
    cells += [TextBlock(str(missing[place]), quiet) for place in places]
    return [_row([*cells, TextBlock("", quiet)])]


def _test(comparison: Comparison | NotEstimable, catalogue: Catalogue) -> Block:
    if isinstance(comparison, NotEstimable) and comparison.reason is Reason.ONE_GROUP:
        return TextBlock("–", SMALL)
    if isinstance(comparison, NotEstimable):
        return TextBlock(catalogue.render(comparison.message), SMALL.coloured(PAPER.quiet))
    lines: list[Block] = [
        TextBlock(p_text(comparison.p_value, catalogue), SMALL),
        TextBlock(catalogue.render(comparison.test.message), FINE_PRINT),
    ]
    lines += [
        TextBlock(flag, FINE_PRINT.coloured(NOTE_INK)) for flag in flag_texts(comparison.flags, catalogue)
    ]
    return Stack(lines)

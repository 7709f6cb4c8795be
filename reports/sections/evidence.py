"""Published patients with this patient's factors: the paper's counts beside the model's answer."""

from __future__ import annotations

from inference.clinical.schema import load_form
from inference.evidence.for_patient import PublishedEvidence
from inference.messages.catalogue import Catalogue
from reports.evidence_wording import (
    EvidenceCell,
    EvidenceRow,
    RatioRow,
    described_lines,
    evidence_caveat,
    evidence_rows,
    missing_line,
    performance_lines,
    ratio_rows,
)
from reports.paper.blocks import Block, Columns, Gap, Row, Stack, Table, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import FINE_PRINT, LABEL, QUIET, SMALL, SMALL_STRONG

_FACTOR_SHARE = 3.6
_GROUP_SHARE = 3.6


def evidence_section(study: str, evidence: PublishedEvidence, catalogue: Catalogue) -> Section:
    """One row per factor with a column per group, ratios, descriptions, and what none of them says."""
    form = load_form(study)
    rows = evidence_rows(evidence, form, catalogue)
    ratios = ratio_rows(evidence, form, catalogue)
    blocks: list[Block] = []
    if rows:
        blocks.append(Table([_heads(rows[0], catalogue), *(_factor(row) for row in rows)]))
    if ratios:
        blocks += [Gap(4), Table(_ratios(ratios, catalogue))]
    if not blocks:
        blocks.append(TextBlock(catalogue.text("evidence.none"), QUIET))
    blocks += _lines("evidence.described", described_lines(evidence, form, catalogue), catalogue)
    blocks += _lines("evidence.performance", performance_lines(evidence, catalogue), catalogue)
    ends: list[Block] = [Gap(3)]
    if missing := missing_line(evidence, catalogue):
        ends += [TextBlock(missing, QUIET), Gap(3)]
    ends += [TextBlock(evidence_caveat(catalogue), FINE_PRINT), TextBlock(evidence.citation, FINE_PRINT)]
    # What the counts are not stays with the last of them on one page.
    last = blocks[-1]
    if isinstance(last, Table):
        *rows_above, final = last.blocks
        blocks[-1] = Table([*rows_above, Stack([final, *ends])])
    else:
        blocks[-1] = Stack([last, *ends])
    remark = catalogue.text("evidence.introduction")
    return Section(catalogue.text("evidence.heading"), blocks, remark)


def _lines(heading: str, lines: tuple[str, ...], catalogue: Catalogue) -> list[Block]:
    if not lines:
        return []
    told = [TextBlock(catalogue.text(heading), LABEL), *(TextBlock(line, SMALL) for line in lines)]
    return [Gap(4), Row(Columns([Stack(told)], [1.0], 0.0), 1.5, inset=2.0)]


def _heads(row: EvidenceRow, catalogue: Catalogue) -> Row:
    heads: list[Block] = [TextBlock(catalogue.text("evidence.with_outcome", outcome=row.outcome), LABEL)]
    heads += [TextBlock(cell.group, LABEL) for cell in row.cells]
    return Row(Columns(heads, _shares(row), 6.0), 1.5, inset=2.0)


def _factor(row: EvidenceRow) -> Row:
    cells: list[Block] = [TextBlock(row.factor, SMALL_STRONG)]
    cells += [_cell(cell) for cell in row.cells]
    return Row(Columns(cells, _shares(row), 6.0), 1.8, inset=2.0)


def _cell(cell: EvidenceCell) -> Block:
    figures = "  ".join(part for part in (cell.counts, cell.share) if part)
    blocks: list[Block] = [TextBlock(figures, SMALL)]
    if cell.note:
        blocks.append(TextBlock(cell.note, FINE_PRINT))
    return Stack(blocks)


def _shares(row: EvidenceRow) -> list[float]:
    return [_FACTOR_SHARE, *[_GROUP_SHARE] * len(row.cells)]


def _ratios(ratios: tuple[RatioRow, ...], catalogue: Catalogue) -> list[Block]:
    heading = catalogue.text("evidence.ratios", outcome=ratios[0].outcome)
    blocks: list[Block] = [Row(Columns([TextBlock(heading, LABEL)], [1.0], 0.0), 1.5, inset=2.0)]
    for ratio in ratios:
        figure = " · ".join(part for part in (ratio.figure, ratio.note) if part)
        cells: list[Block] = [TextBlock(ratio.factor, SMALL_STRONG), TextBlock(figure, SMALL)]
        blocks.append(Row(Columns(cells, [1.0, 1.6], 6.0), 1.8, inset=2.0))
    return blocks

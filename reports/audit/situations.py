"""The table that everything follows from: every combination, how it is judged, and its patients."""

from __future__ import annotations

from inference.messages.catalogue import Catalogue
from inference.rules.audit_table import Judged
from inference.rules.decision_audit import DecisionAudit, RowCount
from reports.audit.words import row4_line
from reports.figures.style import PAPER
from reports.paper.blocks import Block, Columns, Gap, Row, Stack, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import ACCENT_TINT, FINE_PRINT, LABEL, SMALL, SMALL_STRONG

_SHARES = (3, 10, 10, 12, 9, 10, 9, 10, 8, 9)
_HEADS = (
    "audit.table.row",
    "audit.table.ccrt",
    "audit.table.ic_ccrt",
    "audit.table.recommended",
    "audit.table.given",
    "audit.table.actual",
    "audit.model",
    "audit.physicians",
    "audit.table.situation",
    "audit.table.patients",
)
UNTESTED_MARK = "†"


def situations_section(audit: DecisionAudit, catalogue: Catalogue) -> Section:
    """Sixteen rows; those with patients stand out."""
    heads = [TextBlock(catalogue.text(name), LABEL) for name in _HEADS[:-1]]
    heads.append(TextBlock(catalogue.text(_HEADS[-1]), LABEL, "right"))
    rows: list[Block] = [Row(Columns(heads, _SHARES, 5.0), 1.5)]
    rows += [_row(each, catalogue) for each in audit.rows]
    below: list[Block] = [Gap(4)]
    if audit.row4_patients:
        below += [TextBlock(row4_line(audit, catalogue), SMALL_STRONG), Gap(4)]
    below.append(TextBlock(catalogue.text("audit.table.legend"), FINE_PRINT))
    below.append(TextBlock(audit.table.citation, FINE_PRINT))
    return Section(
        catalogue.text("audit.section.table"),
        [Stack([Gap(2), *rows, *below])],
        catalogue.text("audit.table.remark"),
    )


def _row(each: RowCount, catalogue: Catalogue) -> Block:
    row = each.row
    style = SMALL_STRONG if each.patients else SMALL.coloured(PAPER.quiet)
    cells = (
        str(row.row),
        *(catalogue.text(f"class.{row.predicted[name]}") for name in ("ccrt", "ic_ccrt")),
        catalogue.text(f"audit.regimen.{row.recommended}"),
        catalogue.text(f"audit.regimen.{row.given}"),
        catalogue.text(f"class.{row.actual}"),
        _judged(row.model, row.is_model_untested, catalogue),
        _judged(row.physician, row.is_physician_untested, catalogue),
        "–" if row.situation is None else str(row.situation),
        str(each.patients),
    )
    texts = [TextBlock(cell, style) for cell in cells[:-1]]
    texts.append(TextBlock(cells[-1], style, "right"))
    is_filled = bool(each.patients)
    return Row(
        Columns(texts, _SHARES, 5.0),
        2.2,
        ACCENT_TINT if is_filled else None,
        PAPER.accent if is_filled else None,
    )


def _judged(judged: Judged, is_untested: bool, catalogue: Catalogue) -> str:
    """The judgement in a word, marked where it needs an untested prediction."""
    word = catalogue.text(f"audit.judged.{judged.value}.short")
    return f"{word} {UNTESTED_MARK}" if is_untested else word

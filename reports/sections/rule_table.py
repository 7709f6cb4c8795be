"""The table of the rules, with the patient's row marked by arrow, tint and weight, and where it stands."""

from __future__ import annotations

from inference.assessment import Recommendation
from inference.messages.catalogue import Catalogue
from reports.figures.drawing import Drawing, Polygon
from reports.figures.style import PAPER
from reports.paper.blocks import Block, Columns, Gap, Mark, Row, Stack, TextBlock
from reports.paper.sheet import ACCENT_TINT, FINE_PRINT, LABEL, SMALL, SMALL_STRONG
from reports.wording import reading_name, row_conditions, row_recommendation, rule_file_line

_ARROW_SIZE = 6.0


def rule_table(recommendation: Recommendation, catalogue: Catalogue) -> Block:
    """Every row of the table, the row that applies with an arrow; without rows citation and file alone."""
    readings = list(dict.fromkeys(name for row in recommendation.table for name in row.when))
    has_conditions = any(row.fields for row in recommendation.table)
    shares = [0.5, *[3.2] * len(readings), *[3.2] * has_conditions, 4.6]
    heads = [reading_name(name, catalogue) for name in readings]
    heads += [catalogue.text("report.rules.conditions")] * has_conditions
    heads.append(catalogue.text("report.rules.recommend"))
    head = Row(Columns([Gap(0), *[TextBlock(one, LABEL) for one in heads]], shares, 5.0), 1.5)
    rows: list[Block] = [head] if recommendation.table else []
    for row in recommendation.table:
        is_patients = row.row == recommendation.row
        style = SMALL_STRONG if is_patients else SMALL.coloured(PAPER.quiet)
        words = [catalogue.text(f"class.{row.when[name]}") if name in row.when else "" for name in readings]
        words += [row_conditions(row, catalogue)] * has_conditions
        words.append(row_recommendation(row, catalogue))
        first: Block = Mark(_arrow(), style) if is_patients else Gap(0)
        cells = Columns([first, *[TextBlock(word, style) for word in words]], shares, 5.0)
        rows.append(
            Row(cells, 2.6, ACCENT_TINT if is_patients else None, PAPER.accent if is_patients else None)
        )
    rows += [Gap(4), TextBlock(recommendation.citation, FINE_PRINT)]
    if file := rule_file_line(recommendation, catalogue):
        rows.append(TextBlock(file, FINE_PRINT))
    return Stack(rows)


def _arrow() -> Drawing:
    corners = ((0.0, 0.0), (_ARROW_SIZE * 0.9, _ARROW_SIZE / 2), (0.0, _ARROW_SIZE))
    return Drawing(_ARROW_SIZE, _ARROW_SIZE, (Polygon(corners, fill=PAPER.accent),))

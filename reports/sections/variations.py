"""How the answer holds under small changes: each change with the score it gives, crossings marked."""

from __future__ import annotations

from inference.assessment import Assessment
from inference.findings import Verdict
from inference.messages.catalogue import Catalogue
from inference.prediction import Prediction, PredictionStatus, Variation
from reports.figures.style import PAPER
from reports.figures.verdict_mark import verdict_mark
from reports.paper.blocks import Block, Columns, Gap, Mark, Stack, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import QUIET, SMALL, SMALL_STRONG
from reports.prediction_wording import prediction_name, variation_range, variation_score

_PER_ROW = 3
_KINDS = ("outline", "number", "choice")


def variations_section(assessment: Assessment, catalogue: Catalogue) -> Section | None:
    """None where nothing is answered; a sentence where nothing was varied."""
    answered = [one for one in assessment.predictions if one.status is PredictionStatus.ANSWERED]
    if not answered:
        return None
    varied = [one for one in answered if one.variations]
    heading = catalogue.text("report.section.variations")
    if not varied:
        return Section(heading, [TextBlock(catalogue.text("report.variations.not_computed"), QUIET)])
    blocks: list[Block] = []
    for prediction in varied:
        blocks += [Gap(2), *_of_prediction(prediction, catalogue)]
    kinds = {variation.kind for one in varied for variation in one.variations}
    told = [catalogue.text(f"report.variations.{kind}") for kind in _KINDS if kind in kinds]
    tried = catalogue.text("report.list_separator").join(told)
    return Section(heading, blocks, catalogue.text("report.variations.remark", tried=tried))


def _of_prediction(prediction: Prediction, catalogue: Catalogue) -> list[Block]:
    summary = catalogue.text(
        "report.variations.summary",
        name=prediction_name(prediction, catalogue),
        range=variation_range(prediction, catalogue),
        count=len(prediction.variations),
        crossing=sum(one.crosses for one in prediction.variations),
    )
    cells = [_cell(prediction, one, catalogue) for one in prediction.variations]
    rows: list[Block] = [TextBlock(summary, SMALL_STRONG)]
    for start in range(0, len(cells), _PER_ROW):
        row: list[Block] = [*cells[start : start + _PER_ROW]]
        row += [Gap(0)] * (_PER_ROW - len(row))
        rows.append(Columns(row, [1.0] * _PER_ROW, 12.0))
    return rows


def _cell(prediction: Prediction, variation: Variation, catalogue: Catalogue) -> Block:
    style = SMALL_STRONG.coloured(PAPER.note) if variation.crosses else SMALL
    text = f"{catalogue.render(variation.change)} \u2192 {variation_score(prediction, variation, catalogue)}"
    mark: Block = Mark(verdict_mark(Verdict.NOTE, 7), SMALL) if variation.crosses else Gap(0)
    return Stack([Columns([mark, TextBlock(text, style)], (1, 16), 2.0)])

"""The treatments side by side: probability, fold range, cut-off, and the verdict as word and shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from inference.assessment import Assessment
from inference.findings import Verdict
from inference.messages.catalogue import Catalogue
from inference.prediction import Prediction, PredictionStatus
from reports.figures.probability_bar import probability_bar
from reports.figures.style import PAPER
from reports.figures.verdict_mark import class_mark, verdict_mark
from reports.paper.blocks import Block, Columns, Gap, Mark, Picture, Stack, TextBlock, baseline
from reports.paper.even_row import EvenRow
from reports.paper.flow import Section
from reports.paper.sheet import (
    BODY_STRONG,
    FIGURE,
    FINE_PRINT,
    LEAD,
    QUIET,
    SMALL_STRONG,
    Sheet,
)
from reports.prediction_wording import (
    borderline_flag,
    fold_range,
    is_unfavourable,
    outcome_and_direction,
    prediction_name,
    score_text,
    status_word,
    verdict_word,
)
from reports.wording import sentences, text_or_code

CARDS_PER_ROW: Final = 2


def comparison(assessment: Assessment, catalogue: Catalogue) -> Section:
    """One card per treatment, two in a row."""
    cards = [_card(prediction, catalogue) for prediction in assessment.predictions]
    blocks: list[Block] = [Gap(3)]
    for start in range(0, len(cards), CARDS_PER_ROW):
        row = cards[start : start + CARDS_PER_ROW]
        blocks += [EvenRow(row, CARDS_PER_ROW), Gap(5)]
    remark = sentences(
        dict.fromkeys(outcome_and_direction(each, catalogue) for each in assessment.predictions)
    )
    if any(prediction.status is PredictionStatus.ANSWERED for prediction in assessment.predictions):
        blocks.append(TextBlock(catalogue.text("report.comparison.legend"), FINE_PRINT))
    return Section(catalogue.text("report.section.comparison"), [Stack(blocks)], remark)


def _card(prediction: Prediction, catalogue: Catalogue) -> Block:
    head = _NameLine(prediction_name(prediction, catalogue), _long_name(prediction, catalogue))
    if prediction.status is not PredictionStatus.ANSWERED:
        return Stack([head, Gap(3), _withheld_line(prediction, catalogue)])
    blocks: list[Block] = [
        head,
        _ScoreLine(prediction, catalogue),
        Picture(lambda width: probability_bar(prediction, width, catalogue)),
    ]
    for is_so, message_id in (
        (prediction.is_borderline, borderline_flag(prediction)),
        (prediction.folds_disagree, "report.flag.folds_disagree"),
    ):
        if is_so:
            flag = TextBlock(catalogue.text(message_id), SMALL_STRONG.coloured(PAPER.note))
            blocks.append(Columns([Mark(verdict_mark(Verdict.NOTE, 8), SMALL_STRONG), flag], (1, 19), 3.0))
    return Stack(blocks)


def _long_name(prediction: Prediction, catalogue: Catalogue) -> str:
    kind = "treatment" if prediction.treatment else "score"
    return text_or_code(f"{kind}.{prediction.name}", "long", catalogue)


@dataclass(frozen=True, slots=True)
class _NameLine:
    """The treatment's short name and, where it adds something, its long one below."""

    short: str
    long: str

    def height(self, width: float) -> float:
        return LEAD.leading + self._below().height(width)

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        sheet.text(x, baseline(top, LEAD), self.short, LEAD)
        self._below().draw(sheet, x, top + LEAD.leading, width)

    def _below(self) -> Block:
        return Gap(0) if self.long in self.short else TextBlock(self.long, FINE_PRINT)


def _withheld_line(prediction: Prediction, catalogue: Catalogue) -> Block:
    word = TextBlock(status_word(prediction, catalogue), LEAD.coloured(PAPER.refused))
    return Columns([Mark(verdict_mark(Verdict.REFUSED, 10), LEAD), word], (1, 16), 4.0)


@dataclass(frozen=True, slots=True)
class _ScoreLine:
    """The score, large; beside it the verdict, and below the verdict the range of the folds."""

    prediction: Prediction
    catalogue: Catalogue

    def height(self, width: float) -> float:
        return FIGURE.leading + 4.0

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        score = score_text(self.prediction, self.catalogue)
        sheet.text(x - 1, baseline(top, FIGURE), score, FIGURE)
        word = verdict_word(self.prediction, self.catalogue)
        right = x + width
        mark = class_mark(is_unfavourable(self.prediction), 8.0)
        start = right - BODY_STRONG.width(word)
        first = baseline(top + 4, BODY_STRONG)
        sheet.text(start, first, word, BODY_STRONG)
        sheet.drawing(mark, start - 13, first - 7.2)
        spread = fold_range(self.prediction, self.catalogue)
        sheet.text(x, first + 12, spread, QUIET, "right", width)

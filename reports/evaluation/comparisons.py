"""Models compared on the same patients, within each cohort."""

from __future__ import annotations

from typing import Final

from inference.evaluation.comparison import Comparison
from inference.evaluation.evaluation import CohortEvaluation, Evaluation
from inference.messages.catalogue import Catalogue
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from reports.evaluation.words import DECIMALS, cohort_name, flag_texts, model_name, p_text
from reports.figures.scale import estimate_text
from reports.figures.style import PAPER
from reports.paper.blocks import Block, Columns, Gap, Row, Stack, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import FINE_PRINT, LABEL, NOTE_INK, SMALL, SMALL_STRONG

_SHARES: Final = (44, 34, 15, 18)


def comparisons_section(evaluation: Evaluation, catalogue: Catalogue) -> Section | None:
    """A table for each cohort, headed by the name of the test; None where there is one model."""
    if len(evaluation.predictions.models) < 2:
        return None
    blocks: list[Block] = []
    for cohort in evaluation.cohorts:
        blocks += _cohort(cohort, catalogue)
    remark = catalogue.text(f"evaluate.comparisons.remark.{evaluation.kind}")
    return Section(catalogue.text("evaluate.section.comparisons"), blocks, remark)


def _cohort(cohort: CohortEvaluation, catalogue: Catalogue) -> list[Block]:
    measure = cohort.comparisons[0].measure
    heads = (
        cohort_name(cohort.name, catalogue),
        catalogue.text(f"evaluate.difference.{measure}"),
        catalogue.text(f"evaluate.p.{measure}"),
        catalogue.text("evaluate.p.holm"),
    )
    head = Row(Columns([TextBlock(text, LABEL) for text in heads], _SHARES), 1.5, inset=2.0)
    rows = [_row(each, catalogue) for each in cohort.comparisons]
    return [Stack([Gap(5), head, *rows[:1]]), *rows[1:]]


def _row(each: Comparison, catalogue: Catalogue) -> Block:
    pair = catalogue.text(
        "evaluate.pair",
        first=model_name(each.first, catalogue),
        second=model_name(each.second, catalogue),
    )
    quiet = SMALL.coloured(PAPER.quiet)
    number = SMALL_STRONG if isinstance(each.difference, Estimate) else quiet
    difference: list[Block] = [TextBlock(estimate_text(each.difference, catalogue, DECIMALS), number)]
    if isinstance(each.difference, Estimate):
        difference += [
            TextBlock(flag, FINE_PRINT.coloured(NOTE_INK))
            for flag in flag_texts(each.difference.flags, catalogue)
        ]
    cells: list[Block] = [
        TextBlock(pair, SMALL),
        Stack(difference),
        TextBlock(_p(each.p_value, catalogue), SMALL),
        TextBlock(_p(each.adjusted_p_value, catalogue), SMALL),
    ]
    return Row(Columns(cells, _SHARES), 1.8, inset=2.0)


def _p(value: float | NotEstimable | None, catalogue: Catalogue) -> str:
    return "–" if value is None or isinstance(value, NotEstimable) else p_text(value, catalogue)

"""Who was evaluated: the patients of the table by cohort, with what happened to them."""

from __future__ import annotations

from typing import Final

from inference.evaluation.evaluation import CohortEvaluation, Evaluation
from inference.messages.catalogue import Catalogue
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from reports.evaluation.words import cohort_name, time_text
from reports.figures.scale import number_text
from reports.paper.blocks import Block, Gap, Stack, TextBlock
from reports.paper.even_row import EvenRow
from reports.paper.flow import Section
from reports.paper.sheet import FINE_PRINT, HEADLINE_SMALL, SMALL, SMALL_STRONG
from reports.wording import percent

_MOST_BESIDE: Final = 4


def flow_section(evaluation: Evaluation, catalogue: Catalogue) -> Section:
    """One card for each cohort, rows of at most four."""
    cohorts = evaluation.cohorts
    whole = catalogue.text(
        "evaluate.flow.whole", patients=len(evaluation.predictions.patients), cohorts=len(cohorts)
    )
    places = min(_MOST_BESIDE, max(2, len(cohorts)))
    blocks: list[Block] = [Stack([Gap(3), TextBlock(whole, SMALL), Gap(5)])]
    for first in range(0, len(cohorts), places):
        cards = [_card(each, evaluation, catalogue) for each in cohorts[first : first + places]]
        blocks += [EvenRow(cards, places), Gap(6)]
    return Section(catalogue.text("evaluate.section.flow"), blocks)


def _card(cohort: CohortEvaluation, evaluation: Evaluation, catalogue: Catalogue) -> Block:
    flow = cohort.flow
    share = percent(flow.events / flow.patients, catalogue, 1)
    lines: list[Block] = [
        TextBlock(cohort_name(cohort.name, catalogue), SMALL_STRONG),
        TextBlock(catalogue.text("evaluate.flow.patients", count=flow.patients), HEADLINE_SMALL),
        TextBlock(
            catalogue.text(f"evaluate.flow.events.{evaluation.kind}", count=flow.events, share=share), SMALL
        ),
    ]
    if flow.slices is not None:
        lines.append(TextBlock(catalogue.text("evaluate.flow.slices", count=flow.slices), SMALL))
    if flow.follow_up is not None:
        lines.append(TextBlock(_follow_up(flow.follow_up, evaluation.time_unit, catalogue), FINE_PRINT))
    return Stack(lines)


def _follow_up(value: Estimate | NotEstimable, unit: str, catalogue: Catalogue) -> str:
    if isinstance(value, NotEstimable):
        return catalogue.text("evaluate.flow.follow_up.none", why=catalogue.render(value.message))
    median = time_text(round(value.value, 1), unit, catalogue)
    if value.interval is None:
        return catalogue.text("evaluate.flow.follow_up.bare", median=median)
    low, high = (number_text(limit, 1) for limit in value.interval)
    return catalogue.text("evaluate.flow.follow_up", median=median, low=low, high=high)

"""Which definition each number follows, and what an evaluation cannot show."""

from __future__ import annotations

from typing import Final

from inference.evaluation.evaluation import Evaluation
from inference.messages.catalogue import Catalogue
from reports.paper.blocks import Block, Gap, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import SMALL

_DEFINITIONS: Final = {
    "binary": (
        "direction",
        "auc",
        "against_half",
        "average_precision",
        "threshold.binary",
        "scores",
        "rates",
        "calibration.binary",
        "hosmer_lemeshow",
        "brier.binary",
        "decision.binary",
        "comparison.binary",
        "holm",
    ),
    "survival": (
        "direction",
        "c_index",
        "uno",
        "auc_at",
        "integrated_auc",
        "threshold.survival",
        "scores",
        "kaplan_meier",
        "hazard_ratio",
        "calibration.survival",
        "greenwood",
        "brier.survival",
        "decision.survival",
        "comparison.survival",
        "holm",
    ),
}
_LIMITS: Final = ("past", "apparent", "transport", "calibration", "tests", "benefit", "table")


def definitions_section(evaluation: Evaluation, catalogue: Catalogue) -> Section:
    """A line for each number that this kind of table gives."""
    names = list(_DEFINITIONS[evaluation.kind])
    if any(cohort.flow.slices is not None for cohort in evaluation.cohorts):
        names.append("slices")
    if (evaluation.predictions.folds != "").any():
        names.append("folds")
    texts = [catalogue.text(f"evaluate.definition.{name}") for name in names]
    texts.append(catalogue.text("evaluate.definition.seed", seed=evaluation.seed))
    rows: list[Block] = [Gap(2), *(TextBlock(text, SMALL, bullet=True) for text in texts)]
    return Section(catalogue.text("evaluate.section.definitions"), rows)


def limits_section(evaluation: Evaluation, catalogue: Catalogue) -> Section:
    """One bullet for each limit."""
    names = ["synthetic", *_LIMITS] if evaluation.is_synthetic else list(_LIMITS)
    rows: list[Block] = [Gap(2)]
    rows += [TextBlock(catalogue.text(f"evaluate.limit.{name}"), SMALL, bullet=True) for name in names]
    return Section(catalogue.text("evaluate.section.limits"), rows)

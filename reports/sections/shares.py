"""Why: how far each answered score falls without one slice."""

from __future__ import annotations

from inference.assessment import Assessment
from inference.messages.catalogue import Catalogue
from inference.prediction import Prediction, PredictionStatus
from reports.figures.slice_shares import slice_shares
from reports.paper.blocks import Block, Columns, Gap, Picture, Stack, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import SMALL_STRONG
from reports.prediction_wording import prediction_name


def shares_section(assessment: Assessment, catalogue: Catalogue) -> Section | None:
    """Bars per answered treatment side by side; None when no prediction has shares."""
    shown = [p for p in assessment.predictions if p.status is PredictionStatus.ANSWERED and p.slice_shares]
    if not shown:
        return None
    figures = Columns([_figure(prediction, catalogue) for prediction in shown], [1.0] * len(shown), 22.0)
    remark = catalogue.text("report.shares.remark")
    return Section(catalogue.text("report.section.shares"), [Stack([Gap(3), figures])], remark)


def _figure(prediction: Prediction, catalogue: Catalogue) -> Block:
    name = prediction_name(prediction, catalogue)
    picture = Picture(lambda width: slice_shares(prediction, width, catalogue))
    return Stack([TextBlock(name, SMALL_STRONG), picture])

"""What acting on the predictions would bring in one cohort: decision curves."""

from __future__ import annotations

from inference.evaluation.evaluation import CohortEvaluation, Evaluation
from inference.messages.catalogue import Catalogue
from reports.evaluation.multiples import Pane, multiples
from reports.evaluation.words import cohort_name, model_name, time_text
from reports.figures.decision_curve_plot import DecisionSeries, decision_curve_plot
from reports.paper.flow import Section


def utility_section(evaluation: Evaluation, cohort: CohortEvaluation, catalogue: Catalogue) -> Section | None:
    """One drawing with all models, for survival one for each horizon; None without probabilities."""
    panes = _class_panes(cohort, catalogue) or _time_panes(evaluation, cohort, catalogue)
    if not panes:
        return None
    heading = catalogue.text("evaluate.section.utility", cohort=cohort_name(cohort.name, catalogue))
    places = 1 if len(panes) == 1 else 2
    return Section(heading, multiples(panes, places), catalogue.text("evaluate.utility.remark"))


def _class_panes(cohort: CohortEvaluation, catalogue: Catalogue) -> list[Pane]:
    series = [
        DecisionSeries(model_name(each.model, catalogue), each.decision)
        for each in cohort.classes
        if each.decision is not None
    ]
    return [_pane("", series, catalogue)] if series else []


def _time_panes(evaluation: Evaluation, cohort: CohortEvaluation, catalogue: Catalogue) -> list[Pane]:
    panes = []
    for horizon in sorted({at.horizon for each in cohort.times for at in each.at_horizons}):
        series = [
            DecisionSeries(model_name(each.model, catalogue), at.decision)
            for each in cohort.times
            for at in each.at_horizons
            if at.horizon == horizon
        ]
        shown = time_text(horizon, evaluation.time_unit, catalogue)
        panes.append(_pane(catalogue.text("evaluate.utility.at", horizon=shown), series, catalogue))
    return panes


def _pane(name: str, series: list[DecisionSeries], catalogue: Catalogue) -> Pane:
    return Pane(name, lambda width: decision_curve_plot(series, width=width, catalogue=catalogue))

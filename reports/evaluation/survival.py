"""How well scores foresee when the event comes, in one cohort: order, AUC over time, and risk groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from inference.evaluation.evaluation import CohortEvaluation, Evaluation
from inference.evaluation.times import RiskGroup, RiskGroups, TimesEvaluation
from inference.messages.catalogue import Catalogue
from inference.statistics.discrimination.roc import RocCurve
from inference.statistics.discrimination.time_dependent_auc import RocAtTime
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from reports.evaluation.multiples import Pane, multiples
from reports.evaluation.number_table import Cell, Measure, measure, number_table
from reports.evaluation.words import (
    DECIMALS,
    RATIO_DECIMALS,
    cohort_name,
    flag_texts,
    interval_text,
    model_name,
    p_text,
    threshold_text,
    time_text,
)
from reports.figures.drawing import Drawing
from reports.figures.kaplan_meier_plot import SurvivalGroup, TimeUnit, kaplan_meier_plot
from reports.figures.roc_plot import RocSeries, roc_plot
from reports.figures.scale import estimate_text, number_text
from reports.figures.time_dependent_auc_plot import AucSeries, time_dependent_auc_plot
from reports.paper.flow import Section

_UNITS: Final[dict[str, TimeUnit]] = {
    "days": "days",
    "weeks": "weeks",
    "months": "months",
    "years": "years",
    "": "unstated",
}


def order_section(evaluation: Evaluation, cohort: CohortEvaluation, catalogue: Catalogue) -> Section:
    """AUC over time, ROC at each horizon, then the numbers."""
    models = cohort.times
    is_drawn = any(isinstance(one, Estimate) for each in models for one in each.auc_over_time.estimates)
    over_time = [
        Pane(
            "",
            lambda width: time_dependent_auc_plot(
                [AucSeries(model_name(each.model, catalogue), each.auc_over_time) for each in models],
                width=width,
                catalogue=catalogue,
                unit=_UNITS[evaluation.time_unit],
            ),
        )
    ] * is_drawn
    at_horizons = [
        _roc_pane(place, evaluation, models, catalogue) for place in range(len(evaluation.horizons))
    ]
    table = number_table([each.model for each in models], _measures(evaluation, models, catalogue), catalogue)
    heading = catalogue.text("evaluate.section.discrimination", cohort=cohort_name(cohort.name, catalogue))
    return Section(heading, [*multiples(over_time, 1), *table, *multiples(at_horizons, 3)])


def _roc_pane(
    place: int, evaluation: Evaluation, models: Sequence[TimesEvaluation], catalogue: Catalogue
) -> Pane:
    series = [
        RocSeries(model_name(each.model, catalogue), _plain(each.roc[place]), each.auc.estimates[place])
        for each in models
    ]
    horizon = time_text(evaluation.horizons[place], evaluation.time_unit, catalogue)
    name = catalogue.text("evaluate.roc.at", horizon=horizon)
    return Pane(name, lambda width: roc_plot(series, width=width, catalogue=catalogue))


def _plain(curve: RocAtTime | NotEstimable) -> RocCurve | NotEstimable:
    """The weighted curve in the order of an ordinary one: from everybody positive to nobody."""
    if isinstance(curve, NotEstimable):
        return curve
    ascending = curve.thresholds[::-1]
    between = (ascending[:-1] + ascending[1:]) / 2
    return RocCurve(between, curve.sensitivity[::-1], curve.specificity[::-1])


def _measures(
    evaluation: Evaluation, models: Sequence[TimesEvaluation], catalogue: Catalogue
) -> list[Measure]:
    rows = [
        measure(catalogue.text("evaluate.c_index"), [each.c_index for each in models], catalogue),
        measure(catalogue.text("evaluate.uno_c_index"), [each.uno_c_index for each in models], catalogue),
    ]
    for place, horizon in enumerate(evaluation.horizons):
        shown = time_text(horizon, evaluation.time_unit, catalogue)
        counts = [
            (
                catalogue.text(
                    "evaluate.auc.counts", cases=each.auc.cases[place], controls=each.auc.controls[place]
                ),
            )
            for each in models
        ]
        label = catalogue.text("evaluate.auc.at", horizon=shown)
        estimates = [each.auc.estimates[place] for each in models]
        rows.append(measure(label, estimates, catalogue, DECIMALS, counts))
    integrated = [each.integrated_auc for each in models]
    rows.append(measure(catalogue.text("evaluate.integrated_auc"), integrated, catalogue))
    slopes = [each.slope for each in models]
    rows.append(measure(catalogue.text("evaluate.slope.survival"), slopes, catalogue, RATIO_DECIMALS))
    return rows


def risk_groups_section(
    evaluation: Evaluation, cohort: CohortEvaluation, catalogue: Catalogue
) -> Section | None:
    """Kaplan–Meier curves of high and low risk, then the tests; None where no model has a threshold."""
    found = [(each.model, each.risk_groups) for each in cohort.times if each.risk_groups is not None]
    if not found:
        return None
    panes = [_curves_pane(name, groups, evaluation, catalogue) for name, groups in found]
    table = number_table(
        [name for name, _ in found],
        _group_measures(evaluation, [one for _, one in found], catalogue),
        catalogue,
    )
    heading = catalogue.text("evaluate.section.risk_groups", cohort=cohort_name(cohort.name, catalogue))
    remark = catalogue.text("evaluate.risk_groups.remark")
    return Section(heading, [*multiples(panes, 2), *table], remark)


def _curves_pane(name: str, groups: RiskGroups, evaluation: Evaluation, catalogue: Catalogue) -> Pane:
    shown = [
        SurvivalGroup(catalogue.text(f"evaluate.risk.{group.name}"), group.curve)
        for group in groups.groups
        if group.curve is not None
    ]
    notes = []
    if not isinstance(groups.logrank, NotEstimable):
        p_value = p_text(groups.logrank.p_value, catalogue)
        notes.append(catalogue.text("evaluate.logrank.note", p=p_value))
    if not isinstance(groups.hazard_ratio, NotEstimable):
        ratio = interval_text(groups.hazard_ratio, catalogue, RATIO_DECIMALS)
        notes.append(catalogue.text("evaluate.hazard_ratio.note", value=ratio))

    def draw(width: float) -> Drawing:
        return kaplan_meier_plot(
            shown,
            width=width,
            catalogue=catalogue,
            unit=_UNITS[evaluation.time_unit],
            notes=notes,
            y_title=catalogue.text("evaluate.event_free"),
        )

    title = catalogue.text(
        "evaluate.matrix.name",
        model=model_name(name, catalogue),
        threshold=threshold_text(groups.threshold.value),
    )
    return Pane(title, draw)


def _group_measures(
    evaluation: Evaluation, found: Sequence[RiskGroups], catalogue: Catalogue
) -> list[Measure]:
    rows = [_people(place, found, catalogue) for place in (0, 1)]
    rows.append(
        Measure(catalogue.text("evaluate.logrank"), "", tuple(_logrank(each, catalogue) for each in found))
    )
    ratios = [each.hazard_ratio for each in found]
    rows.append(measure(catalogue.text("evaluate.hazard_ratio"), ratios, catalogue, RATIO_DECIMALS))
    for place in (0, 1):
        group = catalogue.text(f"evaluate.risk.{found[0].groups[place].name}")
        label = catalogue.text("evaluate.median", group=group)
        rows.append(Measure(label, "", tuple(_median(each.groups[place], catalogue) for each in found)))
    for place in (0, 1):
        group = catalogue.text(f"evaluate.risk.{found[0].groups[place].name}")
        until = time_text(found[0].tau, evaluation.time_unit, catalogue)
        if len({each.tau for each in found}) > 1:
            until = catalogue.text("evaluate.shared_follow_up")
        label = catalogue.text("evaluate.restricted_mean", group=group, until=until)
        means = [each.groups[place].restricted_mean for each in found]
        rows.append(measure(label, means, catalogue, 1))
    return rows


def _people(place: int, found: Sequence[RiskGroups], catalogue: Catalogue) -> Measure:
    cells = tuple(
        Cell(
            catalogue.text(
                "evaluate.group.counts", count=each.groups[place].count, events=each.groups[place].events
            )
        )
        for each in found
    )
    return Measure(catalogue.text(f"evaluate.risk.{found[0].groups[place].name}"), "", cells)


def _logrank(groups: RiskGroups, catalogue: Catalogue) -> Cell:
    test = groups.logrank
    if isinstance(test, NotEstimable):
        return Cell(catalogue.render(test.message), is_number=False)
    remark = catalogue.text(
        "evaluate.chi_square", value=number_text(test.chi_square, 2), df=test.degrees_of_freedom
    )
    return Cell(p_text(test.p_value, catalogue), (remark,), flag_texts(test.flags, catalogue))


def _median(group: RiskGroup, catalogue: Catalogue) -> Cell:
    if group.curve is None:
        return Cell("–", is_number=False)
    median = group.curve.median
    if isinstance(median, NotEstimable):
        return Cell(catalogue.render(median.message), is_number=False)
    if median.interval is not None:
        return Cell(estimate_text(median, catalogue, 1))
    unbounded = [
        catalogue.text("evaluate.median.open", low=number_text(median.lower, 1))
        if median.lower is not None
        else catalogue.text("evaluate.no_interval")
    ]
    return Cell(number_text(median.value, 1), tuple(unbounded))

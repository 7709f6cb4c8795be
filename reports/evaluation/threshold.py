"""What the locked thresholds make of the scores: confusion matrices, rates, and where the scores lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from inference.evaluation.classes import AtThreshold, ClassesEvaluation
from inference.evaluation.evaluation import CohortEvaluation, Evaluation
from inference.evaluation.threshold import Threshold
from inference.messages.catalogue import Catalogue
from inference.statistics.cautions import CutOrigin
from inference.statistics.discrimination.classification import ConfusionMatrix
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Bools, Floats
from inference.statistics.reasons import NotEstimable
from reports.evaluation.multiples import Pane, multiples, places_for
from reports.evaluation.number_table import Cell, Measure, number_table
from reports.evaluation.words import cohort_name, flag_texts, model_name, threshold_text
from reports.figures.confusion_matrix_plot import confusion_matrix_plot
from reports.figures.drawing import Drawing
from reports.figures.score_distribution_plot import ScoreGroup, score_distribution_plot
from reports.paper.blocks import Block, Columns, Gap, Row, Stack, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import LABEL, SMALL, SMALL_STRONG
from reports.wording import percent_figure

_SHARES: Final = (30, 18, 70)
_RATES: Final = ("sensitivity", "specificity", "ppv", "npv", "accuracy", "f1")


def thresholds_section(evaluation: Evaluation, catalogue: Catalogue) -> Section:
    """Each model's threshold and where it comes from; the same in every cohort."""
    heads = ("evaluate.column.model", "evaluate.column.threshold", "evaluate.column.origin")
    rows: list[Block] = [
        Row(Columns([TextBlock(catalogue.text(name), LABEL) for name in heads], _SHARES), 1.5)
    ]
    for name, threshold in evaluation.thresholds.items():
        value, origin = _threshold_words(threshold, catalogue)
        cells: list[Block] = [
            TextBlock(model_name(name, catalogue), SMALL_STRONG),
            TextBlock(value, SMALL_STRONG),
            TextBlock(origin, SMALL),
        ]
        rows.append(Row(Columns(cells, _SHARES), 2.0))
    remark = catalogue.text("evaluate.thresholds.remark")
    return Section(catalogue.text("evaluate.section.thresholds"), [Stack([Gap(2), *rows])], remark)


def _threshold_words(threshold: Threshold | None, catalogue: Catalogue) -> tuple[str, str]:
    if threshold is None:
        return "–", catalogue.text("evaluate.threshold.none")
    origin = catalogue.text(f"evaluate.threshold.{threshold.origin}")
    if len(threshold.tied) > 1:
        origin += " " + catalogue.text("evaluate.threshold.tied", count=len(threshold.tied))
    return threshold_text(threshold.value), origin


def rates_section(cohort: CohortEvaluation, catalogue: Catalogue) -> Section | None:
    """Matrices, then rates with their counts; None where no model has a threshold."""
    models = [(each, each.at_threshold) for each in cohort.classes if each.at_threshold is not None]
    if not models:
        return None
    panes = [_matrix_pane(each, at, catalogue) for each, at in models]
    measures = [_rate_row(name, [at for _, at in models], cohort.name, catalogue) for name in _RATES]
    table = number_table([each.model for each, _ in models], measures, catalogue)
    heading = catalogue.text("evaluate.section.rates", cohort=cohort_name(cohort.name, catalogue))
    return Section(
        heading, [*multiples(panes, places_for(len(panes))), *table], catalogue.text("evaluate.rates.remark")
    )


def _matrix_pane(model: ClassesEvaluation, at: AtThreshold, catalogue: Catalogue) -> Pane:
    name = catalogue.text(
        "evaluate.matrix.name",
        model=model_name(model.model, catalogue),
        threshold=threshold_text(at.threshold.value),
    )
    matrix = at.matrix
    counts = (
        (matrix.true_negatives, matrix.false_positives),
        (matrix.false_negatives, matrix.true_positives),
    )
    classes = [catalogue.text("evaluate.class.negative"), catalogue.text("evaluate.class.positive")]
    return Pane(name, lambda width: confusion_matrix_plot(counts, classes, width=width, catalogue=catalogue))


def _rate_row(name: str, all_at: Sequence[AtThreshold], cohort: str, catalogue: Catalogue) -> Measure:
    cells = tuple(_rate_cell(name, at, cohort, catalogue) for at in all_at)
    return Measure(catalogue.text(f"evaluate.rate.{name}"), "", cells)


def _rate_cell(name: str, at: AtThreshold, cohort: str, catalogue: Catalogue) -> Cell:
    found: Estimate | NotEstimable = getattr(at.matrix, name)
    if isinstance(found, NotEstimable):
        return Cell(catalogue.render(found.message), is_number=False)
    low, high = found.interval or (found.value, found.value)
    text = catalogue.text(
        "evaluate.rate.percent",
        value=percent_figure(found.value, 1),
        low=percent_figure(low, 1),
        high=percent_figure(high, 1),
    )
    hits, count = _counts(name, at.matrix)
    remarks = (catalogue.text("evaluate.rate.counts", hits=hits, count=count),) if count else ()
    is_chosen_here = at.threshold.origin_for(cohort) is CutOrigin.SAME_DATA
    cautions = (
        flag_texts(["cut_chosen_on_same_data"], catalogue) if is_chosen_here and name == "sensitivity" else ()
    )
    return Cell(text, remarks, cautions)


def _counts(name: str, matrix: ConfusionMatrix) -> tuple[int, int]:
    """Numerator and denominator of a proportion; (0, 0) for what is none."""
    true, negative = matrix.true_positives, matrix.true_negatives
    return {
        "sensitivity": (true, true + matrix.false_negatives),
        "specificity": (negative, negative + matrix.false_positives),
        "ppv": (true, true + matrix.false_positives),
        "npv": (negative, negative + matrix.false_negatives),
        "accuracy": (true + negative, matrix.count),
    }.get(name, (0, 0))


def scores_section(evaluation: Evaluation, cohort: CohortEvaluation, catalogue: Catalogue) -> Section:
    """Where the scores of those with and without the outcome lie, one drawing for each model."""
    predictions = evaluation.predictions
    rows = predictions.rows_of(cohort.name)
    if predictions.outcome is not None:
        happened = predictions.outcome[rows]
    else:
        happened = predictions.times(cohort.name).event
    panes = [
        _scores_pane(
            model.name,
            model.scores[rows],
            happened,
            is_probability=model.is_probability,
            threshold=evaluation.thresholds[model.name],
            kind=evaluation.kind,
            catalogue=catalogue,
        )
        for model in predictions.models
    ]
    heading = catalogue.text("evaluate.section.scores", cohort=cohort_name(cohort.name, catalogue))
    return Section(heading, multiples(panes, places_for(len(panes))))


def _scores_pane(
    name: str,
    scores: Floats,
    happened: Bools,
    *,
    is_probability: bool,
    threshold: Threshold | None,
    kind: str,
    catalogue: Catalogue,
) -> Pane:
    groups = [
        ScoreGroup(catalogue.text(f"evaluate.scores.with.{kind}"), scores[happened]),
        ScoreGroup(catalogue.text(f"evaluate.scores.without.{kind}"), scores[~happened]),
    ]
    groups = [group for group in groups if np.size(group.scores)]
    value = None if threshold is None else threshold.value
    label = "" if value is None else catalogue.text("evaluate.at_threshold", value=threshold_text(value))

    def draw(width: float) -> Drawing:
        return score_distribution_plot(
            groups,
            width=width,
            catalogue=catalogue,
            axis_title=catalogue.text("evaluate.scores.probability") if is_probability else "",
            limits=(0.0, 1.0) if is_probability else None,
            threshold=value,
            threshold_label=label,
        )

    return Pane(model_name(name, catalogue), draw)

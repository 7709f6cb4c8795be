"""How well scores tell classes apart in one cohort: ROC, precision and recall, and their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from inference.evaluation.classes import ClassesEvaluation
from inference.evaluation.evaluation import CohortEvaluation
from inference.messages.catalogue import Catalogue
from inference.statistics.discrimination.fold_auc import FoldAucs
from inference.statistics.discrimination.precision_recall import PrecisionRecallCurve
from inference.statistics.discrimination.roc_band import RocBand
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from reports.evaluation.multiples import Pane, multiples
from reports.evaluation.number_table import Cell, Measure, measure, number_table
from reports.evaluation.words import DECIMALS, cohort_name, model_name, p_text, threshold_text
from reports.figures.drawing import Drawing
from reports.figures.precision_recall_plot import PrecisionRecallSeries, precision_recall_plot
from reports.figures.roc_plot import OperatingPoint, RocSeries, roc_plot
from reports.figures.scale import number_text
from reports.paper.flow import Section


def discrimination_section(cohort: CohortEvaluation, catalogue: Catalogue) -> Section:
    """Both curves beside each other, then the numbers."""
    models = cohort.classes
    panes = [
        Pane("", lambda width: _roc(models, width, catalogue)),
        Pane("", lambda width: _precision_recall(models, width, catalogue)),
    ]
    measures = [
        measure(catalogue.text("evaluate.auc"), [each.auc for each in models], catalogue),
        _against_half(models, catalogue),
        *_slices(models, catalogue),
        *_folds(models, catalogue),
        measure(
            catalogue.text("evaluate.average_precision"),
            [_average_precision(each.precision_recall) for each in models],
            catalogue,
        ),
    ]
    table = number_table([each.model for each in models], measures, catalogue)
    heading = catalogue.text("evaluate.section.discrimination", cohort=cohort_name(cohort.name, catalogue))
    return Section(heading, [*multiples(panes, 2), *table])


def _roc(models: Sequence[ClassesEvaluation], width: float, catalogue: Catalogue) -> Drawing:
    # Bands of several models would lie over each other.
    has_band = len(models) == 1
    series = [
        RocSeries(
            model_name(each.model, catalogue),
            each.roc,
            each.auc,
            _band(each) if has_band else None,
            _point(each, catalogue),
        )
        for each in models
    ]
    return roc_plot(series, width=width, catalogue=catalogue)


def _band(model: ClassesEvaluation) -> RocBand | None:
    band = model.roc_band
    return None if isinstance(band, NotEstimable) else band


def _point(model: ClassesEvaluation, catalogue: Catalogue) -> OperatingPoint | None:
    if model.at_threshold is None:
        return None
    matrix = model.at_threshold.matrix
    if isinstance(matrix.sensitivity, NotEstimable) or isinstance(matrix.specificity, NotEstimable):
        return None
    label = catalogue.text("evaluate.at_threshold", value=threshold_text(model.at_threshold.threshold.value))
    return OperatingPoint(matrix.sensitivity.value, matrix.specificity.value, label)


def _precision_recall(models: Sequence[ClassesEvaluation], width: float, catalogue: Catalogue) -> Drawing:
    series = [
        PrecisionRecallSeries(model_name(each.model, catalogue), each.precision_recall) for each in models
    ]
    return precision_recall_plot(series, width=width, catalogue=catalogue)


def _average_precision(curve: PrecisionRecallCurve | NotEstimable) -> Estimate | NotEstimable:
    return curve if isinstance(curve, NotEstimable) else curve.average_precision


def _against_half(models: Sequence[ClassesEvaluation], catalogue: Catalogue) -> Measure:
    cells = []
    for each in models:
        test = each.against_half
        if isinstance(test, NotEstimable):
            cells.append(Cell(catalogue.render(test.message), is_number=False))
        else:
            name = catalogue.text(f"evaluate.test.{test.method}")
            cells.append(Cell(p_text(test.p_value, catalogue), (name,)))
    return Measure(catalogue.text("evaluate.auc.against_half"), "", tuple(cells))


def _slices(models: Sequence[ClassesEvaluation], catalogue: Catalogue) -> list[Measure]:
    values = [each.slice_auc for each in models if each.slice_auc is not None]
    return [measure(catalogue.text("evaluate.auc.slices"), values, catalogue)] if values else []


def _folds(models: Sequence[ClassesEvaluation], catalogue: Catalogue) -> list[Measure]:
    folds = [each.folds for each in models if each.folds is not None]
    if not folds:
        return []
    cells = tuple(_fold_cell(each, catalogue) for each in folds)
    return [Measure(catalogue.text("evaluate.auc.folds"), "", cells)]


def _fold_cell(folds: FoldAucs, catalogue: Catalogue) -> Cell:
    if isinstance(folds.mean, NotEstimable):
        return Cell(catalogue.render(folds.mean.message), is_number=False)
    remarks = [catalogue.text("evaluate.auc.folds.count", count=len(folds.folds) - folds.without_area)]
    if folds.spread is not None:
        remarks.append(catalogue.text("evaluate.auc.folds.spread", value=number_text(folds.spread, DECIMALS)))
    return Cell(number_text(folds.mean.value, DECIMALS), tuple(remarks))

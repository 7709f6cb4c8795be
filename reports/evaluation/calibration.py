"""Whether predicted probabilities come true in one cohort, for classes and for survival at horizons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from inference.evaluation.classes import ClassCalibration, ClassesEvaluation
from inference.evaluation.evaluation import CohortEvaluation, Evaluation
from inference.evaluation.times import AtHorizon, TimesEvaluation
from inference.messages.catalogue import Catalogue
from inference.statistics.calibration.brier import BrierScore
from inference.statistics.calibration.smooth import SmoothCalibration
from inference.statistics.calibration.survival_calibration import SurvivalCalibration
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Floats
from inference.statistics.reasons import NotEstimable
from reports.evaluation.multiples import Pane, multiples
from reports.evaluation.number_table import NO_CELL, Cell, Measure, measure, number_table
from reports.evaluation.words import (
    DECIMALS,
    RATIO_DECIMALS,
    cohort_name,
    flag_texts,
    model_name,
    p_text,
    time_text,
)
from reports.figures.calibration_plot import calibration_plot
from reports.figures.drawing import Drawing
from reports.figures.scale import number_text
from reports.paper.flow import Section

_PLACES: Final = 3


def class_calibration_section(cohort: CohortEvaluation, catalogue: Catalogue) -> Section | None:
    """Curves, then numbers; None where no score is a probability."""
    models = [(each, each.calibration) for each in cohort.classes if each.calibration is not None]
    if not models:
        return None
    panes = [_class_pane(each, calibration, catalogue) for each, calibration in models]
    found = [calibration for _, calibration in models]
    table = number_table([each.model for each, _ in models], _class_measures(found, catalogue), catalogue)
    heading = catalogue.text("evaluate.section.calibration", cohort=cohort_name(cohort.name, catalogue))
    remark = catalogue.text("evaluate.calibration.remark.binary")
    return Section(heading, [*multiples(panes, _places(panes)), *table], remark)


def _places(panes: Sequence[Pane]) -> int:
    """A pane alone may be larger."""
    return _PLACES if len(panes) > 1 else 2


def _class_pane(model: ClassesEvaluation, calibration: ClassCalibration, catalogue: Catalogue) -> Pane:
    groups = calibration.groups

    def draw(width: float) -> Drawing:
        return calibration_plot(
            () if isinstance(groups, NotEstimable) else groups,
            width=width,
            catalogue=catalogue,
            smooth=calibration.smooth,
            predictions=model.data.scores,
            is_positive=model.data.is_positive,
        )

    return Pane(model_name(model.model, catalogue), draw)


def _class_measures(found: Sequence[ClassCalibration], catalogue: Catalogue) -> list[Measure]:
    def row(name: str, values: Sequence[Estimate | NotEstimable], decimals: int) -> Measure:
        return measure(catalogue.text(f"evaluate.{name}"), values, catalogue, decimals)

    again = [each.recalibration for each in found]
    briers = [each.brier for each in found]
    return [
        row("in_the_large", [each.in_the_large for each in again], RATIO_DECIMALS),
        row("slope.binary", [each.slope for each in again], RATIO_DECIMALS),
        Measure(catalogue.text("evaluate.ici"), "", tuple(_errors(each.smooth, catalogue) for each in found)),
        row("brier", [_brier(each, "brier") for each in briers], DECIMALS),
        row("scaled_brier", [_brier(each, "scaled") for each in briers], DECIMALS),
        Measure(
            catalogue.text("evaluate.hosmer_lemeshow"),
            "",
            tuple(_hosmer_lemeshow(each, catalogue) for each in found),
        ),
    ]


def _brier(score: BrierScore | NotEstimable, part: str) -> Estimate | NotEstimable:
    if isinstance(score, NotEstimable):
        return score
    return score.brier if part == "brier" else score.scaled


def _errors(smooth: SmoothCalibration | NotEstimable, catalogue: Catalogue) -> Cell:
    if isinstance(smooth, NotEstimable):
        return Cell(catalogue.render(smooth.message), is_number=False)
    errors = smooth.errors
    remark = catalogue.text("evaluate.e90", value=number_text(errors.e90, DECIMALS))
    return Cell(number_text(errors.ici, DECIMALS), (catalogue.text("evaluate.no_interval"), remark))


def _hosmer_lemeshow(calibration: ClassCalibration, catalogue: Catalogue) -> Cell:
    """P with its statistic; where counts are too small for it, the nominal one stands in small print."""
    test = calibration.hosmer_lemeshow
    if isinstance(test, NotEstimable):
        return Cell(catalogue.render(test.message), is_number=False)
    if isinstance(test.chi_square, NotEstimable):
        return Cell(catalogue.render(test.chi_square.message), is_number=False)
    statistic = catalogue.text(
        "evaluate.chi_square", value=number_text(test.chi_square, 2), df=test.degrees_of_freedom
    )
    if not isinstance(test.p_value, NotEstimable):
        return Cell(p_text(test.p_value, catalogue), (statistic,))
    remarks: tuple[str, ...] = ()
    if not isinstance(test.nominal_p_value, NotEstimable):
        nominal = p_text(test.nominal_p_value, catalogue)
        remarks = (catalogue.text("evaluate.nominal", p=nominal, chi_square=statistic),)
    return Cell(p_text(test.p_value, catalogue), remarks, is_number=False)


def survival_calibration_section(
    evaluation: Evaluation, cohort: CohortEvaluation, catalogue: Catalogue
) -> Section | None:
    """A row of curves for each horizon, then numbers; None where no model predicts survival."""
    horizons = sorted({at.horizon for each in cohort.times for at in each.at_horizons})
    if not horizons:
        return None
    models = [each for each in cohort.times if each.at_horizons]
    rows = [
        [
            _survival_pane(evaluation, cohort.name, each, at, catalogue)
            for each in models
            for at in each.at_horizons
            if at.horizon == horizon
        ]
        for horizon in horizons
    ]
    if len(models) == 1 or len(models) > _PLACES:
        rows = [[pane for row in rows for pane in row]]
    blocks = [block for row in rows for block in multiples(row, _places(row))]
    measures = [
        row for horizon in horizons for row in _survival_measures(evaluation, models, horizon, catalogue)
    ]
    whole = [each.integrated_brier for each in models if each.integrated_brier is not None]
    measures.append(measure(catalogue.text("evaluate.integrated_brier"), whole, catalogue))
    blocks += number_table([each.model for each in models], measures, catalogue)
    heading = catalogue.text("evaluate.section.calibration", cohort=cohort_name(cohort.name, catalogue))
    return Section(heading, blocks, catalogue.text("evaluate.calibration.remark.survival"))


def _survival_pane(
    evaluation: Evaluation, cohort: str, model: TimesEvaluation, at: AtHorizon, catalogue: Catalogue
) -> Pane:
    calibration = at.calibration
    predicted = _predicted(evaluation, cohort, model.model, at.horizon)

    def draw(width: float) -> Drawing:
        return calibration_plot(
            () if isinstance(calibration, NotEstimable) else calibration.groups,
            width=width,
            catalogue=catalogue,
            smooth=at.smooth if isinstance(at.smooth, NotEstimable) else at.smooth.as_survival(),
            predictions=predicted,
            x_title=catalogue.text("evaluate.calibration.predicted"),
            y_title=catalogue.text("evaluate.calibration.observed"),
        )

    horizon = time_text(at.horizon, evaluation.time_unit, catalogue)
    name = catalogue.text(
        "evaluate.calibration.name", model=model_name(model.model, catalogue), horizon=horizon
    )
    return Pane(name, draw)


def _predicted(evaluation: Evaluation, cohort: str, name: str, horizon: float) -> Floats:
    predictions = evaluation.predictions
    model = next(one for one in predictions.models if one.name == name)
    chosen: Floats = model.survival[horizon][predictions.rows_of(cohort)]
    return chosen


def _survival_measures(
    evaluation: Evaluation, models: Sequence[TimesEvaluation], horizon: float, catalogue: Catalogue
) -> list[Measure]:
    """The rows of one horizon; a model that does not predict it has dashes."""
    shown = time_text(horizon, evaluation.time_unit, catalogue)
    found = [next((at for at in each.at_horizons if at.horizon == horizon), None) for each in models]
    calibrations = [None if at is None else at.calibration for at in found]
    ratios = [
        each.observed_to_expected if isinstance(each, SurvivalCalibration) else each for each in calibrations
    ]
    apart = [each.in_the_large if isinstance(each, SurvivalCalibration) else each for each in calibrations]
    briers = [_brier_at(each, horizon) for each in models]
    remarks = [_reference(reference, catalogue) for _, reference in briers]

    def label(name: str) -> str:
        return catalogue.text(f"evaluate.{name}", horizon=shown)

    return [
        measure(label("observed_to_expected"), ratios, catalogue, RATIO_DECIMALS),
        measure(label("mean_difference"), apart, catalogue, DECIMALS),
        Measure(label("greenwood"), "", tuple(_greenwood(each, catalogue) for each in calibrations)),
        Measure(label("ici.at"), "", tuple(_errors_at(each, catalogue) for each in found)),
        measure(label("brier.at"), [score for score, _ in briers], catalogue, DECIMALS, remarks),
    ]


def _greenwood(calibration: SurvivalCalibration | NotEstimable | None, catalogue: Catalogue) -> Cell:
    if calibration is None:
        return NO_CELL
    if isinstance(calibration, NotEstimable):
        return Cell(catalogue.render(calibration.message), is_number=False)
    test = calibration.greenwood_nam_d_agostino
    if isinstance(test, NotEstimable):
        return Cell(catalogue.render(test.message), is_number=False)
    remark = catalogue.text(
        "evaluate.chi_square", value=number_text(test.chi_square, 2), df=test.degrees_of_freedom
    )
    return Cell(p_text(test.p_value, catalogue), (remark,), flag_texts(test.flags, catalogue))


def _errors_at(at: AtHorizon | None, catalogue: Catalogue) -> Cell:
    return NO_CELL if at is None else _errors(at.smooth, catalogue)


def _brier_at(
    model: TimesEvaluation, horizon: float
) -> tuple[Estimate | NotEstimable | None, Estimate | NotEstimable | None]:
    """The score at a horizon, and that of Kaplan–Meier."""
    if model.brier is None or horizon not in model.brier.times:
        return None, None
    place = model.brier.times.index(horizon)
    return model.brier.predicted[place], model.brier.reference[place]


def _reference(value: Estimate | NotEstimable | None, catalogue: Catalogue) -> tuple[str, ...]:
    if not isinstance(value, Estimate):
        return ()
    return (catalogue.text("evaluate.brier.reference", value=number_text(value.value, DECIMALS)),)

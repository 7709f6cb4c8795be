"""The evaluation of a table of predictions: every model in every cohort, cohorts apart, thresholds locked.

What is computed follows the evaluation reports of the published studies; nothing is pooled over cohorts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from inference.errors import InputError
from inference.evaluation.classes import ClassesEvaluation, evaluate_classes
from inference.evaluation.comparison import Comparison, compare_models
from inference.evaluation.predictions import Kind, Predictions
from inference.evaluation.threshold import Threshold, thresholds_of
from inference.evaluation.times import TimesEvaluation, evaluate_times
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.statistics.cautions import Caution, judge_cut, judge_events, judge_folds, judge_tests
from inference.statistics.comparisons.table_one import TableOne, table_one
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from inference.statistics.survival.kaplan_meier import follow_up_median

STAGE: Final = "stage.evaluating"


@dataclass(frozen=True, slots=True)
class CohortFlow:
    """Who is in a cohort.  ``events`` are the positives of kind binary; ``follow_up`` is for kind survival.

    ``follow_up`` is the median of the reverse Kaplan–Meier curve, in the unit of the times; ``slices`` is
    None where the table has one row for each patient.
    """

    patients: int
    slices: int | None
    events: int
    follow_up: Estimate | NotEstimable | None


@dataclass(frozen=True, slots=True)
class CohortEvaluation:
    """One cohort: its flow, each model by the kind of the table, the models compared, and cautions."""

    name: str
    flow: CohortFlow
    classes: tuple[ClassesEvaluation, ...]
    times: tuple[TimesEvaluation, ...]
    comparisons: tuple[Comparison, ...]
    cautions: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that the report shows; ``predictions`` has one row for each patient.

    ``horizons`` and the times are in ``time_unit``, as the user named it.  ``table_one`` describes the
    cohorts, None where the table has no further columns.
    """

    kind: Kind
    predictions: Predictions
    horizons: tuple[float, ...]
    time_unit: str
    thresholds: dict[str, Threshold | None]
    cohorts: tuple[CohortEvaluation, ...]
    table_one: TableOne | None
    seed: int

    @property
    def is_synthetic(self) -> bool:
        """True where any row says that nobody stands behind it."""
        return self.predictions.is_synthetic


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """What the user may set: thresholds, further horizons, the unit of times, the seed of resampling."""

    threshold: float | Mapping[str, float] | None = None
    horizons: tuple[float, ...] = ()
    time_unit: str = ""
    seed: int = 0


def evaluate(
    table: Predictions,
    options: EvaluationOptions,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> Evaluation:
    """Evaluate every model in every cohort.

    Horizons are those given and those for which survival is predicted.  Where rows are slices, everything but
    the AUC of slices is computed for patients, each with the mean of its slices.

    Raises
    ------
    InputError
        When a threshold is named for no model, or a horizon is not above 0.
    Cancelled
        When asked to stop.
    """
    predictions = table.by_patient()
    thresholds = thresholds_of(predictions, options.threshold)
    horizons = _horizons(predictions, options.horizons)
    names = predictions.cohort_names()
    cohorts = []
    for done, name in enumerate(names):
        stop_if_asked(should_stop)
        on_progress(Progress(done, len(names), STAGE))
        cohorts.append(_cohort(table, predictions, name, horizons, thresholds, options.seed))
    on_progress(Progress(len(names), len(names), STAGE))
    return Evaluation(
        predictions.kind,
        predictions,
        horizons,
        options.time_unit,
        thresholds,
        tuple(cohorts),
        _table_one(predictions),
        options.seed,
    )


def _table_one(predictions: Predictions) -> TableOne | None:
    if not predictions.covariates:
        return None
    cohorts = [str(name) for name in predictions.cohorts]
    return table_one(predictions.covariates, cohorts, group_order=predictions.cohort_names())


def _horizons(predictions: Predictions, given: tuple[float, ...]) -> tuple[float, ...]:
    if any(horizon <= 0 for horizon in given):
        raise InputError("evaluate.horizon_not_positive")
    if predictions.kind == "binary":
        return ()
    predicted = {horizon for model in predictions.models for horizon in model.survival}
    return tuple(sorted({*given, *predicted}))


def _cohort(
    table: Predictions,
    predictions: Predictions,
    name: str,
    horizons: tuple[float, ...],
    thresholds: dict[str, Threshold | None],
    seed: int,
) -> CohortEvaluation:
    flow = _flow(table, predictions, name)
    classes: tuple[ClassesEvaluation, ...] = ()
    times: tuple[TimesEvaluation, ...] = ()
    if predictions.kind == "binary":
        classes = tuple(
            evaluate_classes(table, predictions, model, name, thresholds[model.name], seed)
            for model in predictions.models
        )
    else:
        times = tuple(
            evaluate_times(predictions, model, name, horizons, thresholds[model.name])
            for model in predictions.models
        )
    comparisons = compare_models(predictions, name)
    return CohortEvaluation(
        name, flow, classes, times, comparisons, _cautions(predictions, name, flow, comparisons, thresholds)
    )


def _flow(table: Predictions, predictions: Predictions, name: str) -> CohortFlow:
    rows = predictions.rows_of(name)
    slices = int(table.rows_of(name).sum()) if table.has_slices else None
    if predictions.outcome is not None:
        return CohortFlow(int(rows.sum()), slices, int(predictions.outcome[rows].sum()), None)
    data = predictions.times(name)
    return CohortFlow(len(data), None, int(data.event.sum()), follow_up_median(data))


def _cautions(
    predictions: Predictions,
    name: str,
    flow: CohortFlow,
    comparisons: tuple[Comparison, ...],
    thresholds: dict[str, Threshold | None],
) -> tuple[Caution, ...]:
    rarer = min(flow.events, flow.patients - flow.events) if predictions.kind == "binary" else flow.events
    folds = predictions.folds[predictions.rows_of(name)]
    cuts = [judge_cut(one.value, one.origin_for(name)) for one in thresholds.values() if one is not None]
    found = [
        judge_events(rarer, 1),
        judge_folds(len(np.unique(folds[folds != ""]))),
        judge_tests(len(comparisons)),
        next((cut for cut in cuts if cut is not None), None),
    ]
    return tuple(caution for caution in found if caution is not None)

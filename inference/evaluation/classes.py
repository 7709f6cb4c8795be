"""How well scores tell two classes apart, in one cohort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from inference.evaluation.predictions import TRAINING, Model, Predictions
from inference.evaluation.threshold import Threshold
from inference.statistics.calibration.binary_curve import binary_calibration_groups
from inference.statistics.calibration.brier import BrierScore, brier_score
from inference.statistics.calibration.groups import CalibrationGroup
from inference.statistics.calibration.hosmer_lemeshow import HosmerLemeshow, hosmer_lemeshow
from inference.statistics.calibration.logistic_recalibration import (
    LogisticRecalibration,
    logistic_recalibration,
)
from inference.statistics.calibration.smooth import SmoothCalibration, smooth_calibration
from inference.statistics.discrimination.against_half import AgainstHalf, against_half
from inference.statistics.discrimination.area import area_under_curve
from inference.statistics.discrimination.classification import ConfusionMatrix, confusion_matrix
from inference.statistics.discrimination.cluster_auc import cluster_auc
from inference.statistics.discrimination.fold_auc import FoldAucs, fold_aucs
from inference.statistics.discrimination.precision_recall import PrecisionRecallCurve, precision_recall_curve
from inference.statistics.discrimination.roc import RocCurve, roc_curve
from inference.statistics.discrimination.roc_band import RocBand, roc_band
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import NotEstimable
from inference.statistics.utility.decision_curve import DecisionCurve, decision_curve

DECISION_THRESHOLDS: Final = tuple(round(0.01 * percent, 2) for percent in range(1, 100))
_MOST_GROUPS: Final = 10
_EXPECTED_IN_A_GROUP: Final = 10


@dataclass(frozen=True, slots=True)
class ClassCalibration:
    """Whether predicted probabilities come true."""

    groups: tuple[CalibrationGroup, ...] | NotEstimable
    smooth: SmoothCalibration | NotEstimable
    recalibration: LogisticRecalibration
    hosmer_lemeshow: HosmerLemeshow | NotEstimable
    brier: BrierScore | NotEstimable


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """Counts and rates at the locked threshold; a score ≥ it is called positive."""

    threshold: Threshold
    matrix: ConfusionMatrix


@dataclass(frozen=True, slots=True, eq=False)
class ClassesEvaluation:
    """One model in one cohort; ``data`` are its patients, for the drawings and never for a file.

    ``slice_auc`` is there where the table has a row for each slice, ``folds`` where scores are out of fold;
    ``calibration`` and ``decision`` need probabilities.
    """

    model: str
    data: ClassData
    auc: Estimate | NotEstimable
    against_half: AgainstHalf | NotEstimable
    slice_auc: Estimate | NotEstimable | None
    folds: FoldAucs | None
    roc: RocCurve | NotEstimable
    roc_band: RocBand | NotEstimable
    precision_recall: PrecisionRecallCurve | NotEstimable
    at_threshold: AtThreshold | None
    calibration: ClassCalibration | None
    decision: DecisionCurve | None


def evaluate_classes(
    table: Predictions,
    predictions: Predictions,
    model: Model,
    cohort: str,
    threshold: Threshold | None,
    seed: int,
) -> ClassesEvaluation:
    """Evaluate one model in one cohort; ``table`` may have slices, ``predictions`` is the table by patient.

    In the training cohort the Hosmer–Lemeshow test counts the model as fitted there.  Bands are resampled
    with ``seed``.
    """
    rows = predictions.rows_of(cohort)
    data = predictions.classes(model, cohort)
    folds = tuple(str(fold) for fold in predictions.folds[rows])
    out_of_fold = any(folds)
    return ClassesEvaluation(
        model.name,
        data,
        area_under_curve(data, out_of_fold=out_of_fold, seed=seed),
        against_half(data),
        _slice_auc(table, model.name, cohort) if table.has_slices else None,
        fold_aucs(data, folds) if out_of_fold else None,
        roc_curve(data),
        roc_band(data, generator=np.random.default_rng(seed)),
        precision_recall_curve(data),
        None if threshold is None else AtThreshold(threshold, confusion_matrix(data, threshold.value)),
        _calibration(data, cohort == TRAINING, seed) if model.is_probability else None,
        decision_curve(data.scores, data.is_positive, DECISION_THRESHOLDS) if model.is_probability else None,
    )


def _slice_auc(table: Predictions, name: str, cohort: str) -> Estimate | NotEstimable:
    model = next(one for one in table.models if one.name == name)
    patients = np.array(table.patients)[table.rows_of(cohort)]
    return cluster_auc(table.classes(model, cohort), patients.tolist())


def _calibration(data: ClassData, was_fitted_here: bool, seed: int) -> ClassCalibration:
    groups = min(_MOST_GROUPS, max(2, len(data) // _EXPECTED_IN_A_GROUP))
    return ClassCalibration(
        binary_calibration_groups(data, groups=groups),
        smooth_calibration(data, generator=np.random.default_rng(seed)),
        logistic_recalibration(data),
        hosmer_lemeshow(data, was_fitted_here=was_fitted_here),
        brier_score(data),
    )

"""One model in one cohort of classes, as plain values."""

from __future__ import annotations

from inference.evaluation.classes import AtThreshold, ClassCalibration, ClassesEvaluation
from inference.statistics.calibration.brier import BrierScore
from inference.statistics.calibration.hosmer_lemeshow import HosmerLemeshow
from inference.statistics.discrimination.against_half import AgainstHalf
from inference.statistics.discrimination.fold_auc import FoldAucs
from inference.statistics.discrimination.precision_recall import PrecisionRecallCurve
from inference.statistics.discrimination.roc_band import RocBand
from inference.statistics.reasons import NotEstimable
from reports.evaluation.json_values import decision_json, errors_json, groups_json, numbers, p_value
from reports.json_document import Json, not_estimable, number


def classes_json(model: ClassesEvaluation) -> Json:
    """Everything but the curves whose steps are patients."""
    return {
        "model": model.model,
        "auc": number(model.auc),
        "auc_against_half": _against_half(model.against_half),
        "auc_of_slices": None if model.slice_auc is None else number(model.slice_auc),
        "auc_within_folds": None if model.folds is None else _folds(model.folds),
        "roc_band": _band(model.roc_band),
        "average_precision": _average_precision(model.precision_recall),
        "at_threshold": None if model.at_threshold is None else _at_threshold(model.at_threshold),
        "calibration": None if model.calibration is None else _calibration(model.calibration),
        "decision_curve": None if model.decision is None else decision_json(model.decision),
    }


def _against_half(test: AgainstHalf | NotEstimable) -> Json:
    if isinstance(test, NotEstimable):
        return not_estimable(test)
    return {"method": test.method, "z": test.z, "p_value": test.p_value}


def _folds(folds: FoldAucs) -> Json:
    return {
        "folds": [
            {"fold": str(fold), "auc": number(area)}
            for fold, area in zip(folds.folds, folds.areas, strict=True)
        ],
        "mean": number(folds.mean),
        "standard_deviation": folds.spread,
    }


def _band(band: RocBand | NotEstimable) -> Json:
    if isinstance(band, NotEstimable):
        return not_estimable(band)
    return {
        "level": band.level,
        "specificity": numbers(band.specificity),
        "sensitivity_lower": numbers(band.lower),
        "sensitivity_upper": numbers(band.upper),
    }


def _average_precision(curve: PrecisionRecallCurve | NotEstimable) -> Json:
    if isinstance(curve, NotEstimable):
        return not_estimable(curve)
    return {**number(curve.average_precision), "prevalence": curve.prevalence}


def _at_threshold(at: AtThreshold) -> Json:
    matrix = at.matrix
    return {
        "threshold": at.threshold.value,
        "true_positives": matrix.true_positives,
        "false_positives": matrix.false_positives,
        "false_negatives": matrix.false_negatives,
        "true_negatives": matrix.true_negatives,
        "sensitivity": number(matrix.sensitivity),
        "specificity": number(matrix.specificity),
        "ppv": number(matrix.ppv),
        "npv": number(matrix.npv),
        "accuracy": number(matrix.accuracy),
        "f1": number(matrix.f1),
    }


def _calibration(calibration: ClassCalibration) -> Json:
    groups, again = calibration.groups, calibration.recalibration
    return {
        "groups": not_estimable(groups) if isinstance(groups, NotEstimable) else groups_json(groups),
        "in_the_large": number(again.in_the_large),
        "intercept": number(again.intercept),
        "slope": number(again.slope),
        "errors": errors_json(calibration.smooth),
        "hosmer_lemeshow": _hosmer_lemeshow(calibration.hosmer_lemeshow),
        **_brier(calibration.brier),
    }


def _hosmer_lemeshow(test: HosmerLemeshow | NotEstimable) -> Json:
    if isinstance(test, NotEstimable):
        return not_estimable(test)
    return {
        "groups": [
            {"patients": int(count), "observed": int(observed), "expected": float(expected)}
            for count, observed, expected in zip(test.count, test.observed, test.expected, strict=True)
        ],
        "chi_square": p_value(test.chi_square),
        "degrees_of_freedom": test.degrees_of_freedom,
        "p_value": p_value(test.p_value),
        "nominal_p_value": p_value(test.nominal_p_value),
    }


def _brier(brier: BrierScore | NotEstimable) -> Json:
    if isinstance(brier, NotEstimable):
        return dict.fromkeys(("brier", "scaled_brier", "log_loss"), not_estimable(brier))
    return {
        "brier": number(brier.brier),
        "scaled_brier": number(brier.scaled),
        "log_loss": number(brier.log_loss),
    }

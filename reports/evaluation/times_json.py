"""One model in one cohort of times, as plain values."""

from __future__ import annotations

from inference.evaluation.times import AtHorizon, RiskGroup, RiskGroups, TimesEvaluation
from inference.statistics.calibration.survival_brier import SurvivalBrier
from inference.statistics.calibration.survival_calibration import GreenwoodNamDAgostino, SurvivalCalibration
from inference.statistics.discrimination.time_dependent_auc import TimeDependentAuc
from inference.statistics.reasons import NotEstimable
from inference.statistics.survival.logrank import LogRank
from reports.evaluation.json_values import decision_json, errors_json, groups_json
from reports.json_document import Json, not_estimable, number


def times_json(model: TimesEvaluation) -> Json:
    """Everything but the curves whose steps are patients."""
    whole = model.integrated_brier
    return {
        "model": model.model,
        "c_index": number(model.c_index),
        "uno_c_index": number(model.uno_c_index),
        "slope": number(model.slope),
        "auc_at_horizons": _auc(model.auc),
        "integrated_auc": number(model.integrated_auc),
        "brier_at_horizons": None if model.brier is None else _brier(model.brier),
        "integrated_brier": None if whole is None else number(whole),
        "at_horizons": [_at_horizon(each) for each in model.at_horizons],
        "risk_groups": None if model.risk_groups is None else _risk_groups(model.risk_groups),
    }


def _auc(auc: TimeDependentAuc) -> list[Json]:
    rows = zip(auc.times, auc.estimates, auc.cases, auc.controls, auc.censored, strict=True)
    return [
        {"horizon": time, "auc": number(value), "cases": cases, "controls": controls, "censored": censored}
        for time, value, cases, controls, censored in rows
    ]


def _brier(brier: SurvivalBrier) -> list[Json]:
    rows = zip(brier.times, brier.predicted, brier.reference, brier.scaled, strict=True)
    return [
        {"horizon": time, "brier": number(one), "of_kaplan_meier": number(other), "scaled": number(scaled)}
        for time, one, other, scaled in rows
    ]


def _at_horizon(at: AtHorizon) -> Json:
    calibration = at.calibration
    return {
        "horizon": at.horizon,
        "calibration": not_estimable(calibration)
        if isinstance(calibration, NotEstimable)
        else _calibration(calibration),
        "errors": errors_json(at.smooth),
        "decision_curve": decision_json(at.decision),
    }


def _calibration(calibration: SurvivalCalibration) -> Json:
    return {
        "groups": groups_json(calibration.groups),
        "mean_predicted_survival": calibration.mean_predicted,
        "observed_survival": number(calibration.observed),
        "observed_to_expected": number(calibration.observed_to_expected),
        "in_the_large": number(calibration.in_the_large),
        "greenwood_nam_d_agostino": _test(calibration.greenwood_nam_d_agostino),
    }


def _test(test: GreenwoodNamDAgostino | NotEstimable) -> Json:
    if isinstance(test, NotEstimable):
        return not_estimable(test)
    return {
        "chi_square": test.chi_square,
        "degrees_of_freedom": test.degrees_of_freedom,
        "p_value": test.p_value,
        "flags": list(test.flags),
    }


def _risk_groups(groups: RiskGroups) -> Json:
    return {
        "threshold": groups.threshold.value,
        "restricted_to": groups.tau,
        "groups": [_group(each) for each in groups.groups],
        "logrank": _logrank(groups.logrank),
        "hazard_ratio_high_to_low": number(groups.hazard_ratio),
    }


def _group(group: RiskGroup) -> Json:
    return {
        "name": group.name,
        "patients": group.count,
        "events": group.events,
        "median": None if group.curve is None else number(group.curve.median),
        "restricted_mean": number(group.restricted_mean),
    }


def _logrank(test: LogRank | NotEstimable) -> Json:
    if isinstance(test, NotEstimable):
        return not_estimable(test)
    return {
        "chi_square": test.chi_square,
        "degrees_of_freedom": test.degrees_of_freedom,
        "p_value": test.p_value,
        "flags": list(test.flags),
    }

"""Numbers as plain values for JSON: finite, or the code of the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from inference.statistics.calibration.groups import CalibrationGroup
from inference.statistics.calibration.smooth import SmoothCalibration
from inference.statistics.outcomes import Floats
from inference.statistics.reasons import NotEstimable
from inference.statistics.utility.decision_curve import DecisionCurve
from reports.json_document import Json, not_estimable, number


def p_value(value: float | NotEstimable) -> float | Json:
    """A bare number, or the reason."""
    return not_estimable(value) if isinstance(value, NotEstimable) else float(value)


def numbers(values: Floats) -> list[float]:
    """An array as a list."""
    return [float(value) for value in values]


def groups_json(groups: Sequence[CalibrationGroup]) -> list[Json]:
    """Groups of a calibration: how many, what was predicted, what was observed."""
    return [
        {"patients": each.count, "predicted": each.predicted, "observed": number(each.observed)}
        for each in groups
    ]


def errors_json(smooth: SmoothCalibration | NotEstimable) -> Json:
    """How far the smoothed curve lies from the predictions, over the patients."""
    if isinstance(smooth, NotEstimable):
        return not_estimable(smooth)
    errors = smooth.errors
    return {"ici": errors.ici, "e50": errors.e50, "e90": errors.e90, "e_max": errors.e_max}


def decision_json(curve: DecisionCurve) -> Json:
    """Net benefit on its grid of thresholds."""
    return {
        "thresholds": numbers(curve.thresholds),
        "net_benefit": numbers(curve.net_benefit),
        "treat_all": numbers(curve.treat_all),
        "is_extrapolated": [bool(one) for one in curve.is_extrapolated],
    }

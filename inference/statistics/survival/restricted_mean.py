"""Restricted mean survival time: the area under the Kaplan–Meier curve up to a horizon."""

from __future__ import annotations

import math

import numpy as np

from inference.statistics.estimate import LEVEL, Estimate, wald
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import DataError, Fault
from inference.statistics.survival.kaplan_meier import kaplan_meier


def restricted_mean(data: SurvivalData, tau: float, *, level: float = LEVEL) -> Estimate:
    """Mean time until the event or ``tau`` (> 0), in the unit of the times, with Wald limits.

    The variance is Greenwood's: the sum over event times t of A(t)² · d / (n (n − d)), A(t) being the area
    under the curve from t to tau.  Where follow-up ends before tau with survivors, the curve is carried on
    and the estimate is flagged ``extrapolated``; with no event before tau there are no limits.

    Source: Klein and Moeschberger, Survival Analysis, 2nd ed., 2003, §4.5; the numbers are those of
    ``summary(survfit(…), rmean=tau)`` of R.
    """
    if not (math.isfinite(tau) and tau > 0):
        raise DataError(Fault.OUT_OF_RANGE, field="tau", row=1, allowed="tau > 0")
    curve = kaplan_meier(data, level=level)
    seen = curve.table.time <= tau
    time, survival = curve.table.time[seen], curve.survival[seen]
    at_risk, events = curve.table.at_risk[seen], curve.table.events[seen]
    areas = np.diff(np.concatenate([[0.0], time, [tau]])) * np.concatenate([[1.0], survival])
    remaining = np.cumsum(areas[:0:-1])[::-1]
    staying = at_risk - events
    hazard_variance = np.divide(events, at_risk * staying, out=np.zeros(len(events)), where=staying > 0)
    error = math.sqrt(float(np.sum(remaining**2 * hazard_variance)))
    value = float(areas.sum())
    ends_early = curve.table.time[-1] < tau and curve.survival[-1] > 0
    flags = ("extrapolated",) if ends_early else ()
    if error == 0:
        return Estimate(value, error, level=level, flags=flags)
    estimate = wald(value, error, level=level)
    return Estimate(value, error, estimate.lower, estimate.upper, level, estimate.method, flags)

"""The 95 % interval of a Cox model's predicted survival, at the times for which its pack says enough."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference.packs.fitted import LinearModel
from inference.statistics.survival.bands import survival_band


@dataclass(frozen=True, slots=True)
class SurvivalInterval:
    """95 % limits of the probability to be free of the event at one time."""

    time_months: float
    low: float
    high: float


def survival_intervals(
    model: LinearModel, terms: Sequence[float], score: float
) -> tuple[SurvivalInterval, ...]:
    """Pointwise, for a patient with these ``terms`` and the ``score`` that they make; none without numbers.

    On the scale log(−log S), as R's ``conf.type = "log-log"``: there the coefficients act by addition, the
    limits stay between 0 and 1, and for the few patients of a study they hold their level better than
    limits about S or log S.  Source: Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data,
    2nd ed., 2002, §1.4.  Where S is 0 or 1 in the machine's numbers there is no interval.

    The interval covers the coefficients and the baseline of the Cox model; it takes the scores in its terms
    as they are.
    """
    unsure = model.uncertainty
    if unsure is None:
        return ()
    covariance = np.array(unsure.covariance)
    baseline = {point.time_months: point.survival for point in model.baseline}
    found = []
    for one in unsure.times:
        away = np.array(terms) - np.array(one.mean_terms)
        error = math.sqrt(one.log_hazard_variance + max(float(away @ covariance @ away), 0.0))
        hazard = -math.log(baseline[one.time_months]) * math.exp(min(score, 700.0))
        limits = survival_band(np.exp([-hazard]), np.array([hazard * error]), "log-log")
        low, high = (float(limit[0]) for limit in limits)
        if math.isfinite(low) and math.isfinite(high):
            found.append(SurvivalInterval(one.time_months, low, high))
    return tuple(found)

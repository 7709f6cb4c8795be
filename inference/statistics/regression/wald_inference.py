"""One coefficient of a fit with its standard error: interval, ratio and test by Wald."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from inference.statistics.estimate import LEVEL, Estimate, normal_quantile, wald
from inference.statistics.reasons import NotEstimable, Reason


def wald_coefficient(value: float, error: float, flags: tuple[str, ...], *, level: float = LEVEL) -> Estimate:
    """The coefficient, on the scale of the linear predictor, with its interval."""
    return replace(wald(value, error, level=level), flags=flags)


def wald_ratio(
    value: float, error: float, flags: tuple[str, ...], *, level: float = LEVEL
) -> Estimate | NotEstimable:
    """exp(coefficient) with the interval made on the log scale.

    There is no standard error: it belongs to the logarithm.  Not estimable when a number is too large for the
    machine: then the column wants another unit.
    """
    reach = normal_quantile(level) * error
    if value + reach > math.log(np.finfo(np.float64).max):
        return NotEstimable(Reason.TOO_LARGE)
    limits = math.exp(value - reach), math.exp(value + reach)
    return Estimate(math.exp(value), None, *limits, level, "log", flags)


def wald_p_value(value: float, error: float) -> float:
    """Two-sided test of the coefficient against 0."""
    return float(2 * ndtr(-abs(value / error)))

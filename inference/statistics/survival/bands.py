"""Pointwise confidence bands of a survival curve, on the three scales in use."""

from __future__ import annotations

from typing import Literal

import numpy as np

from inference.statistics.estimate import LEVEL, normal_quantile
from inference.statistics.outcomes import Floats

Band = Literal["log", "log-log", "plain"]
"""The scale on which the limits are symmetric: log S, log(−log S), or S itself."""


def survival_band(
    survival: Floats, log_error: Floats, band: Band, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """Lower and upper limits of ``survival`` (k,), within [0, 1]; NaN stands for no limit.

    ``log_error`` (k,) is the standard error of log S: the square root of Greenwood's sum.  There is no
    limit where S is 0, and none on the log(−log) scale where S is 1.

    Source: Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 2nd ed., 2002, §1.4;
    Borgan and Liestøl, Scand J Stat 1990; 17: 35–41.  The limits are those of R's ``survfit_confint``.
    """
    lower, upper = np.full(survival.shape, np.nan), np.full(survival.shape, np.nan)
    inside = (survival > 0) & ((survival < 1) | (band != "log-log"))
    value, reach = survival[inside], normal_quantile(level) * log_error[inside]
    if band == "plain":
        lower[inside] = np.maximum(value - value * reach, 0.0)
        upper[inside] = np.minimum(value + value * reach, 1.0)
    elif band == "log":
        lower[inside] = value * np.exp(-reach)
        upper[inside] = np.minimum(value * np.exp(reach), 1.0)
    else:
        logarithm = np.log(value)
        lower[inside] = np.exp(logarithm * np.exp(-reach / logarithm))
        upper[inside] = np.exp(logarithm * np.exp(reach / logarithm))
    return lower, upper

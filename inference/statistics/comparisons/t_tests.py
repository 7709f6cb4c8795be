"""Do two groups differ in their mean: Welch's and Student's t-test of independent samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from inference.statistics.estimate import LEVEL, Estimate
from inference.statistics.outcomes import finite_column
from inference.statistics.reasons import NotEstimable, Reason

_ROUNDING: Final = 10 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class TTest:
    """t, its degrees of freedom, the two-sided P, and the mean of the first group less the second's."""

    statistic: float
    degrees_of_freedom: float
    p_value: float
    difference: Estimate


def t_test(
    first: ArrayLike, second: ArrayLike, *, equal_variances: bool = False, level: float = LEVEL
) -> TTest | NotEstimable:
    """Compare the means of values (n,) and (m,).

    Welch's test by default, which lets the variances differ; Student's, with one pooled variance, where
    ``equal_variances``.  Each group needs two values for Welch; Student needs three in all.  Not
    estimable where the standard error is 0 up to rounding.

    Source: Student, Biometrika 1908; 6: 1–25; Welch, Biometrika 1947; 34: 28–35.
    """
    x, y = finite_column(first, "first group"), finite_column(second, "second group")
    n, m = len(x), len(y)
    if not n or not m:
        return NotEstimable(Reason.EMPTY_GROUP)
    if n + m < 3 or (not equal_variances and min(n, m) < 2):
        return NotEstimable(Reason.TOO_FEW_ROWS)
    squares_x, squares_y = (float(((values - values.mean()) ** 2).sum()) for values in (x, y))
    if equal_variances:
        freedom = float(n + m - 2)
        error = math.sqrt((squares_x + squares_y) / freedom * (1 / n + 1 / m))
    else:
        of_x, of_y = squares_x / (n - 1) / n, squares_y / (m - 1) / m
        error = math.sqrt(of_x + of_y)
        if error:
            freedom = (of_x + of_y) ** 2 / (of_x**2 / (n - 1) + of_y**2 / (m - 1))
    if error <= _ROUNDING * max(abs(float(x.mean())), abs(float(y.mean()))):
        return NotEstimable(Reason.NO_VARIANCE)
    difference = float(x.mean() - y.mean())
    statistic = difference / error
    reach = float(stdtrit(freedom, 0.5 + level / 2)) * error
    estimate = Estimate(difference, error, difference - reach, difference + reach, level, "student_t")
    return TTest(statistic, freedom, 2 * float(stdtr(freedom, -abs(statistic))), estimate)

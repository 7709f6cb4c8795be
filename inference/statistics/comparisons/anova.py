"""Do several groups differ in their mean: one-way analysis of variance, by Welch and by Fisher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc

from inference.statistics.outcomes import finite_column
from inference.statistics.reasons import NotEstimable, Reason

_ROUNDING: Final = 10 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class Anova:
    """The variance ratio, its degrees of freedom and upper tail."""

    statistic: float
    numerator_freedom: float
    denominator_freedom: float
    p_value: float


def one_way_anova(groups: Sequence[ArrayLike], *, equal_variances: bool = False) -> Anova | NotEstimable:
    """Compare the means of two or more ``groups`` of values, at least two values each.

    Welch's test by default, which lets the variances differ; the classical F where ``equal_variances``.
    With two groups they are the squares of the t-tests.  Not estimable where a group (any, for Welch; all,
    for F) does not vary.

    Source: Welch, Biometrika 1951; 38: 330–336; Fisher, Statistical Methods for Research Workers, 1925.
    """
    samples = [finite_column(values, f"group {i}") for i, values in enumerate(groups, start=1)]
    if len(samples) < 2:
        return NotEstimable(Reason.ONE_GROUP)
    if not all(len(sample) for sample in samples):
        return NotEstimable(Reason.EMPTY_GROUP)
    count = np.array([len(sample) for sample in samples], dtype=np.float64)
    if count.min() < 2:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    mean = np.array([sample.mean() for sample in samples])
    variance = np.array([sample.var(ddof=1) for sample in samples])
    constant = variance <= (_ROUNDING * np.abs(mean)) ** 2
    if constant.all() if equal_variances else constant.any():
        return NotEstimable(Reason.NO_VARIANCE)
    k, n = len(samples), count.sum()
    if equal_variances:
        within = float(((count - 1) * variance).sum() / (n - k))
        grand = float((count * mean).sum() / n)
        statistic = float((count * (mean - grand) ** 2).sum() / (k - 1)) / within
        freedom = float(n - k)
    else:
        weight = count / variance
        share = weight / weight.sum()
        centre = float((share * mean).sum())
        lost = float(((1 - share) ** 2 / (count - 1)).sum()) / (k**2 - 1)
        between = float((weight * (mean - centre) ** 2).sum()) / (k - 1)
        statistic, freedom = between / (1 + 2 * (k - 2) * lost), 1 / (3 * lost)
    return Anova(statistic, k - 1, freedom, float(fdtrc(k - 1, freedom, statistic)))

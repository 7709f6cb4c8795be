"""Might values come from a normal distribution: the Shapiro–Wilk test, for choosing how to describe them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from numpy.typing import ArrayLike

from inference.statistics.outcomes import finite_column
from inference.statistics.reasons import NotEstimable, Reason

LARGEST_SAMPLE: Final = 5000
"""Royston's approximation of the distribution of W was made for 3 to 5000 values."""


@dataclass(frozen=True, slots=True)
class ShapiroWilk:
    """W, near 1 for normal values, and P of the normal hypothesis."""

    statistic: float
    p_value: float


def shapiro_wilk(values: ArrayLike) -> ShapiroWilk | NotEstimable:
    """Test ``values`` (n,), 3 ≤ n ≤ 5000 and not all equal.

    Source: Shapiro and Wilk, Biometrika 1965; 52: 591–611; Royston, Appl Stat 1995; 44: 547–551.
    """
    from scipy.stats import shapiro

    sample = finite_column(values, "value")
    if len(sample) < 3:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    if len(sample) > LARGEST_SAMPLE:
        return NotEstimable(Reason.TOO_MANY_ROWS)
    if sample.min() == sample.max():
        return NotEstimable(Reason.NO_VARIANCE)
    result = shapiro(sample)
    return ShapiroWilk(float(result.statistic), float(result.pvalue))

"""What values of one group look like: mean and spread, median and quartiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.outcomes import finite_column
from inference.statistics.reasons import NotEstimable, Reason


@dataclass(frozen=True, slots=True)
class NumericSummary:
    """``count`` values; ``standard_deviation`` (n − 1) is None for a single value."""

    count: int
    mean: float
    standard_deviation: float | None
    median: float
    first_quartile: float
    third_quartile: float


def describe(values: ArrayLike) -> NumericSummary | NotEstimable:
    """Summarise ``values`` (n,), none of them missing; quartiles are of type 7, R's default.

    Source: Hyndman and Fan, Am Stat 1996; 50: 361–365.
    """
    sample = finite_column(values, "value")
    if not len(sample):
        return NotEstimable(Reason.EMPTY_GROUP)
    first, median, third = (float(quartile) for quartile in np.quantile(sample, (0.25, 0.5, 0.75)))
    spread = float(sample.std(ddof=1)) if len(sample) > 1 else None
    return NumericSummary(len(sample), float(sample.mean()), spread, median, first, third)

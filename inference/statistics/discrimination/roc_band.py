"""A band about the ROC curve: at each specificity, an interval of the sensitivity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.statistics.discrimination.delong import auc
from inference.statistics.discrimination.placements import no_area
from inference.statistics.discrimination.roc import score_counts
from inference.statistics.estimate import LEVEL
from inference.statistics.outcomes import ClassData, Floats
from inference.statistics.reasons import NotEstimable, Reason

DRAWS: Final = 2000
"""Resamples, as pROC's ``ci.se`` takes."""


@dataclass(frozen=True, slots=True, eq=False)
class RocBand:
    """``lower`` and ``upper`` limits (k,) of the sensitivity at each ``specificity`` (k,), ascending.

    Pointwise: each interval holds at its own specificity, not all of them at once.
    """

    specificity: Floats
    lower: Floats
    upper: Floats
    level: float


def roc_band(
    data: ClassData,
    *,
    generator: np.random.Generator,
    level: float = LEVEL,
    draws: int = DRAWS,
    points: int = 101,
) -> RocBand | NotEstimable:
    """Percentile limits over stratified resamples: positives and negatives are drawn apart, with replacement.

    The sensitivity of a resample at a specificity is read from its curve, straight between points, the
    highest where the curve rises.  Source: Carpenter and Bithell, Stat Med 2000; 19: 1141–1164; pROC's
    ``ci.se`` gives the same band.  Classes that do not overlap give one curve in every
    resample: not estimable.
    """
    if (reason := no_area(data)) is not None:
        return reason
    if auc(data.scores, data.is_positive).value in (0.0, 1.0):
        return NotEstimable(Reason.SEPARATION)
    counts = score_counts(data)
    false_rate = np.linspace(1.0, 0.0, points)
    read = np.empty((draws, points))
    for draw in range(draws):
        positive = _drawn_rates(counts.positives, generator)
        negative = _drawn_rates(counts.negatives, generator)
        # A hair to the right, so that rounding cannot put a point left of its own step.
        read[draw] = np.interp(false_rate + 1e-12, negative, positive)
    tail = (1 - level) / 2
    lower, upper = np.quantile(read, [tail, 1 - tail], axis=0)
    return RocBand(1 - false_rate, lower, upper, level)


def _drawn_rates(counts: NDArray[np.int64], generator: np.random.Generator) -> Floats:
    """Shares of a resample of one class at or above each score, from the highest down, after a first 0."""
    size = int(counts.sum())
    drawn = generator.multinomial(size, counts[::-1] / size)
    rates: Floats = np.concatenate([[0.0], np.cumsum(drawn) / size])
    return rates

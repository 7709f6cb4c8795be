"""Do several groups tend to different values: the Kruskal–Wallis test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from inference.statistics.comparisons.ranks import mean_ranks, tie_excess
from inference.statistics.outcomes import finite_column
from inference.statistics.reasons import NotEstimable, Reason


@dataclass(frozen=True, slots=True)
class KruskalWallis:
    """The statistic H corrected for ties, its degrees of freedom and chi-square upper tail."""

    statistic: float
    degrees_of_freedom: int
    p_value: float


def kruskal_wallis(groups: Sequence[ArrayLike]) -> KruskalWallis | NotEstimable:
    """Compare the mean ranks of two or more ``groups`` of values; equal values share their mean rank.

    Source: Kruskal and Wallis, J Am Stat Assoc 1952; 47: 583–621.
    """
    samples = [finite_column(values, f"group {i}") for i, values in enumerate(groups, start=1)]
    if len(samples) < 2:
        return NotEstimable(Reason.ONE_GROUP)
    if not all(len(sample) for sample in samples):
        return NotEstimable(Reason.EMPTY_GROUP)
    pooled = np.concatenate(samples)
    n = len(pooled)
    untied = 1 - tie_excess(pooled) / (n**3 - n)
    if untied <= 0:
        return NotEstimable(Reason.NO_VARIANCE)
    ends = np.cumsum([len(sample) for sample in samples])[:-1]
    parts = np.split(mean_ranks(pooled), ends)
    between = sum(float(part.sum()) ** 2 / len(part) for part in parts)
    statistic = max(0.0, (12 / (n * (n + 1)) * between - 3 * (n + 1)) / untied)
    freedom = len(samples) - 1
    return KruskalWallis(statistic, freedom, float(chdtrc(freedom, statistic)))

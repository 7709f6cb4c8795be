"""Ranks of values, equal ones sharing their mean rank."""

from __future__ import annotations

import numpy as np

from inference.statistics.outcomes import Floats


def mean_ranks(values: Floats) -> Floats:
    """Rank of each value (n,) from 1, ascending; equal values share the mean of their ranks."""
    _, member, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks: Floats = (last - (count - 1) / 2)[member]
    return ranks


def tie_excess(values: Floats) -> float:
    """Σ (t³ − t) over runs of t equal values: what ties take from the variance of ranks."""
    count = np.unique(values, return_counts=True)[1].astype(np.float64)
    return float((count**3 - count).sum())

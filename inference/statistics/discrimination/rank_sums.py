"""Weighted counts of how many values in a stretch of a sequence are small, for many questions at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.statistics.outcomes import Floats

Ranks = NDArray[np.int64]


def sums_below(ranks: Ranks, weights: Floats, start: Ranks, stop: Ranks, limit: Ranks) -> Floats:
    """For each question (q,): the sum of ``weights[k]`` over start ≤ k < stop with ``ranks[k] < limit``.

    ``ranks`` (n,) are integers ≥ 0, ``weights`` (n,) any; ``start``, ``stop`` in 0..n, ``limit`` ≥ 0.

    The ranks are split by their bits, highest first; a stable partition keeps every stretch contiguous, so
    a question is followed by two positions alone: O((n + q) log n), integers summed exactly below 2⁵³.
    Source: Claude, Navarro and Ordóñez, Inf Syst 2015; 47: 15–32 (the wavelet matrix).
    """
    below = np.zeros(len(limit))
    top = max(int(ranks.max(initial=0)), int(limit.max(initial=0)))
    for bit in reversed(range(top.bit_length())):
        is_low = (ranks >> bit) & 1 == 0
        low_before = _running(is_low.astype(np.int64))
        weight_before = _running(np.where(is_low, weights, 0.0))
        takes_low = (limit >> bit) & 1 == 1
        below += np.where(takes_low, weight_before[stop] - weight_before[start], 0.0)
        lows = low_before[-1]
        start, stop = (
            np.where(takes_low, lows + edge - low_before[edge], low_before[edge]) for edge in (start, stop)
        )
        ranks, weights = (np.concatenate([values[is_low], values[~is_low]]) for values in (ranks, weights))
    return below


def _running(values: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([np.zeros(1, values.dtype), np.cumsum(values)])

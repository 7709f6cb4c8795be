"""Is an AUC different from 0.5?  DeLong's z where classes are large, the permutation test where not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from inference.statistics.comparisons.mann_whitney import mann_whitney
from inference.statistics.discrimination.delong import auc, two_sided
from inference.statistics.discrimination.placements import SMALL_CLASS, by_class, no_area
from inference.statistics.discrimination.roc import ScoreCounts, score_counts
from inference.statistics.outcomes import ClassData, Floats
from inference.statistics.reasons import NotEstimable, Reason

LARGEST_WORK: Final = 2e9
"""Additions beyond which the exact distribution of the rank sum is not computed: some seconds of one core."""


@dataclass(frozen=True, slots=True)
class AgainstHalf:
    """Two-sided ``p_value`` of AUC = 0.5 by ``method``; ``z`` where the method has one."""

    method: Literal["delong", "exact_mann_whitney", "asymptotic_mann_whitney"]
    p_value: float
    z: float | None = None


def against_half(data: ClassData) -> AgainstHalf | NotEstimable:
    """Exact where a class has fewer than 10 or the classes do not overlap, by DeLong's error otherwise.

    Where a small class meets so large a one that the exact test would take too long, the rank sum is taken as
    normal, with its variance under AUC = 0.5 corrected for ties and with correction for continuity.
    """
    if (reason := no_area(data)) is not None:
        return reason
    area = auc(data.scores, data.is_positive)
    if min(area.positives, area.negatives) < SMALL_CLASS or area.value in (0.0, 1.0):
        exact = exact_mann_whitney(data)
        return _asymptotic(data) if isinstance(exact, NotEstimable) else exact
    z = (area.value - 0.5) / area.standard_error
    return AgainstHalf("delong", two_sided(z), z)


def exact_mann_whitney(data: ClassData) -> AgainstHalf | NotEstimable:
    """The permutation test of the pairs won: all ways to deal the classes out to the scores, ties included.

    P is twice the smaller tail, at most 1, as ``wilcox.test(exact = TRUE)`` has it where nothing ties.  Not
    estimable where there would be too many states.  Source: Mann and Whitney, Ann Math Stat 1947; 18: 50–60.
    """
    if (reason := no_area(data)) is not None:
        return reason
    counts = _smaller_first(score_counts(data))
    few, many = int(counts.positives.sum()), int(counts.negatives.sum())
    won = round(auc(data.scores, data.is_positive).value * 2 * few * many)
    if won in (0, 2 * few * many):
        p = 2 * math.exp(-_log_ways(few + many, few))
        return AgainstHalf("exact_mann_whitney", min(1.0, p))
    if _work(counts) > LARGEST_WORK:
        return NotEstimable(Reason.TOO_MANY_ARRANGEMENTS)
    chances = half_win_chances(counts)
    tails = chances[: won + 1].sum(), chances[won:].sum()
    return AgainstHalf("exact_mann_whitney", min(1.0, 2 * float(min(tails))))


def half_win_chances(counts: ScoreCounts) -> Floats:
    """Chances of 0, 1, … 2mn half wins of the positives when the classes are dealt out at random.

    Going up through the scores, the positives among the t at one score are hypergeometric given those below.
    """
    from scipy.special import binom

    at, positives = counts.positives + counts.negatives, int(counts.positives.sum())
    left = int(at.sum())
    state = np.zeros((positives + 1, 2 * positives * (left - positives) + 1))
    state[0, 0] = 1.0
    passed = 0
    for size in at.tolist():
        dealt = np.zeros_like(state)
        for before in range(max(0, positives - left), min(passed, positives) + 1):
            owed, below = positives - before, passed - before
            for here in range(max(0, owed - (left - size)), min(size, owed) + 1):
                chance = binom(size, here) * binom(left - size, owed - here) / binom(left, owed)
                gain = here * (2 * below + size - here)
                dealt[before + here, gain:] += chance * state[before, : state.shape[1] - gain]
        state, left, passed = dealt, left - size, passed + size
    chances: Floats = state[positives]
    return chances


def _asymptotic(data: ClassData) -> AgainstHalf | NotEstimable:
    test = mann_whitney(*by_class(data), method="asymptotic")
    if isinstance(test, NotEstimable):
        return test
    return AgainstHalf("asymptotic_mann_whitney", test.p_value)


def _smaller_first(counts: ScoreCounts) -> ScoreCounts:
    """The same pairs with the smaller class as the positives: negated scores, classes exchanged."""
    if counts.positives.sum() <= counts.negatives.sum():
        return counts
    return ScoreCounts(-counts.scores[::-1], counts.negatives[::-1], counts.positives[::-1])


def _work(counts: ScoreCounts) -> float:
    positives, negatives = float(counts.positives.sum()), float(counts.negatives.sum())
    shares = np.minimum(counts.positives + counts.negatives, positives) + 1
    return 2 * positives * negatives * positives * float(shares.sum())


def _log_ways(total: int, chosen: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)

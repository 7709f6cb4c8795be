"""Placement values: where each score of one class stands among the scores of the other."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.outcomes import ClassData, Floats
from inference.statistics.reasons import NotEstimable, Reason

LEAST_ROWS: Final = 3
"""Two patients make one pair, and one pair says nothing of a score."""

SMALL_CLASS: Final = 10
"""Below this many in a class, intervals that rest on large samples are not trusted."""


def placements(those: Floats, among: Floats) -> Floats:
    """For each of ``those``: the share of ``among`` that lies below it, ties one half; shape of ``those``."""
    ordered = np.sort(among)
    below = np.searchsorted(ordered, those, side="left")
    not_above = np.searchsorted(ordered, those, side="right")
    shares: Floats = (below + not_above) / (2 * among.size)
    return shares


def structural_components(positive: Floats, negative: Floats) -> tuple[Floats, Floats]:
    """DeLong's V10 (one per positive) and V01 (one per negative); the mean of either is the AUC.

    Source: DeLong, DeLong and Clarke-Pearson, Biometrics 1988; 44: 837–845.
    """
    return placements(positive, negative), 1.0 - placements(negative, positive)


def by_class(data: ClassData) -> tuple[Floats, Floats]:
    """Scores of the positives and of the negatives."""
    return data.scores[data.is_positive], data.scores[~data.is_positive]


def no_area(data: ClassData) -> NotEstimable | None:
    """Why these data have no ROC curve, or None: one class, nothing but one score, or too few rows."""
    if len(data) == 0:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    if data.is_positive.all() or not data.is_positive.any():
        return NotEstimable(Reason.ONE_CLASS)
    if (data.scores == data.scores[0]).all():
        return NotEstimable(Reason.CONSTANT_SCORES)
    if len(data) < LEAST_ROWS:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    return None


def split_by_class(scores: ArrayLike, is_positive: ArrayLike) -> tuple[Floats, Floats]:
    """Scores of the positives and of the negatives, for a caller who knows that there are both.

    Raises
    ------
    ValueError
        When a class is absent, a score is not finite, or the lengths differ.
    """
    values = np.asarray(scores, dtype=np.float64).ravel()
    marked = np.asarray(is_positive, dtype=bool).ravel()
    if values.shape != marked.shape:
        raise ValueError("one class per score is needed")
    if not np.isfinite(values).all():
        raise ValueError("scores must be finite")
    if marked.all() or not marked.any():
        raise ValueError("both classes are needed")
    return values[marked], values[~marked]

"""Cut-offs of largest sensitivity + specificity − 1: the one that is locked, and all that tie.

Scores run with risk: the positive class should score higher, and a score ≥ the cut-off is positive.
Source: Youden, Cancer 1950; 3: 32–35.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.discrimination.classification import ConfusionMatrix
from inference.statistics.discrimination.placements import no_area, split_by_class
from inference.statistics.discrimination.roc import score_counts
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import NotEstimable

TIE: Final = 1e-12
"""Indices this close are the same: quotients of counts differ by more, or by rounding alone."""


@dataclass(frozen=True, slots=True)
class YoudenCutoff:
    """The cut-off of largest sensitivity + specificity − 1; a score ≥ ``value`` is positive.

    ``tied`` lists every cut-off of the same index, ascending; ``value`` is the middle one (the lower of two).
    """

    value: float
    sensitivity: float
    specificity: float
    tied: tuple[float, ...]

    @property
    def index(self) -> float:
        """Sensitivity + specificity − 1."""
        return self.sensitivity + self.specificity - 1


@dataclass(frozen=True, slots=True)
class YoudenPoint:
    """A threshold of the largest index with its counts.

    ``threshold`` is None at an end of the curve, where everybody or nobody is positive and the index is 0.
    """

    threshold: float | None
    index: float
    matrix: ConfusionMatrix


def youden_cutoff(scores: ArrayLike, is_positive: ArrayLike) -> YoudenCutoff:
    """The cut-off to lock: the middle of those that tie; candidates lie half-way between neighbouring scores.

    Half-way, so that a score equal to one of the training scores is never decided by its last digit.

    Raises
    ------
    ValueError
        When a class is absent, a score is not finite, or all scores are equal.
    """
    positive, negative = split_by_class(scores, is_positive)
    distinct = np.unique(np.concatenate([positive, negative]))
    if distinct.size < 2:
        raise ValueError("equal scores have no cut-off")
    candidates = (distinct[:-1] + distinct[1:]) / 2
    sensitivity = 1 - np.searchsorted(np.sort(positive), candidates) / positive.size
    specificity = np.searchsorted(np.sort(negative), candidates) / negative.size
    index = sensitivity + specificity
    best = np.flatnonzero(index >= index.max() - TIE)
    chosen = int(best[(best.size - 1) // 2])
    return YoudenCutoff(
        float(candidates[chosen]),
        float(sensitivity[chosen]),
        float(specificity[chosen]),
        tuple(float(value) for value in candidates[best]),
    )


def youden_points(data: ClassData) -> tuple[YoudenPoint, ...] | NotEstimable:
    """Every threshold of the largest index, ascending, the ends of the curve among the candidates.

    This is the list of pROC's ``coords(roc, "best", best.method = "youden")``.
    """
    if (reason := no_area(data)) is not None:
        return reason
    counts = score_counts(data)
    missed = np.concatenate([[0], np.cumsum(counts.positives)])
    below = np.concatenate([[0], np.cumsum(counts.negatives)])
    index = (missed[-1] - missed) / missed[-1] + below / below[-1] - 1
    thresholds = [None, *(float(one) for one in counts.midpoints), None]
    return tuple(
        YoudenPoint(
            thresholds[i],
            float(index[i]),
            ConfusionMatrix(
                true_positives=int(missed[-1] - missed[i]),
                false_positives=int(below[-1] - below[i]),
                false_negatives=int(missed[i]),
                true_negatives=int(below[i]),
            ),
        )
        for i in np.flatnonzero(index >= index.max() - TIE)
    )

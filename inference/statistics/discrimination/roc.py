"""The receiver operating characteristic: sensitivity against specificity over all thresholds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.statistics.discrimination.placements import no_area
from inference.statistics.outcomes import ClassData, Floats
from inference.statistics.reasons import NotEstimable


@dataclass(frozen=True, slots=True, eq=False)
class RocCurve:
    """k + 1 points for k distinct scores, from "everybody is positive" to "nobody is".

    ``sensitivity`` and ``specificity`` are (k + 1,): the first point is (1, 0), the last (0, 1).
    ``thresholds`` is (k − 1,), ascending: point i + 1 calls positive whose score is ≥ ``thresholds[i]``.
    The two ends have no threshold; R's pROC writes −Inf and Inf there.
    """

    thresholds: Floats
    sensitivity: Floats
    specificity: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ScoreCounts:
    """``positives`` and ``negatives`` (k,) at each of the distinct ``scores`` (k,), ascending."""

    scores: Floats
    positives: NDArray[np.int64]
    negatives: NDArray[np.int64]

    @property
    def midpoints(self) -> Floats:
        """Half-way between neighbouring scores, (k − 1,): no rounding decides a score there."""
        halves: Floats = (self.scores[:-1] + self.scores[1:]) / 2
        return halves


def score_counts(data: ClassData) -> ScoreCounts:
    """Count the classes at each distinct score."""
    scores, row = np.unique(data.scores, return_inverse=True)
    positives = np.bincount(row, weights=data.is_positive, minlength=scores.size).astype(np.int64)
    return ScoreCounts(scores, positives, np.bincount(row, minlength=scores.size) - positives)


def roc_curve(data: ClassData) -> RocCurve | NotEstimable:
    """The empirical curve; a tie between the classes is one oblique step.

    Source: Hanley and McNeil, Radiology 1982; 143: 29–36.  Thresholds as in pROC (Robin et al., BMC
    Bioinformatics 2011; 12: 77), which lie half-way between neighbouring scores.
    """
    if (reason := no_area(data)) is not None:
        return reason
    counts = score_counts(data)
    below = np.concatenate([[0], np.cumsum(counts.negatives)])
    missed = np.concatenate([[0], np.cumsum(counts.positives)])
    return RocCurve(counts.midpoints, (missed[-1] - missed) / missed[-1], below / below[-1])

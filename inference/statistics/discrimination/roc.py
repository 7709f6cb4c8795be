"""How well scores tell two classes apart: AUC with its interval, and cut-offs.

Scores run with risk: the positive class should score higher.  Ties count one half.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Auc:
    """Area under the ROC curve, its standard error, and the counts behind it."""

    value: float
    standard_error: float
    positives: int
    negatives: int

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Confidence interval on the logit scale, which stays inside (0, 1).

        None where the classes do not overlap at all: the standard error is then 0 and says nothing.
        """
        if self.value in (0.0, 1.0) or self.standard_error == 0.0:
            return None
        reach = NormalDist().inv_cdf(0.5 + level / 2) * self.standard_error / (self.value * (1 - self.value))
        centre = math.log(self.value / (1 - self.value))
        low, high = (1 / (1 + math.exp(-(centre + sign * reach))) for sign in (-1, 1))
        return low, high


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


def auc(scores: ArrayLike, is_positive: ArrayLike) -> Auc:
    """Mann–Whitney area with DeLong's standard error.

    Source: DeLong, DeLong and Clarke-Pearson, Biometrics 1988; 44: 837–845 (structural components).

    Raises
    ------
    ValueError
        When a class is absent or a score is not finite.
    """
    positive, negative = _by_class(scores, is_positive)
    wins = _placements(positive, negative)
    losses = 1.0 - _placements(negative, positive)
    variance = _variance(wins) / positive.size + _variance(losses) / negative.size
    return Auc(float(wins.mean()), math.sqrt(variance), positive.size, negative.size)


def youden_cutoff(scores: ArrayLike, is_positive: ArrayLike) -> YoudenCutoff:
    """The cut-off that maximises Youden's index; candidates lie half-way between neighbouring scores.

    Source: Youden, Cancer 1950; 3: 32–35.  Half-way, so that a score equal to one of the training scores
    is never decided by its last digit.

    Raises
    ------
    ValueError
        When a class is absent, a score is not finite, or all scores are equal.
    """
    positive, negative = _by_class(scores, is_positive)
    distinct = np.unique(np.concatenate([positive, negative]))
    if distinct.size < 2:
        raise ValueError("equal scores have no cut-off")
    candidates = (distinct[:-1] + distinct[1:]) / 2
    sensitivity = 1 - np.searchsorted(np.sort(positive), candidates) / positive.size
    specificity = np.searchsorted(np.sort(negative), candidates) / negative.size
    index = sensitivity + specificity
    best = np.flatnonzero(index >= index.max() - 1e-12)
    chosen = int(best[(best.size - 1) // 2])
    return YoudenCutoff(
        float(candidates[chosen]),
        float(sensitivity[chosen]),
        float(specificity[chosen]),
        tuple(float(value) for value in candidates[best]),
    )


def _by_class(scores: ArrayLike, is_positive: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    values = np.asarray(scores, dtype=np.float64).ravel()
    marked = np.asarray(is_positive, dtype=bool).ravel()
    if values.shape != marked.shape:
        raise ValueError("one class per score is needed")
    if not np.isfinite(values).all():
        raise ValueError("scores must be finite")
    if marked.all() or not marked.any():
        raise ValueError("both classes are needed")
    return values[marked], values[~marked]


def _placements(those: NDArray[np.float64], among: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each of ``those``: the share of ``among`` that lies below it, ties one half."""
    ordered = np.sort(among)
    below = np.searchsorted(ordered, those, side="left")
    not_above = np.searchsorted(ordered, those, side="right")
    shares: NDArray[np.float64] = (below + not_above) / (2 * among.size)
    return shares


def _variance(values: NDArray[np.float64]) -> float:
    return float(values.var(ddof=1)) if values.size > 1 else 0.0

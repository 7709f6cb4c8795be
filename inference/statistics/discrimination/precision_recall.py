"""Precision against recall: what a positive call is worth where positives are rare."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from inference.statistics.discrimination.placements import no_area
from inference.statistics.discrimination.roc import score_counts
from inference.statistics.estimate import LEVEL, Estimate, normal_quantile
from inference.statistics.outcomes import ClassData, Floats
from inference.statistics.reasons import NotEstimable


@dataclass(frozen=True, slots=True, eq=False)
class PrecisionRecallCurve:
    """One point per distinct score; all arrays (k,), ``thresholds`` ascending, so ``recall`` falls.

    A score ≥ ``thresholds[i]`` is positive.  The first point calls everybody positive: recall 1, precision
    the ``prevalence``, which is also what a score without information reaches everywhere.  There is no point
    for recall 0, where nobody is called positive and precision has no meaning.
    """

    thresholds: Floats
    precision: Floats
    recall: Floats
    prevalence: float
    average_precision: Estimate


def precision_recall_curve(data: ClassData, *, level: float = LEVEL) -> PrecisionRecallCurve | NotEstimable:
    """The curve and its average precision, the mean of precision weighted by the steps of recall.

    Nothing is interpolated: a straight line between two points is not attainable (Davis and Goadrich, ICML
    2006: 233–240).  Equal scores enter at one step.  The interval of the average precision is symmetrical on
    the logit scale (Boyd, Eng and Page, ECML PKDD 2013: 451–466); it has no limits where the average is 1.
    """
    if (reason := no_area(data)) is not None:
        return reason
    counts = score_counts(data)
    hits = np.cumsum(counts.positives[::-1])[::-1]
    called = np.cumsum((counts.positives + counts.negatives)[::-1])[::-1]
    precision = hits / called
    average = float((counts.positives * precision).sum() / hits[0])
    return PrecisionRecallCurve(
        counts.scores,
        precision,
        hits / hits[0],
        float(precision[0]),
        _average_precision(average, int(hits[0]), level),
    )


def _average_precision(average: float, positives: int, level: float) -> Estimate:
    if average >= 1.0:
        return Estimate(1.0, level=level, method="logit", flags=("complete_separation",))
    spread = math.sqrt(average * (1 - average) / positives)
    centre = math.log(average / (1 - average))
    reach = normal_quantile(level) * spread / (average * (1 - average))
    low, high = (1 / (1 + math.exp(-(centre + sign * reach))) for sign in (-1, 1))
    return Estimate(average, spread, low, high, level, "logit")

"""AUC(t): whether those with the event by a horizon score higher than those still free of it.

Cumulative cases, dynamic controls, weighted for censoring; a higher score means more risk; equal scores
count one half (the trapezoid).  Two conventions, named by what becomes of a time equal to the horizon
(``AtHorizon``): ``dropped`` (default) is timeROC's estimator and variance, ``case`` that of
riskRegression's Score.  They agree where no time equals a horizon, but for the variance at tied times:
timeROC lets tied rows leave the risk set in the order given, Score together.
Sources: Uno et al., JASA 2007; 102: 527–537; Hung and Chiang, Can J Stat 2010; 38: 8–26; Blanche,
Dartigues and Jacqmin-Gadda, Stat Med 2013; 32: 5381–5397.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from inference.statistics.cautions import LEAST_EVENTS
from inference.statistics.estimate import LEVEL, Estimate, normal_quantile
from inference.statistics.outcomes import Floats, SurvivalData, finite_column, same_length
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.survival.censoring_influence import influence_through_weights
from inference.statistics.survival.censoring_weights import AtHorizon, HorizonWeights, horizon_weights


@dataclass(frozen=True, slots=True)
class TimeDependentAuc:
    """AUC(t) at ``times``, in their order, with the counts behind each.

    ``censored`` are neither case nor control: lost before the horizon, or with a time equal to it where
    those are dropped.
    """

    times: tuple[float, ...]
    estimates: tuple[Estimate | NotEstimable, ...]
    cases: tuple[int, ...]
    controls: tuple[int, ...]
    censored: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RocAtTime:
    """The weighted ROC curve at one horizon: a score ≥ ``thresholds[i]`` is positive.

    ``thresholds`` (k,) are the distinct scores, descending.  ``sensitivity`` and ``specificity`` (k + 1,)
    begin with nobody positive; entry i + 1 belongs to ``thresholds[i]``.
    """

    time: float
    thresholds: Floats
    sensitivity: Floats
    specificity: Floats


@dataclass(frozen=True, slots=True)
class AucDifference:
    """AUC(t) of the first marker less that of the second on the same patients, with a two-sided p."""

    time: float
    difference: Estimate
    z: float
    p_value: float


def time_dependent_auc(
    data: SurvivalData,
    scores: ArrayLike,
    times: Sequence[float],
    *,
    at_horizon: AtHorizon = "dropped",
    level: float = LEVEL,
) -> TimeDependentAuc:
    """AUC(t) at ``times`` with influence-function standard errors; ``scores`` (n,), higher = more risk.

    The interval is AUC ± z · se, cut off and flagged where that lies beyond 0 or 1, which no area does: Score
    cuts off too, timeROC does not.  Where cases and controls do not overlap there is none.  Fewer than 10
    cases are flagged.
    """
    marker = _scores_of(data, scores)
    weights = [horizon_weights(data, t, at_horizon) for t in times]
    return TimeDependentAuc(
        tuple(float(t) for t in times),
        tuple(weighted_auc(data, marker, at, level=level) for at in weights),
        tuple(int(at.is_case.sum()) for at in weights),
        tuple(int(at.is_control.sum()) for at in weights),
        tuple(int((~at.is_case & ~at.is_control).sum()) for at in weights),
    )


def roc_at_time(
    data: SurvivalData, scores: ArrayLike, time: float, *, at_horizon: AtHorizon = "dropped"
) -> RocAtTime | NotEstimable:
    """The ROC curve of which ``time_dependent_auc`` gives the area."""
    marker = _scores_of(data, scores)
    weights = horizon_weights(data, time, at_horizon)
    missing = _why_not(marker, weights)
    if missing is not None:
        return missing
    ascending, row = np.unique(marker, return_inverse=True)
    positive = [
        np.concatenate([[0.0], np.cumsum(np.bincount(row, weights=weight)[::-1])])
        for weight in (weights.case, weights.control)
    ]
    sensitivity, false_positive = (share / share[-1] for share in positive)
    return RocAtTime(float(time), ascending[::-1], sensitivity, 1.0 - false_positive)


def compare_time_dependent_auc(
    data: SurvivalData,
    first: ArrayLike,
    second: ArrayLike,
    times: Sequence[float],
    *,
    at_horizon: AtHorizon = "dropped",
    level: float = LEVEL,
) -> tuple[AucDifference | NotEstimable, ...]:
    """Test at each time whether two markers of the same patients have the same AUC(t); unadjusted p.

    The standard error is that of the difference of the two influence functions (Blanche et al. 2013).
    """
    markers = (_scores_of(data, first), _scores_of(data, second))
    return tuple(_difference(data, markers, float(t), at_horizon, level) for t in times)


def weighted_auc(
    data: SurvivalData, scores: Floats, weights: HorizonWeights, *, level: float = LEVEL
) -> Estimate | NotEstimable:
    """The area for ``weights`` that were made of ``data``, with its influence-function interval."""
    missing = _why_not(scores, weights)
    if missing is not None:
        return missing
    cases, controls = scores[weights.is_case], scores[weights.is_control]
    if cases.min() > controls.max() or cases.max() < controls.min():
        apart = float(cases.min() > controls.max())
        return Estimate(apart, level=level, flags=("no_overlap", *_flags(weights)))
    value, influence = _area_and_influence(data, scores, weights)
    error = float(influence.std(ddof=1)) / math.sqrt(len(data))
    low, high = (value + sign * normal_quantile(level) * error for sign in (-1, 1))
    flags = _flags(weights)
    if low < 0.0 or high > 1.0:
        low, high, flags = max(low, 0.0), min(high, 1.0), ("cut_off", *flags)
    return Estimate(value, error, low, high, level, "influence", flags)


def _difference(
    data: SurvivalData, markers: tuple[Floats, Floats], time: float, at_horizon: AtHorizon, level: float
) -> AucDifference | NotEstimable:
    weights = horizon_weights(data, time, at_horizon)
    for scores in markers:
        missing = _why_not(scores, weights)
        if missing is not None:
            return missing
    one, other = (_area_and_influence(data, scores, weights) for scores in markers)
    error = float((one[1] - other[1]).std(ddof=1)) / math.sqrt(len(data))
    if error < 1e-12:
        return NotEstimable(Reason.NO_VARIANCE)
    difference = one[0] - other[0]
    reach = normal_quantile(level) * error
    z = difference / error
    limits = difference - reach, difference + reach
    interval = Estimate(difference, error, *limits, level, "influence", _flags(weights))
    return AucDifference(time, interval, z, float(2 * ndtr(-abs(z))))


def _area_and_influence(data: SurvivalData, scores: Floats, weights: HorizonWeights) -> tuple[float, Floats]:
    """The area and each patient's influence on it, (n,)."""
    n = len(scores)
    below = _weight_below(scores, weights.control)
    above = weights.case.sum() - _weight_below(scores, weights.case)
    pairs = float(weights.case.sum() * weights.control.sum())
    area = float(weights.case @ below) / pairs
    of_cases = weights.case * (below - area * weights.control.sum())
    of_controls = weights.control * (above - area * weights.case.sum())
    through_weights = influence_through_weights(
        data, of_cases, tied_times="in_order" if weights.at_horizon == "dropped" else "together"
    )
    return area, n * (of_cases + of_controls + through_weights / n) / pairs


def _weight_below(scores: Floats, weights: Floats) -> Floats:
    """For each score the weight of those below it and half the weight of those equal to it, (n,)."""
    _, row = np.unique(scores, return_inverse=True)
    at_score = np.bincount(row, weights=weights)
    below: Floats = (np.cumsum(at_score) - at_score / 2)[row]
    return below


def _flags(weights: HorizonWeights) -> tuple[str, ...]:
    return ("few_events",) if weights.is_case.sum() < LEAST_EVENTS else ()


def _why_not(scores: Floats, weights: HorizonWeights) -> NotEstimable | None:
    if not weights.is_case.any():
        return NotEstimable(Reason.NO_EVENT_BY_HORIZON)
    if not weights.is_control.any():
        return NotEstimable(Reason.NOBODY_FOLLOWED_TO_HORIZON)
    if np.ptp(scores) == 0:
        return NotEstimable(Reason.CONSTANT_SCORES)
    return None


def _scores_of(data: SurvivalData, scores: ArrayLike) -> Floats:
    column = finite_column(scores, "score")
    same_length(("time", "score"), data.time, column)
    return column

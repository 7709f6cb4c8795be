"""The Brier score of predicted survival, weighted for censoring, against Kaplan–Meier as reference.

BS(t) = mean of S(t|x)² 1{T ≤ t, event}/G(T−) + (1 − S(t|x))² 1{T > t}/G(t); lower is better.  An event at
t itself is a case; who is censored by t counts nothing.  G is the Kaplan–Meier estimate of remaining
uncensored in the rows given; events precede censorings at a tie.
Sources: Graf et al., Stat Med 1999; 18: 2529–2545; Gerds and Schumacher, Biom J 2006; 48: 1029–1040.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.estimate import LEVEL, Estimate, normal_quantile
from inference.statistics.outcomes import Floats, SurvivalData, finite_column, probability_column, same_length
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.survival.censoring_influence import influence_at, influence_through_weights
from inference.statistics.survival.censoring_weights import HorizonWeights, horizon_weights
from inference.statistics.survival.kaplan_meier import kaplan_meier

Rule = Literal["left", "trapezoid"]
"""How a score on a grid is integrated: as a step that holds until the next time (``pec::crps``), or by the
trapezoid."""


@dataclass(frozen=True, slots=True)
class SurvivalBrier:
    """BS(t) at ``times``: of the predictions, of Kaplan–Meier without covariates, and the gain.

    ``scaled`` is 1 − BS/BS of the reference: the index of prediction accuracy, R² of the Brier score
    (Kattan and Gerds, Diagn Progn Res 2018; 2: 7); negative where the reference is better, and none while
    nobody, or after everybody, had the event.
    """

    times: tuple[float, ...]
    predicted: tuple[Estimate | NotEstimable, ...]
    reference: tuple[Estimate | NotEstimable, ...]
    scaled: tuple[Estimate | NotEstimable, ...]


def survival_brier(
    data: SurvivalData, survival: ArrayLike, times: Sequence[float], *, level: float = LEVEL
) -> SurvivalBrier:
    """BS(t) at ``times`` (k,) of predicted ``survival`` (n, k): S(t|x) by column; (n,) where k is 1.

    Standard errors are those of the influence function, the estimated G included; the interval is
    BS ± z · se, cut off at 0 and 1.  That of the reference takes its Kaplan–Meier curve as known.  Both as
    riskRegression's ``Score`` has them.

    Raises
    ------
    DataError
        When a survival is missing or outside [0, 1], or rows and times do not match the table.
    """
    table = _survival_table(data, survival, len(times))
    weights = [horizon_weights(data, t, "case") for t in times]
    predicted = tuple(
        weighted_brier(data, column, at, level=level) for column, at in zip(table.T, weights, strict=True)
    )
    observed = kaplan_meier(data).curve.at(times) if len(data) else np.ones(len(times))
    reference = tuple(
        weighted_brier(data, np.full(len(data), height), at, level=level)
        for height, at in zip(observed, weights, strict=True)
    )
    scaled = tuple(_scaled(one, other) for one, other in zip(predicted, reference, strict=True))
    return SurvivalBrier(tuple(float(t) for t in times), predicted, reference, scaled)


def integrated_brier(
    times: Sequence[float], scores: Sequence[Estimate | NotEstimable], *, rule: Rule = "left"
) -> Estimate | NotEstimable:
    """The mean BS over [first time, last time]: the integral over the grid divided by its length.

    ``left`` (default) is ``pec::crps``; on a fine grid both rules agree.  A point that is not estimable
    makes the integral so, for the same reason: choose a grid within follow-up.
    """
    grid = finite_column(times, "time")
    if len(grid) != len(scores):
        raise DataError(Fault.LENGTHS_DIFFER, field="time, score")
    if len(grid) < 2 or (np.diff(grid) <= 0).any():
        raise DataError(Fault.OUT_OF_RANGE, field="time", row=1, allowed="two ascending times or more")
    values = []
    for score in scores:
        if isinstance(score, NotEstimable):
            return score
        values.append(score.value)
    heights = np.array(values)
    held = heights[:-1] if rule == "left" else (heights[:-1] + heights[1:]) / 2
    return Estimate(float(held @ np.diff(grid)) / float(grid[-1] - grid[0]))


def weighted_brier(
    data: SurvivalData, survival: Floats, weights: HorizonWeights, *, level: float = LEVEL
) -> Estimate | NotEstimable:
    """The score of predicted ``survival`` (n,) for ``weights`` that were made of ``data``."""
    if len(data) < 2:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    if not weights.stand_for_all:
        return NotEstimable(Reason.NOBODY_FOLLOWED_TO_HORIZON)
    of_cases = weights.case * survival**2
    of_controls = weights.control * (1 - survival) ** 2
    losses = of_cases + of_controls
    score = float(losses.mean())
    before = weights.at_horizon == "control"
    through_cases = influence_through_weights(data, of_cases, tied_times="together") / len(data)
    through_controls = of_controls.mean() * influence_at(data, weights.horizon, before=before)
    influence = losses - score + through_cases + through_controls
    error = float(influence.std(ddof=1)) / math.sqrt(len(data))
    reach = normal_quantile(level) * error
    return Estimate(score, error, max(score - reach, 0.0), min(score + reach, 1.0), level, "influence")


def _scaled(
    predicted: Estimate | NotEstimable, reference: Estimate | NotEstimable
) -> Estimate | NotEstimable:
    if isinstance(predicted, NotEstimable):
        return predicted
    if isinstance(reference, NotEstimable):
        return reference
    if reference.value == 0:
        return NotEstimable(Reason.NO_VARIANCE)
    return Estimate(1 - predicted.value / reference.value)


def _survival_table(data: SurvivalData, survival: ArrayLike, count: int) -> Floats:
    table = np.asarray(survival, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or table.shape[1] != count:
        raise DataError(Fault.LENGTHS_DIFFER, field="survival, horizon")
    for column in table.T:
        same_length(("time", "survival"), data.time, probability_column(column, "survival"))
    return table

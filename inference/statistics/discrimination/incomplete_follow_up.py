"""A yes-or-no end point by a horizon, "recurrence before 60 months", when not everybody was followed so long.

Positive: the event before the horizon.  Negative: followed to it without, whatever happened then.  Unknown:
censored before.  To leave the unknown out makes the event look commoner than it is, to call them free makes
it look rarer.  Here they count nothing and the others stand for them, each by the inverse probability of not
having been censored so far (positives 1/G(T−), negatives 1/G(t−)).

This is ``time_dependent_auc`` and ``survival_brier`` with the horizon drawn as the label draws it
(``at_horizon="control"``): the same numbers where no time equals the horizon, and where nobody is unknown the
plain AUC and Brier score.  It differs where follow-up ends by plan at the horizon itself: those patients are
negatives here and dropped there.
Source: Uno et al., JASA 2007; 102: 527–537; Blanche, Dartigues and Jacqmin-Gadda, Biom J 2013; 55: 687–704.
"""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from inference.statistics.calibration.survival_brier import weighted_brier
from inference.statistics.discrimination.time_dependent_auc import weighted_auc
from inference.statistics.estimate import LEVEL, Estimate
from inference.statistics.outcomes import SurvivalData, finite_column, probability_column, same_length
from inference.statistics.reasons import NotEstimable
from inference.statistics.survival.censoring_weights import horizon_weights


@dataclass(frozen=True, slots=True)
class EndPoint:
    """How many had the event before the horizon, were free at it, or were lost before."""

    horizon: float
    positives: int
    negatives: int
    unknown: int


def end_point(data: SurvivalData, horizon: float) -> EndPoint:
    """Count ``data`` by what is known of each patient at ``horizon`` (unit of the times)."""
    weights = horizon_weights(data, horizon, "control")
    positives, negatives = int(weights.is_case.sum()), int(weights.is_control.sum())
    return EndPoint(float(horizon), positives, negatives, len(data) - positives - negatives)


def end_point_auc(
    data: SurvivalData, scores: ArrayLike, horizon: float, *, level: float = LEVEL
) -> Estimate | NotEstimable:
    """AUC of ``scores`` (n,) for the end point, ties one half; the interval is cut off at 0 and 1."""
    marker = finite_column(scores, "score")
    same_length(("time", "score"), data.time, marker)
    return weighted_auc(data, marker, horizon_weights(data, horizon, "control"), level=level)


def end_point_brier(
    data: SurvivalData, probabilities: ArrayLike, horizon: float, *, level: float = LEVEL
) -> Estimate | NotEstimable:
    """Brier score of ``probabilities`` (n,) of the event before ``horizon``; lower is better."""
    risk = probability_column(probabilities, "probability")
    same_length(("time", "probability"), data.time, risk)
    return weighted_brier(data, 1 - risk, horizon_weights(data, horizon, "control"), level=level)

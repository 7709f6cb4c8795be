"""The baseline hazard under a linear predictor, and the survival that follows for each patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.outcomes import Floats, SurvivalData, finite_column, same_length
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.regression.partial_likelihood import WIDEST_SPREAD, Ties, evaluate, risk_sets
from inference.statistics.step_function import StepFunction

_LARGEST_EXPONENT: Final = 700.0


@dataclass(frozen=True, slots=True, eq=False)
class BaselineHazard:
    """Cumulative hazard of a patient whose linear predictor is ``centre``; last observed at ``last_time``.

    Step functions are right-continuous: the events at t count at t.  After ``last_time`` they stay where they
    are, which is the absence of an estimate: callers mark horizons beyond it.
    """

    cumulative: StepFunction
    centre: float
    last_time: float

    def cumulative_hazard(self, linear_predictor: ArrayLike, times: ArrayLike) -> Floats:
        """H(t|x) = H(t) · exp(lp − centre), for lp (n,) and times (m,): (n, m); at most e^700."""
        scores = finite_column(linear_predictor, "linear predictor")[:, None] - self.centre
        held = self.cumulative.at(finite_column(times, "time"))[None, :]
        logarithms = np.log(held, out=np.full_like(held, -np.inf), where=held > 0)
        hazards: Floats = np.exp(np.minimum(logarithms + scores, _LARGEST_EXPONENT))
        return hazards

    def survival(self, linear_predictor: ArrayLike, times: ArrayLike) -> Floats:
        """S(t|x) = exp(−H(t|x)), for lp (n,) and times (m,): (n, m)."""
        shares: Floats = np.exp(-self.cumulative_hazard(linear_predictor, times))
        return shares

    def curve(self, linear_predictor: float) -> StepFunction:
        """One patient's survival curve, stepping at the times of events."""
        shares = self.survival([linear_predictor], self.cumulative.times)[0]
        return StepFunction(self.cumulative.times, shares)


def baseline_hazard(
    data: SurvivalData, linear_predictor: ArrayLike, *, ties: Ties = "efron"
) -> BaselineHazard | NotEstimable:
    """Estimate the baseline hazard with ``linear_predictor`` (n,) as an offset.

    Breslow: at each event time the events over the sum of exp(lp) at risk.  Efron: the l-th of d tied events
    sees that sum less l/d of the dying.  Held at the mean linear predictor, so that no exponential overflows.
    Sources: Breslow, J R Stat Soc B 1972; 34: 216–217; Therneau and Grambsch, Modeling Survival Data,
    2000, §10.2 (Efron).

    Not estimable without events, and when linear predictors lie further apart than ``WIDEST_SPREAD``.
    """
    scores = finite_column(linear_predictor, "linear predictor")
    same_length(("time", "linear predictor"), data.time, scores)
    if not data.event.any():
        return NotEstimable(Reason.NO_EVENTS)
    centre = float(scores.mean())
    sets = risk_sets(data, ties)
    at = evaluate(sets, scores[sets.order])
    if at.log_likelihood == -np.inf or at.shift - centre > WIDEST_SPREAD:
        return NotEstimable(Reason.TOO_LARGE)
    steps = sets.by_time(np.exp(centre - at.shift) / at.at_risk)
    cumulative = StepFunction(sets.times, np.cumsum(steps), start=0.0)
    return BaselineHazard(cumulative, centre, float(data.time.max()))

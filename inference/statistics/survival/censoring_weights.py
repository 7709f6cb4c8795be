"""Who is a case and who a control at a horizon, each weighted for those whom censoring took away.

Inverse probability of censoring weights: a case counts 1/G(T−), a control 1/G at the horizon, who was
censored before counts nothing.  G is the Kaplan–Meier estimate of remaining uncensored in the rows given.
Sources: Graf et al., Stat Med 1999; 18: 2529–2545; Uno et al., JASA 2007; 102: 527–537.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from inference.statistics.outcomes import Bools, Floats, SurvivalData, finite_column
from inference.statistics.reasons import DataError, Fault
from inference.statistics.survival.event_table import censoring_survival

AtHorizon = Literal["dropped", "case", "control"]
"""What a time equal to the horizon is.

``dropped``: neither case nor control (timeROC).  ``case``: an event then is a case, a censoring then counts
nothing (Graf's Brier score, riskRegression).  ``control``: nobody has the event before the horizon who is
followed to it, whatever happens then (a label "recurrence before 60 months"); controls count 1/G(t−).
"""


@dataclass(frozen=True, slots=True, eq=False)
class HorizonWeights:
    """Weights at one horizon, (n,) each and never both positive: ``case`` and ``control``.

    ``stand_for_all`` is False where the last patients were censored by the horizon: then G is 0 there, nobody
    is left to stand for them, and the weights sum to less than n.
    """

    horizon: float
    at_horizon: AtHorizon
    case: Floats
    control: Floats
    stand_for_all: bool

    @property
    def is_case(self) -> Bools:
        """Who had the event by the horizon, (n,)."""
        return self.case > 0

    @property
    def is_control(self) -> Bools:
        """Who was free of it at the horizon, (n,)."""
        return self.control > 0


def horizon_weights(data: SurvivalData, horizon: float, at_horizon: AtHorizon) -> HorizonWeights:
    """Weigh every row of ``data`` at ``horizon`` (unit of the times).

    Every weight is finite: who had an event at T was at risk of censoring just before, so G(T−) > 0; who is
    followed beyond the horizon makes G positive there.

    Raises
    ------
    DataError
        When ``horizon`` is negative or not a finite number.
    """
    if finite_column(horizon, "horizon")[0] < 0:
        raise DataError(Fault.OUT_OF_RANGE, field="horizon", row=1, allowed="≥ 0")
    remaining = censoring_survival(data)
    followed = data.time >= horizon if at_horizon == "control" else data.time > horizon
    event_by = data.time <= horizon if at_horizon == "case" else data.time < horizon
    at = float(remaining.before(horizon) if at_horizon == "control" else remaining.at(horizon))
    case = np.divide(1.0, remaining.before(data.time), out=np.zeros(len(data)), where=data.event & event_by)
    control = np.divide(1.0, at, out=np.zeros(len(data)), where=followed)
    return HorizonWeights(float(horizon), at_horizon, case, control, at > 0)

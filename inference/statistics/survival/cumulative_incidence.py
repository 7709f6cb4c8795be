"""Cumulative incidence where several causes compete: the Aalen–Johansen estimate.

One minus Kaplan–Meier, with the other causes censored, overstates the risk of a cause; this does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inference.statistics.estimate import LEVEL, Estimate
from inference.statistics.outcomes import Floats, SurvivalData, finite_column, same_length
from inference.statistics.reasons import DataError, Fault
from inference.statistics.step_function import StepFunction
from inference.statistics.survival.bands import survival_band
from inference.statistics.survival.event_table import event_table

_ROUNDING: Final = 1e-15
"""A variance below this is 0: no cohort is large enough for it."""


@dataclass(frozen=True, slots=True, eq=False)
class CompetingData:
    """Times (n,) ≥ 0 in one unit, and what ended each: ``cause`` (n,), 0 where it was censoring.

    Causes are whole numbers from 1.  At equal times events of any cause come before censorings.
    """

    time: Floats
    cause: NDArray[np.int64]

    def __post_init__(self) -> None:
        causes = finite_column(np.asarray(self.cause, dtype=np.float64), "cause")
        wrong = np.flatnonzero((causes < 0) | (causes != np.floor(causes)))
        if wrong.size:
            raise DataError(Fault.OUT_OF_RANGE, field="cause", row=int(wrong[0]) + 1, allowed="0, 1, 2, …")
        times = finite_column(self.time, "time")
        same_length(("time", "cause"), times, causes)
        object.__setattr__(self, "time", SurvivalData(times, causes > 0).time)
        object.__setattr__(self, "cause", causes.astype(np.int64))

    def __len__(self) -> int:
        return len(self.time)

    @property
    def causes(self) -> tuple[int, ...]:
        """The causes that occur, ascending."""
        return tuple(int(cause) for cause in np.unique(self.cause) if cause > 0)

    @property
    def any_event(self) -> SurvivalData:
        """Time to the first event of any cause."""
        return SurvivalData(self.time, self.cause > 0)


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeIncidence:
    """The probability of an event of ``cause`` by each distinct time; all arrays (k,).

    NaN stands for no limit: where the standard error is 0, as at an incidence of 0 or 1.
    ``event_free`` is the share without an event of any cause; all incidences and it add up to 1.
    """

    cause: int
    time: Floats
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]
    incidence: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    event_free: Floats
    level: float

    def at(self, times: ArrayLike) -> tuple[Estimate, ...]:
        """The incidence at ``times`` (m,); beyond the last time it is carried on, and flagged."""
        t = finite_column(times, "time")
        columns = (
            StepFunction(self.time, values, start).at(t)
            for values, start in (
                (self.incidence, 0.0),
                (self.standard_error, 0.0),
                (self.lower, np.nan),
                (self.upper, np.nan),
            )
        )
        carried = (t > self.time[-1]) & (self.event_free[-1] > 0)
        return tuple(
            Estimate(
                float(value),
                float(error),
                None if np.isnan(lower) else float(lower),
                None if np.isnan(upper) else float(upper),
                self.level,
                "log-log",
                ("extrapolated",) if beyond else (),
            )
            for value, error, lower, upper, beyond in zip(*columns, carried, strict=True)
        )


def cumulative_incidence(data: CompetingData, cause: int, *, level: float = LEVEL) -> CumulativeIncidence:
    """The Aalen–Johansen estimate for one cause: the sum over times of S(t−) · events of it / at risk.

    S is the Kaplan–Meier curve of events of any cause.  The variance is the delta method's, from the
    multinomial variance of the hazards at each time: Greenwood's where there is one cause, the binomial one
    where nobody is censored.  Limits are symmetric on the scale of log(−log incidence).

    Source: Aalen and Johansen, Scand J Stat 1978; 5: 141–150; Marubini and Valsecchi, Analysing Survival
    Data from Clinical Trials and Observational Studies, 1995, §10.2; Choudhury, Stat Med 2002; 21:
    1129–1144.

    Raises
    ------
    DataError
        When nobody is there, or ``cause`` is none.
    """
    if not len(data):
        raise DataError(Fault.TOO_FEW_ROWS, count=0, least=1)
    if cause < 1:
        raise DataError(Fault.OUT_OF_RANGE, field="cause", row=1, allowed="1, 2, …")
    table = event_table(data.any_event)
    of_cause = event_table(SurvivalData(data.time, data.cause == cause)).events
    incidence, variance, event_free = _aalen_johansen(table.at_risk, table.events, of_cause)
    error: Floats = np.sqrt(variance)
    relative = np.divide(error, incidence, out=np.zeros(len(error)), where=incidence > 0)
    lower, upper = survival_band(incidence, relative, "log-log", level)
    lower[error == 0] = upper[error == 0] = np.nan
    return CumulativeIncidence(
        cause, table.time, table.at_risk, of_cause, incidence, error, lower, upper, event_free, level
    )


def _aalen_johansen(
    at_risk: NDArray[np.int64], events: NDArray[np.int64], of_cause: NDArray[np.int64]
) -> tuple[Floats, Floats, Floats]:
    """Incidence of the cause, its variance, and the share free of any event; all (k,).

    The covariance of the two shares is carried from time to time, each adding its own hazards' variance:
    no difference of large sums, so that the variance is 0 where it must be.
    """
    free, incidence = 1.0, 0.0
    free_variance = covariance = variance = 0.0
    rows = np.empty((len(at_risk), 3))
    for i, (n, any_cause, this) in enumerate(zip(at_risk, events, of_cause, strict=True)):
        if any_cause:
            hazard, part = any_cause / n, this / n
            variance += 2 * part * covariance + part**2 * free_variance + free**2 * part * (1 - part) / n
            covariance = (1 - hazard) * (covariance + part * free_variance - free**2 * part / n)
            free_variance = (1 - hazard) ** 2 * free_variance + free**2 * hazard * (1 - hazard) / n
            incidence += free * part
            free *= 1 - hazard
        rows[i] = incidence, variance if variance > _ROUNDING else 0.0, free
    return rows[:, 0], rows[:, 1], rows[:, 2]

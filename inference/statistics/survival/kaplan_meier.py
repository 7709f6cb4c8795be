"""The Kaplan–Meier curve: survival with its bands, read at times and at quantiles.

Source: Kaplan and Meier, J Am Stat Assoc 1958; 53: 457–481; variance by Greenwood, 1926.
At equal times events precede censorings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inference.statistics.estimate import LEVEL, Estimate
from inference.statistics.outcomes import Floats, SurvivalData, finite_column
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.step_function import StepFunction
from inference.statistics.survival.bands import Band as Band
from inference.statistics.survival.bands import survival_band
from inference.statistics.survival.event_table import EventTable, event_table

_FLAT: Final = float(np.sqrt(np.finfo(np.float64).eps))
"""A step this near to a quantile lies on it: survival is a product, and products round."""

_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalAt:
    """A curve read at ``times``; all arrays (m,), NaN in an error or a limit where there is none.

    ``at_risk`` counts those with time ≥ t.  Beyond the last time the curve is carried on: ``at_risk`` is 0.
    """

    times: Floats
    survival: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    at_risk: NDArray[np.int64]
    band: Band
    level: float

    @property
    def is_extrapolated(self) -> NDArray[np.bool_]:
        """True where nobody is at risk any more though some had survived; (m,)."""
        carried: NDArray[np.bool_] = (self.at_risk == 0) & (self.survival > 0)
        return carried

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """The m values with what error and limits they have, flagged where extrapolated."""
        return tuple(
            Estimate(
                float(self.survival[i]),
                _number(self.standard_error[i]),
                _number(self.lower[i]),
                _number(self.upper[i]),
                self.level,
                self.band,
                ("extrapolated",) if self.is_extrapolated[i] else (),
            )
            for i in range(len(self.times))
        )


@dataclass(frozen=True, slots=True, eq=False)
class KaplanMeier:
    """Survival at each distinct time of ``table``; all arrays (k,).

    NaN stands for no number: the standard error and the limits where survival is 0, and the log(−log)
    limits where it is 1.
    """

    table: EventTable
    survival: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    band: Band
    level: float

    @property
    def n(self) -> int:
        """Patients."""
        return int(self.table.at_risk[0])

    @property
    def events(self) -> int:
        """Events."""
        return int(self.table.events.sum())

    @property
    def curve(self) -> StepFunction:
        """Survival as a step function that starts at 1."""
        return StepFunction(self.table.time, self.survival)

    def at(self, times: ArrayLike) -> SurvivalAt:
        """Read the curve at ``times`` (m,); before its first time survival is 1, with limits 1 and 1.

        As ``summary(survfit(…), times, extend=TRUE)`` of R.
        """
        t = finite_column(times, "time")

        def read(start: float, values: Floats) -> Floats:
            return StepFunction(self.table.time, values, start).at(t)

        reached = np.searchsorted(self.table.time, t, side="left")
        return SurvivalAt(
            t,
            read(1.0, self.survival),
            read(0.0, self.standard_error),
            read(1.0, self.lower),
            read(1.0, self.upper),
            np.append(self.table.at_risk, 0)[reached],
            self.band,
            self.level,
        )

    def quantile(self, p: float) -> Estimate | NotEstimable:
        """The time by which a share ``p`` (0 < p < 1) has had the event, with limits from the band.

        The smallest t with S(t) < 1 − p; where S(t) = 1 − p on an interval, its midpoint (on the last
        interval: the middle up to the last time).  The limits are where the lower and the upper band cross
        1 − p, by the same rule; None where a band does not.  As ``quantile.survfit`` of R.

        Source: Brookmeyer and Crowley, Biometrics 1982; 38: 29–41.
        """
        value = self._crossing(self.survival, p)
        if value is None:
            return NotEstimable(Reason.NOT_REACHED)
        lower, upper = self.quantile_limits(p)
        return Estimate(value, None, lower, upper, self.level, self.band)

    def quantile_limits(self, p: float) -> tuple[float | None, float | None]:
        """The limits of the quantile, which may exist where the quantile itself is not reached."""
        return self._crossing(self.lower, p), self._crossing(self.upper, p)

    @property
    def median(self) -> Estimate | NotEstimable:
        """The time at which half had the event, by the rule of ``quantile``."""
        return self.quantile(0.5)

    def first_time(self, p: float = 0.5) -> float | NotEstimable:
        """The first time with S(t) ≤ 1 − p: the other rule in use, without the midpoint."""
        below = np.flatnonzero(self.survival <= 1 - p + _ROUNDING)
        return float(self.table.time[below[0]]) if below.size else NotEstimable(Reason.NOT_REACHED)

    def _crossing(self, heights: Floats, p: float) -> float | None:
        if not 0 < p < 1:
            raise DataError(Fault.OUT_OF_RANGE, field="p", row=1, allowed="0 < p < 1")
        time = np.concatenate([[0.0], self.table.time])
        fallen, first = np.unique(np.concatenate([[0.0], 1.0 - heights]), return_index=True)
        last_level = fallen[np.argmax(first)]
        fallen = fallen[~np.isnan(fallen)]
        reached = int(np.searchsorted(fallen + _FLAT, p))
        passed = int(np.searchsorted(fallen - _FLAT, p))
        if reached < len(fallen) and abs(p - last_level) < _FLAT:
            return float(time[first[reached]] + time[-1]) / 2
        if passed == len(fallen):
            return None
        return float(time[first[reached]] + time[first[passed]]) / 2


def kaplan_meier(data: SurvivalData, *, band: Band = "log-log", level: float = LEVEL) -> KaplanMeier:
    """Estimate the survival of ``data`` with pointwise limits at ``level``.

    Raises
    ------
    DataError
        When there is no patient.
    """
    if not len(data):
        raise DataError(Fault.TOO_FEW_ROWS, count=0, least=1)
    table = event_table(data)
    staying = table.at_risk - table.events
    survival: Floats = np.cumprod(np.divide(staying, table.at_risk))
    hazard_variance = np.full(len(staying), np.nan)
    np.divide(table.events, table.at_risk * staying, out=hazard_variance, where=staying > 0)
    log_error: Floats = np.sqrt(np.cumsum(hazard_variance))
    lower, upper = survival_band(survival, log_error, band, level)
    return KaplanMeier(table, survival, survival * log_error, lower, upper, band, level)


def follow_up_curve(data: SurvivalData, *, band: Band = "log-log", level: float = LEVEL) -> KaplanMeier:
    """The reversed Kaplan–Meier curve: the share still under observation, censoring being the event.

    Who had the event at t counts as at risk of being censored at t, as in R's ``Surv(time, 1 − event)``.
    Source: Schemper and Smith, Control Clin Trials 1996; 17: 343–346.
    """
    return kaplan_meier(SurvivalData(data.time, ~data.event), band=band, level=level)


def follow_up_median(data: SurvivalData, *, level: float = LEVEL) -> Estimate | NotEstimable:
    """Median follow-up: the median of the reversed curve, with log(−log) limits."""
    return follow_up_curve(data, level=level).median


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)

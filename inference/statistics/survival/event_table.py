"""Who was at risk, who had the event and who was censored at each distinct time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.step_function import StepFunction


@dataclass(frozen=True, slots=True, eq=False)
class EventTable:
    """One row per distinct observed time, ascending; all arrays (k,).

    ``at_risk`` counts those with time ≥ t, ``events`` and ``censored`` those at exactly t.
    """

    time: Floats
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]
    censored: NDArray[np.int64]


def event_table(data: SurvivalData) -> EventTable:
    """Count ``data`` at its distinct times."""
    time, row = np.unique(data.time, return_inverse=True)
    events = np.bincount(row, weights=data.event, minlength=len(time)).astype(np.int64)
    leaving = np.bincount(row, minlength=len(time)).astype(np.int64)
    at_risk = len(data) - np.concatenate([[0], np.cumsum(leaving)[:-1]]).astype(np.int64)
    return EventTable(time, at_risk, events, leaving - events)


def censoring_survival(data: SurvivalData) -> StepFunction:
    """Kaplan–Meier estimate G of remaining uncensored; events precede censorings at a tie.

    Who has the event at t is no longer at risk of being censored at t.  ``before`` gives G(t−).
    Source: Graf et al., Stat Med 1999; 18: 2529–2545; the tie rule is that of ``prodlim(reverse=TRUE)``.
    """
    table = event_table(data)
    at_risk = table.at_risk - table.events
    leaving = np.divide(table.censored, at_risk, out=np.zeros(len(at_risk)), where=at_risk > 0)
    remaining: Floats = np.cumprod(1.0 - leaving)
    return StepFunction(table.time, remaining)

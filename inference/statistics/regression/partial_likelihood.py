"""Cox's partial likelihood with its derivatives, at every death of every risk set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from inference.statistics.outcomes import Floats, SurvivalData

Ties = Literal["efron", "breslow"]
"""How deaths at one time share their risk set: Efron thins it by l/d before the l-th death, Breslow never."""

WIDEST_SPREAD: Final = 500.0
"""Linear predictors further apart than this are beyond the range of exponentials, and of any use."""


@dataclass(frozen=True, slots=True, eq=False)
class RiskSets:
    """Who stood at risk at each death: n rows ever at risk, ascending in time, m deaths at k times.

    Attributes
    ----------
    order : (n,) indices of the caller's rows, sorted by time, stable; rows before the first death are out.
    deaths : (m,) positions of the deaths among the sorted rows.
    times : (k,) distinct death times, ascending.
    time_of_death : (m,) index into ``times`` of each death.
    first_at_risk : (k,) first sorted row with time ≥ the death time: it and all after it are at risk.
    times_survived : (n,) number of death times ≤ the row's own time.
    thinning : (m,) the share l/d of the tied deaths that has left before this one; all 0 under Breslow.
    """

    order: NDArray[np.intp]
    deaths: NDArray[np.intp]
    times: Floats
    time_of_death: NDArray[np.intp]
    first_at_risk: NDArray[np.intp]
    times_survived: NDArray[np.intp]
    thinning: Floats

    def by_time(self, values: Floats) -> Floats:
        """Sums of ``values`` (m, …) over the deaths at each time: (k, …)."""
        starts = np.searchsorted(self.time_of_death, np.arange(len(self.times)))
        sums: Floats = np.add.reduceat(values, starts, axis=0)
        return sums


def risk_sets(data: SurvivalData, ties: Ties) -> RiskSets:
    """Sort ``data`` into risk sets; there must be an event.  Who is censored at t is at risk at t."""
    order = np.argsort(data.time, kind="stable")
    order = order[data.time[order] >= data.time[data.event].min()]
    time, event = data.time[order], data.event[order]
    deaths = np.flatnonzero(event)
    times, time_of_death, tied = np.unique(time[deaths], return_inverse=True, return_counts=True)
    before = np.arange(len(deaths)) - np.concatenate([[0], np.cumsum(tied)[:-1]])[time_of_death]
    thinning = before / tied[time_of_death] if ties == "efron" else np.zeros(len(deaths))
    return RiskSets(
        order,
        deaths,
        times,
        time_of_death,
        np.searchsorted(time, times, side="left"),
        np.searchsorted(times, time, side="right"),
        thinning,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """The partial likelihood at one linear predictor.

    Attributes
    ----------
    log_likelihood : −∞ where linear predictors lie further apart than ``WIDEST_SPREAD``.
    weights : (n,) exp(lp − shift) of the sorted rows.
    at_risk : (m,) the sum of weights at risk at each death, thinned.
    shift : what was taken off the linear predictor so that no exponential overflows.
    """

    log_likelihood: float
    weights: Floats
    at_risk: Floats
    shift: float


def evaluate(sets: RiskSets, linear_predictor: Floats) -> Evaluation:
    """The log partial likelihood; ``linear_predictor`` (n,) is in the order of the sorted rows."""
    shift = float(linear_predictor.max())
    weights = np.exp(linear_predictor - shift)
    at_risk = _sums_at_risk(sets, weights)
    if shift - linear_predictor.min() > WIDEST_SPREAD:
        return Evaluation(-np.inf, weights, at_risk, shift)
    own = linear_predictor[sets.deaths] - shift
    return Evaluation(float((own - np.log(at_risk)).sum()), weights, at_risk, shift)


def means_at_risk(sets: RiskSets, at: Evaluation, matrix: Floats) -> Floats:
    """Mean columns at each death, weighted by risk: (m, p); ``matrix`` (n, p) is sorted."""
    means: Floats = _sums_at_risk(sets, at.weights[:, None] * matrix) / at.at_risk[:, None]
    return means


def information(
    sets: RiskSets, at: Evaluation, matrix: Floats, means: Floats, importance: Floats | None = None
) -> Floats:
    """Σ over deaths of ``importance`` (m,) × the covariance of the columns at risk: (p, p).

    With importance 1 it is the observed information.  Second moments are summed over rows, each weighted by
    the hazards it lived through: Σ_deaths Σ_rows = Σ_rows Σ_deaths.
    """
    share = np.ones(len(sets.deaths)) if importance is None else importance
    lived = hazards_lived(sets, at, share)
    second_moments = (matrix * (at.weights * lived)[:, None]).T @ matrix
    blocks: Floats = second_moments - (means * share[:, None]).T @ means
    return blocks


def hazards_lived(sets: RiskSets, at: Evaluation, importance: Floats) -> Floats:
    """For each sorted row the sum over its deaths of importance / sum at risk, thinned at its own: (n,)."""
    steps = importance / at.at_risk
    cumulative = np.concatenate([[0.0], np.cumsum(sets.by_time(steps))])
    lived: Floats = cumulative[sets.times_survived]
    lived[sets.deaths] -= sets.by_time(steps * sets.thinning)[sets.time_of_death]
    return lived


def _sums_at_risk(sets: RiskSets, values: Floats) -> Floats:
    """Sums of ``values`` (n, …) over each death's thinned risk set: (m, …)."""
    later = np.cumsum(values[::-1], axis=0)[::-1][sets.first_at_risk]
    dying = sets.by_time(values[sets.deaths])
    thinning = sets.thinning.reshape(-1, *[1] * (values.ndim - 1))
    sums: Floats = later[sets.time_of_death] - thinning * dying[sets.time_of_death]
    return sums

"""What each patient does to the censoring weights: the part of a variance that the estimated G brings.

The estimate of G is the product integral of the censoring hazard; to first order a patient i moves
log G(t) by −f_i(t)/n with f_i(t) = n · 1{censored at T_i ≤ t}/Y(T_i) − n · Σ_{u ≤ min(t, T_i)} dN(u)/Y(u)²,
where N counts censorings and Y those at risk.  A statistic Σ_k q_k with q_k proportional to 1/G(T_k−) moves
by Σ_k q_k f_i(T_k−)/n.  Sources: Blanche, Dartigues and Jacqmin-Gadda, Stat Med 2013; 32: 5381–5397;
Gerds and Kattan, Medical Risk Prediction Models, 2021 (appendix).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.survival.event_table import event_table

TiedTimes = Literal["together", "in_order"]
"""Rows of one time leave the risk set together, or one after the other in the order given (timeROC)."""


def influence_through_weights(data: SurvivalData, shares: Floats, *, tied_times: TiedTimes) -> Floats:
    """Σ_k ``shares``_k f_i(T_k−) for each row i, (n,); ``shares`` (n,) are 0 where a row has no 1/G(T−)."""
    return _together(data, shares) if tied_times == "together" else _in_order(data, shares)


def influence_at(data: SurvivalData, t: float, *, before: bool = False) -> Floats:
    """f_i(t) for each row i, (n,); f_i(t−) when ``before``."""
    table = event_table(data)
    n = len(data)
    hazard = np.concatenate([[0.0], np.cumsum(n * table.censored / table.at_risk**2)])
    side: Literal["left", "right"] = "left" if before else "right"
    last = np.searchsorted(table.time, t, side=side)
    row = np.searchsorted(table.time, data.time)
    counts = ~data.event & (row < last)
    own = np.where(counts, n / table.at_risk[row], 0.0)
    influence: Floats = own - hazard[np.minimum(row + 1, last)]
    return influence


def _together(data: SurvivalData, shares: Floats) -> Floats:
    table = event_table(data)
    n = len(data)
    hazard = np.cumsum(n * table.censored / table.at_risk**2)
    before = hazard - n * table.censored / table.at_risk**2
    row = np.searchsorted(table.time, data.time)
    at_time = np.bincount(row, weights=shares, minlength=len(table.time))
    until = np.cumsum(at_time * before)
    later = at_time.sum() - np.cumsum(at_time)
    own = np.where(data.event, 0.0, n / table.at_risk[row])
    influence: Floats = own * later[row] - until[row] - hazard[row] * later[row]
    return influence


def _in_order(data: SurvivalData, shares: Floats) -> Floats:
    n = len(data)
    order = np.argsort(data.time, kind="stable")
    time, censored, share = data.time[order], ~data.event[order], shares[order]
    at_risk = n - np.arange(n)
    hazard = np.cumsum(n * censored / at_risk**2)
    first = np.searchsorted(time, time)
    from_here = np.cumsum(share[::-1])[::-1]
    until = np.cumsum(share * hazard)
    later = from_here - share
    sorted_influence = np.where(censored, n / at_risk[first] * from_here[first], 0.0) - until - hazard * later
    influence = np.empty(n)
    influence[order] = sorted_influence
    return influence

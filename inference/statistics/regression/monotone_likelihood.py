"""Whether Cox's partial likelihood has no maximum: some score orders the deaths without one exception."""

from __future__ import annotations

import numpy as np

from inference.statistics.outcomes import Floats
from inference.statistics.regression.partial_likelihood import RiskSets


def is_monotone(sets: RiskSets, matrix: Floats) -> bool:
    """True when some combination of the columns is highest among those at risk at every single death.

    The likelihood then rises for ever along that combination, and a coefficient has no finite estimate
    (with a factor: a level without events).  ``matrix`` (n, p) holds the sorted, standardised rows.  Decided
    exactly, by a linear programme in the p weights: each row against the last death that it was at risk for,
    each death against the one after it.
    Source: Bryson and Johnson, Technometrics 1981; 23: 381–383; Albert and Anderson, Biometrika 1984;
    71: 1–10 (the linear programme).
    """
    from scipy.optimize import linprog

    first = np.searchsorted(sets.time_of_death, np.arange(len(sets.times)))
    highest = matrix[sets.deaths[first]]
    concerned = sets.times_survived > 0
    rows = matrix[concerned] - highest[sets.times_survived[concerned] - 1]
    later_deaths = np.diff(highest, axis=0)
    tied = matrix[sets.deaths] - highest[sets.time_of_death]
    cost = np.vstack([rows, later_deaths]).sum(axis=0)
    found = linprog(
        cost / max(float(np.abs(cost).max()), 1e-300),
        A_ub=np.vstack([rows, later_deaths]),
        b_ub=np.zeros(len(rows) + len(later_deaths)),
        A_eq=tied,
        b_eq=np.zeros(len(tied)),
        bounds=(-1, 1),
        method="highs",
    )
    return bool(found.status == 0 and found.fun < -1e-7)

"""Patients grouped by the quantiles of their predictions, and what is compared in each group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Floats
from inference.statistics.reasons import DataError, Fault, NotEstimable


@dataclass(frozen=True, slots=True)
class CalibrationGroup:
    """One group: how many patients, the mean of their predictions, and what was observed in them.

    Both numbers speak of the same thing: survival, or risk, as the function that made the group says.
    """

    count: int
    predicted: float
    observed: Estimate | NotEstimable


@dataclass(frozen=True, slots=True, eq=False)
class QuantileGroups:
    """``breaks`` (g + 1,) ascending, and for each patient the index of the group, from 0; (n,)."""

    breaks: Floats
    member: NDArray[np.intp]

    @property
    def occupied(self) -> tuple[NDArray[np.bool_], ...]:
        """The groups that have patients, ascending, each as a mask of shape (n,)."""
        return tuple(self.member == group for group in np.unique(self.member))


def quantile_breaks(values: Floats, groups: int) -> Floats:
    """The distinct quantiles 0, 1/g, … 1 of ``values`` (n,), at most g + 1 of them.

    Interpolated linearly between order statistics: definition 7 of Hyndman and Fan, Am Stat 1996; 50:
    361–365, the default of R's ``quantile``.
    """
    if groups < 2:
        raise DataError(Fault.OUT_OF_RANGE, field="groups", row=1, allowed="groups ≥ 2")
    if not len(values):
        raise DataError(Fault.TOO_FEW_ROWS, count=0, least=1)
    ordered = np.sort(values)
    share = np.minimum(np.arange(groups + 1) * (1 / groups), 1.0)
    # Counted from 1, as R counts: so a whole place rounds as it does there.
    place = 1 + (len(ordered) - 1) * share
    below, above = np.floor(place).astype(int) - 1, np.ceil(place).astype(int) - 1
    part = place - 1 - below
    between = (1 - part) * ordered[below] + part * ordered[above]
    # Between equal neighbours nothing is interpolated: rounding must not move a break off its own value.
    breaks: Floats = np.unique(np.where(ordered[below] == ordered[above], ordered[below], between))
    return breaks


def quantile_groups(values: Floats, groups: int) -> QuantileGroups:
    """Group ``values`` (n,) at their quantiles.

    A value on a break belongs below it, the least value to the first group.  Ties can leave fewer groups
    than asked for, or a group without patients.
    """
    breaks = quantile_breaks(values, groups)
    member = np.maximum(np.searchsorted(breaks, values, side="left") - 1, 0)
    return QuantileGroups(breaks, member)

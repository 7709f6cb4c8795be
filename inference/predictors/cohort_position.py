"""Where a patient's score stands among the training cohort's, by outcome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from inference.packs.study_models import Quantiles


@dataclass(frozen=True, slots=True)
class CohortPosition:
    """Among the patients of one cohort with one outcome.

    ``share`` is the part of them whose score is lower, read between the quantiles that the pack holds.  Of a
    score beyond the outermost quantile only a bound is known: ``is_below`` the lowest, at most ``share``; or
    ``is_above`` the highest, at least ``share``.
    """

    cohort: str
    outcome: str
    patients: int
    share: float
    is_below: bool
    is_above: bool


def cohort_positions(
    quantiles: Iterable[Quantiles], score: str, value: float, *, cohort: str = "training"
) -> tuple[CohortPosition, ...]:
    """One for each outcome of which the pack holds quantiles of ``score``."""
    return tuple(
        _position(one, value) for one in quantiles if (one.stated.score, one.stated.cohort) == (score, cohort)
    )


def _position(quantiles: Quantiles, value: float) -> CohortPosition:
    values, shares = quantiles.values, np.asarray(quantiles.stated.probabilities)
    # Of quantiles that coincide with the value, the middle one counts.
    low = float(np.interp(np.nextafter(value, -np.inf), values, shares))
    high = float(np.interp(np.nextafter(value, np.inf), values, shares))
    return CohortPosition(
        quantiles.stated.cohort,
        quantiles.stated.outcome,
        quantiles.stated.patients,
        (low + high) / 2,
        bool(value < values[0]),
        bool(value > values[-1]),
    )

"""The minimum of a likelihood with an L1 penalty, for each of a descending sequence of penalties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from inference.statistics.outcomes import Floats
from inference.statistics.penalised.sign_search import sign_search
from inference.statistics.reasons import NotEstimable, Reason

_TOLERANCE: Final = 1e-10
"""By how much a derivative of the objective may miss its condition at the minimum."""

_LOOSE: Final = 1e-8
"""What is accepted where rounding allows no further step."""

_RIDGE: Final = 1e-12
"""Share of its mean that is added to the curvature's diagonal: columns that repeat each other stay soluble.

It draws to where the step begins, so that the minimum is not moved.
"""

_MOST_STEPS: Final = 200


class Point(Protocol):
    """A likelihood at one linear predictor (n,): all per row, so divided by n."""

    @property
    def value(self) -> float:
        """−log L / n."""

    @property
    def gradient(self) -> Floats:
        """Its derivative (n,) by the linear predictor."""

    def curvature(self, columns: Floats) -> Floats:
        """Its second derivative (a, a) by the coefficients of ``columns`` (n, a)."""


def descend(
    at: Callable[[Floats], Point],
    features: Floats,
    is_penalised: NDArray[np.bool_],
    start: Floats,
    lambdas: Floats,
    is_last: Callable[[float], bool],
) -> Floats | NotEstimable:
    """Coefficients (k, p) for the first k of the penalties ``lambdas``, each found from the one before.

    A path also ends before a penalty so small that risks lie further apart than numbers reach.

    Parameters
    ----------
    at : the likelihood at a linear predictor (n,).
    features : (p, n), a contiguous row for each column of the model.
    is_penalised : (p,) False where a coefficient is free, as an intercept is.
    start : (p,) where the search for the first model begins.
    is_last : told each value of −log L / n, whether the path ends there.
    """
    coefficients: list[Floats] = []
    here = start
    for strength in lambdas:
        found = minimum(at, features, np.where(is_penalised, strength, 0.0), here)
        if isinstance(found, NotEstimable):
            if not coefficients:
                return found
            break
        here, value = found
        coefficients.append(here)
        if is_last(value):
            break
    return np.array(coefficients)


def minimum(
    at: Callable[[Floats], Point], features: Floats, penalty: Floats, start: Floats
) -> tuple[Floats, float] | NotEstimable:
    """The minimum of −log L / n + Σ penalty |b|: coefficients (p,) and the value without the penalty.

    Proximal Newton steps with the exact curvature, over the columns that are in the model or whose
    derivative exceeds the penalty; it ends when the Karush–Kuhn–Tucker conditions of *all* columns hold to
    1e-10.  Source: Lee, Sun and Saunders, SIAM J Optim 2014; 24: 1420–1443.
    """
    here = start
    point = at(here @ features)
    for _ in range(_MOST_STEPS):
        gradient = features @ point.gradient
        missing = violation(gradient, here, penalty)
        if missing <= _TOLERANCE:
            return here, point.value
        working = np.flatnonzero(
            (here != 0) | (np.abs(gradient) > penalty + _TOLERANCE / 10) | (penalty == 0)
        )
        columns = features[working].T
        curvature = point.curvature(columns)
        hessian = curvature + _RIDGE * float(np.diag(curvature).mean()) * np.eye(len(working))
        linear = hessian @ here[working] - gradient[working]
        target = sign_search(hessian, linear, penalty[working], here[working])
        step = np.zeros_like(here)
        step[working] = target - here[working]
        moved = _downhill(at, features, penalty, here, point, step, float(gradient @ step))
        if moved is None or not step.any():
            break
        here, point = moved
    return (here, point.value) if missing <= _LOOSE else NotEstimable(Reason.DID_NOT_CONVERGE)


def violation(gradient: Floats, coefficients: Floats, penalty: Floats) -> float:
    """By how much the Karush–Kuhn–Tucker conditions fail, at worst.

    A coefficient that is not 0 needs gradient = −penalty · sign, one at 0 needs a gradient within
    ± penalty.
    """
    inside = np.abs(gradient + penalty * np.sign(coefficients))
    outside = np.abs(gradient) - penalty
    return float(np.where(coefficients != 0, inside, outside).max(initial=0.0))


def _downhill(
    at: Callable[[Floats], Point],
    features: Floats,
    penalty: Floats,
    here: Floats,
    point: Point,
    step: Floats,
    slope: float,
) -> tuple[Floats, Point] | None:
    """The first of the step, its half, its quarter … that lowers the objective enough, if any does."""
    size = float(penalty @ np.abs(here))
    promised = slope + float(penalty @ np.abs(here + step)) - size
    objective = point.value + size
    rounding = 1e-14 * abs(objective)
    share = 1.0
    while share > 1e-10:
        there = here + share * step
        further = at(there @ features)
        if further.value + float(penalty @ np.abs(there)) <= objective + 0.01 * share * promised + rounding:
            return there, further
        share /= 2
    return None

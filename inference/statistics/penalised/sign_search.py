"""The minimum of a quadratic with an L1 penalty, found by searching for the signs of its solution."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotrs

from inference.statistics.outcomes import Floats

_ROUNDING: Final = 1e-11
"""What a coefficient must promise to be let in, as a share of the largest slope."""


def sign_search(hessian: Floats, linear: Floats, penalty: Floats, start: Floats) -> Floats:
    """The minimum (a,) of ½ b′Hb − linear · b + Σ penalty |b|, H positive definite (a, a).

    Once the signs are known the rest is a linear system.  From ``start``: solve it with the signs at hand;
    where a coefficient would change its sign, go to the best point on the way and let it rest at 0; when all
    signs hold, let in the coefficient at 0 that promises most.  Every step lowers the objective, so that no
    signs come twice.  A penalty of 0 leaves a coefficient free.
    Source: Lee, Battle, Raina and Ng, NIPS 2006, 801–808 (feature-sign search).
    """
    found, signs = start.copy(), np.sign(start)
    is_free = penalty == 0
    active = is_free | (signs != 0)
    slack = _ROUNDING * (np.abs(linear).max() + penalty.max())
    for _ in range(20 * len(linear) + 20):
        at = np.flatnonzero(active)
        target = _solved(hessian[np.ix_(at, at)], (linear - penalty * signs)[at])
        turns = ~is_free[at] & (np.sign(target) != signs[at])
        if turns.any():
            found[at] = _best_on_the_way(hessian, linear, penalty, at, found[at], target)
            signs = np.sign(found)
            active = is_free | (signs != 0)
            continue
        found[at] = target
        gradient = hessian[:, at] @ target - linear
        promise = np.where(active, -np.inf, np.abs(gradient) - penalty)
        enters = int(np.argmax(promise))
        if promise[enters] <= slack:
            break
        active[enters] = True
        signs[enters] = -np.sign(gradient[enters])
    return found


def _solved(hessian: Floats, right: Floats) -> Floats:
    if not right.size:
        return right
    # LAPACK itself: what scipy.linalg puts around it takes longer than systems this small.
    factor, failed = dpotrf(hessian, lower=False, clean=False)
    solution: Floats
    if failed:
        solution = np.asarray(np.linalg.lstsq(hessian, right, rcond=None)[0], dtype=np.float64)
    else:
        solution = dpotrs(factor, right, lower=False)[0]
    return solution


def _best_on_the_way(
    hessian: Floats, linear: Floats, penalty: Floats, at: NDArray[np.intp], here: Floats, target: Floats
) -> Floats:
    """The lowest of the target and of the points between where a coefficient passes 0, which it then is."""
    way = target - here
    passes = np.flatnonzero(here * target < 0)
    shares = np.append(here[passes] / -way[passes], 1.0)
    points = here[:, None] + way[:, None] * shares
    points[passes, np.arange(len(passes))] = 0.0
    block = hessian[np.ix_(at, at)]
    heights = (
        0.5 * (points * (block @ points)).sum(axis=0) - linear[at] @ points + penalty[at] @ np.abs(points)
    )
    best: Floats = points[:, int(np.argmin(heights))]
    return best

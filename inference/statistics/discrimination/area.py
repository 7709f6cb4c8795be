"""The AUC with an interval that the size and the overlap of the classes allow: the one to report.

The rule, in this order:

1. Classes that do not overlap (AUC 0 or 1).  Any resample of them has the same AUC and DeLong's error is 0,
   so neither says anything.  Of k = min(m, n) disjoint pairs of a positive and a negative, each is won
   independently with probability at most the true area A, and all were won; so A ≥ (α/2)^(1/k), the bound of
   Clopper and Pearson for k of k (Biometrika 1934; 26: 404–413).  No bound that is free of the distribution
   is tighter: if the scores of the smaller class lie beyond all others with probability A and short of them
   otherwise, separation has the probability A^k.  Method ``disjoint_pairs``, flag ``complete_separation``.
2. Fewer than 10 in a class: percentiles of the exact bootstrap distribution (``exact_bootstrap``), drawn by
   Monte Carlo only where the exact one would take too long (``bootstrap``).  Plain percentiles of so few are
   too narrow, so they are taken further out, at Φ(−√(k / (k − 1)) · t) of the k in the smaller class, t of
   k − 1 degrees of freedom: the expanded percentiles of Hesterberg, Am Stat 2015; 69: 371–386.  Flag
   ``small_class``.  A class of one has no spread to resample: no limits.
3. Otherwise DeLong's interval (``delong``).

Below 10 this errs on the wide side: over 300 samples each of binormal scores, 3, 5 or 8 positives against
15 negatives and true areas of 0.7 to 0.95, the 95 % interval held the truth in 97 to 100 %, DeLong's in 61
to 93 % (a sample that gave it no limits counted as missed).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np

from inference.statistics.discrimination.delong import delong_auc
from inference.statistics.discrimination.exact_bootstrap import (
    LARGEST_WORK,
    bootstrap_standard_error,
    drawn_distribution,
    exact_distribution,
    ladder,
)
from inference.statistics.discrimination.placements import SMALL_CLASS, no_area
from inference.statistics.estimate import LEVEL, Estimate
from inference.statistics.outcomes import ClassData, Floats
from inference.statistics.reasons import NotEstimable

DRAWS: Final = 20_000
"""Monte Carlo resamples where the exact distribution would take too long."""


def area_under_curve(
    data: ClassData, *, level: float = LEVEL, out_of_fold: bool = False, seed: int = 0
) -> Estimate | NotEstimable:
    """AUC, ties one half, with the interval of the module's rule.

    ``out_of_fold`` says that each score comes from the model of a cross-validation that left the patient out.
    Such scores depend on each other and are of several models: the interval is then too narrow, and flagged.
    ``fold_aucs`` gives the areas within the folds.  ``seed`` serves where resamples must be drawn.
    """
    if (reason := no_area(data)) is not None:
        return reason
    area = _chosen(data, level, seed)
    if out_of_fold:
        area = replace(area, flags=(*area.flags, "dependent_fold_scores"))
    return area


def _chosen(data: ClassData, level: float, seed: int) -> Estimate:
    smaller = int(min(data.is_positive.sum(), (~data.is_positive).sum()))
    flags = ("small_class",) if smaller < SMALL_CLASS else ()
    delong = delong_auc(data, level=level)
    assert isinstance(delong, Estimate)
    if delong.value in (0.0, 1.0):
        bound = ((1 - level) / 2) ** (1 / smaller)
        low, high = (bound, 1.0) if delong.value == 1.0 else (0.0, 1 - bound)
        separated = ("complete_separation", *flags)
        return Estimate(delong.value, None, low, high, level, "disjoint_pairs", separated)
    if smaller == 1 or not flags:
        return delong
    return _resampled(data, delong.value, level, flags, seed)


def _resampled(data: ClassData, value: float, level: float, flags: tuple[str, ...], seed: int) -> Estimate:
    steps = ladder(data)
    tail = expanded_tail(level, steps.few_count)
    if steps.work <= LARGEST_WORK:
        values, chances = exact_distribution(steps)
        method = "exact_bootstrap"
    else:
        values = np.sort(drawn_distribution(steps, DRAWS, np.random.default_rng(seed)))
        chances = np.full(DRAWS, 1 / DRAWS)
        method = "bootstrap"
    low, high = _outer(values, chances, tail), 1 - _outer(1 - values[::-1], chances[::-1], tail)
    return Estimate(value, bootstrap_standard_error(data), low, high, level, method, flags)


def expanded_tail(level: float, count: int) -> float:
    """Share of the resamples to leave out at either end, for ``count`` ≥ 2 in the smaller class."""
    from scipy.special import ndtr, stdtrit

    t = stdtrit(count - 1, 0.5 + level / 2)
    return float(ndtr(-math.sqrt(count / (count - 1)) * t))


def _outer(values: Floats, chances: Floats, tail: float) -> float:
    """The least of the ascending ``values`` at or below which more than ``tail`` of the chances lie."""
    return float(values[np.searchsorted(np.cumsum(chances), tail, side="right")])

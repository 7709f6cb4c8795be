"""The AUC of units that belong together, such as slices of a patient, with a variance that knows it.

A score per slice says how well slices are told apart; the independent pieces are still the patients.
Source: Obuchowski, Biometrics 1997; 53: 567–578, which extends DeLong's structural components to clusters.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.discrimination.delong import SAME, PairedAuc, two_sided
from inference.statistics.discrimination.placements import (
    SMALL_CLASS,
    by_class,
    no_area,
    structural_components,
)
from inference.statistics.estimate import LEVEL, Estimate, wald
from inference.statistics.outcomes import ClassData, Floats, class_column, finite_column, same_length
from inference.statistics.reasons import NotEstimable, Reason


@dataclass(frozen=True, slots=True, eq=False)
class _Clusters:
    """Sums by cluster (I,) of V10 − AUC over its positives and of V01 − AUC over its negatives."""

    area: float
    wins: Floats
    losses: Floats
    positives: Floats
    negatives: Floats

    @property
    def fewest(self) -> int:
        """Clusters with positives or clusters with negatives, whichever are fewer."""
        return int(min((self.positives > 0).sum(), (self.negatives > 0).sum()))


def cluster_auc(
    data: ClassData, clusters: Sequence[Hashable], *, level: float = LEVEL
) -> Estimate | NotEstimable:
    """AUC over all units, ties one half; ``clusters`` (n,) says to which patient each unit belongs.

    A cluster may hold units of both classes.  With one unit in each, the variance is DeLong's.  The interval
    is AUC ± z · se, cut to [0, 1].  Fewer than two clusters with positives, or with negatives, give no error;
    classes that do not overlap give no limits.  Flag ``small_class`` below 10 such clusters.
    """
    if (reason := no_area(data)) is not None:
        return reason
    sums = _by_cluster(data, clusters)
    flags = ("small_class",) if sums.fewest < SMALL_CLASS else ()
    if sums.area in (0.0, 1.0):
        flags = ("complete_separation", *flags)
        return Estimate(sums.area, level=level, method="cluster_robust", flags=flags)
    variance = _covariance(sums, sums) if sums.fewest > 1 else 0.0
    if variance <= 0:
        return Estimate(sums.area, level=level, method="cluster_robust", flags=flags)
    plain = wald(sums.area, math.sqrt(variance), level=level, method="cluster_robust")
    assert plain.lower is not None and plain.upper is not None
    return replace(plain, lower=max(0.0, plain.lower), upper=min(1.0, plain.upper), flags=flags)


def compare_clustered_aucs(
    first: ArrayLike,
    second: ArrayLike,
    is_positive: ArrayLike,
    clusters: Sequence[Hashable],
    *,
    level: float = LEVEL,
) -> PairedAuc | NotEstimable:
    """The paired test of two scores of the same units, units within clusters; all (n,), in the same order."""
    marked = class_column(is_positive, "outcome")
    one = ClassData(finite_column(first, "score"), marked)
    other = ClassData(finite_column(second, "score"), marked)
    area, other_area = (cluster_auc(data, clusters, level=level) for data in (one, other))
    if isinstance(area, NotEstimable):
        return area
    if isinstance(other_area, NotEstimable):
        return other_area
    sums, other_sums = _by_cluster(one, clusters), _by_cluster(other, clusters)
    if sums.fewest < 2:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    apart = max(np.ptp(sums.wins - other_sums.wins), np.ptp(sums.losses - other_sums.losses))
    covariance = _covariance(sums, other_sums)
    variance = _covariance(sums, sums) + _covariance(other_sums, other_sums) - 2 * covariance
    if apart < SAME or variance <= 0:
        return NotEstimable(Reason.NO_VARIANCE)
    error = math.sqrt(variance)
    difference = wald(area.value - other_area.value, error, level=level, method="cluster_robust")
    z = difference.value / error
    return PairedAuc(area, other_area, difference, covariance, z, two_sided(z))


def _by_cluster(data: ClassData, clusters: Sequence[Hashable]) -> _Clusters:
    numbers = {name: number for number, name in enumerate(dict.fromkeys(clusters))}
    member = np.array([numbers[name] for name in clusters], dtype=np.intp)
    same_length(("score", "cluster"), data.scores, member)
    wins, losses = structural_components(*by_class(data))
    area = float(wins.mean())
    of_positive, of_negative = member[data.is_positive], member[~data.is_positive]
    return _Clusters(
        area,
        np.bincount(of_positive, weights=wins - area, minlength=len(numbers)).astype(np.float64),
        np.bincount(of_negative, weights=losses - area, minlength=len(numbers)).astype(np.float64),
        np.bincount(of_positive, minlength=len(numbers)).astype(np.float64),
        np.bincount(of_negative, minlength=len(numbers)).astype(np.float64),
    )


def _covariance(one: _Clusters, other: _Clusters) -> float:
    """Of two areas over the same clusters; both alike, the variance."""
    m, n = one.positives.sum(), one.negatives.sum()
    with_positives, with_negatives = (one.positives > 0).sum(), (one.negatives > 0).sum()
    clusters = len(one.wins)
    of_wins = with_positives / (with_positives - 1) * (one.wins @ other.wins) / m**2
    of_losses = with_negatives / (with_negatives - 1) * (one.losses @ other.losses) / n**2
    across = clusters / (clusters - 1) * (one.wins @ other.losses + other.wins @ one.losses) / (m * n)
    return float(of_wins + of_losses + across)

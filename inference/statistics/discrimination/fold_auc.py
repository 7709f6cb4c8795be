"""The AUC within each fold of a cross-validation, and their mean: no interval, for good reason."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from inference.statistics.discrimination.area import area_under_curve
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData, same_length
from inference.statistics.reasons import NotEstimable


@dataclass(frozen=True, slots=True)
class FoldAucs:
    """``folds`` in order of first appearance with their areas, and the ``mean`` of those that have one.

    ``mean`` has neither error nor limits: folds share their training patients, and no unbiased estimate of
    the variance of a cross-validated mean exists (Bengio and Grandvalet, J Mach Learn Res 2004; 5:
    1089–1105).
    ``spread`` is the plain standard deviation of the areas (n − 1), None for fewer than two.
    """

    folds: tuple[Hashable, ...]
    areas: tuple[Estimate | NotEstimable, ...]
    mean: Estimate | NotEstimable
    spread: float | None

    @property
    def without_area(self) -> int:
        """Folds that lack a class or in which all scores are equal; the mean leaves them out."""
        return sum(isinstance(area, NotEstimable) for area in self.areas)


def fold_aucs(data: ClassData, folds: Sequence[Hashable]) -> FoldAucs:
    """Areas of out-of-fold scores, each among the patients of one fold, whom one model scored.

    ``folds`` (n,) says which fold left the patient out.  Unlike the area of all scores pooled, none of these
    compares scores of two models.  Where no fold has an area, the mean gives the reason of the first.
    """
    same_length(("score", "fold"), data.scores, np.arange(len(folds)))
    names = tuple(dict.fromkeys(folds))
    of = {name: np.array([one == name for one in folds], dtype=bool) for name in names}
    areas = tuple(area_under_curve(data.rows(of[name])) for name in names)
    values = [area.value for area in areas if isinstance(area, Estimate)]
    mean = Estimate(float(np.mean(values))) if values else _no_mean(data, areas)
    return FoldAucs(names, areas, mean, float(np.std(values, ddof=1)) if len(values) > 1 else None)


def _no_mean(data: ClassData, areas: Sequence[Estimate | NotEstimable]) -> NotEstimable:
    for area in areas:
        if isinstance(area, NotEstimable):
            return area
    whole = area_under_curve(data)
    assert isinstance(whole, NotEstimable), "no fold means no row"
    return whole

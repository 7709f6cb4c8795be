"""A division is looked at before a network is spent on it: both classes wherever one learns."""

from __future__ import annotations

from collections.abc import Iterable

from inference.statistics.outcomes import Bools
from models.training.engine.failures import OneClassError
from models.training.splits import Fold


def require_both_classes(folds: Iterable[Fold], is_positive: Bools) -> None:
    """Refuse folds that would teach one class only.

    What is left out, tested or decides when to stop may have one class: an area in such a part is not
    estimable, and the pooled one counts.

    Raises
    ------
    OneClassError
        Naming the first such fold.
    """
    for fold in folds:
        taught = is_positive[list(fold.learn)]
        if taught.all() or not taught.any():
            raise OneClassError(len(fold.learn), fold.number)

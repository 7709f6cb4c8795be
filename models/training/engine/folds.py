"""A division is looked at before a network is spent on it: both classes wherever one learns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inference.statistics.outcomes import Bools
from models.training.engine.failures import OneClassError
from models.training.splits import Fold


def require_both_classes(folds: Iterable[Fold], test: Sequence[int], is_positive: Bools) -> None:
    """Refuse folds that teach one class only, and a test part that judges one; an empty one is lawful.

    A left-out part, or one that decides when to stop, may have one class: an area within that fold is not
    estimable then, and the pooled one counts.

    Raises
    ------
    OneClassError
        Naming the first such fold, or the test part.
    """
    for fold in folds:
        taught = is_positive[list(fold.learn)]
        if taught.all() or not taught.any():
            raise OneClassError("learn", len(fold.learn), fold.number)
    tested = is_positive[list(test)]
    if len(test) and (tested.all() or not tested.any()):
        raise OneClassError("test", len(test))

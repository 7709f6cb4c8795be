"""A division is looked at before a network is spent on it: both classes in every part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inference.statistics.outcomes import Bools
from models.training.engine.failures import OneClassError
from models.training.splits import Fold


def require_both_classes(folds: Iterable[Fold], test: Sequence[int], is_positive: Bools) -> None:
    """Refuse folds that teach or judge one class only, and such a test part; an empty test part is lawful.

    Raises
    ------
    OneClassError
        Naming the first such fold and which side of it, or the test part.
    """
    for fold in folds:
        for part, positions in (("learn", fold.learn), ("left_out", fold.left_out)):
            events = is_positive[list(positions)]
            if events.all() or not events.any():
                raise OneClassError(part, len(positions), fold.number)
    tested = is_positive[list(test)]
    if len(test) and (tested.all() or not tested.any()):
        raise OneClassError("test", len(test))

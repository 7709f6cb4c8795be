"""Folds are looked at before a network is spent on them: both classes on both sides."""

from __future__ import annotations

from collections.abc import Iterable

from inference.statistics.outcomes import Bools
from models.training.engine.failures import OneClassFoldError
from models.training.splits import Fold


def require_both_classes(folds: Iterable[Fold], is_positive: Bools) -> None:
    """Refuse folds that teach or judge one class only.

    Raises
    ------
    OneClassFoldError
        Naming the first such fold and which side of it.
    """
    for fold in folds:
        for part, positions in (("learn", fold.learn), ("left_out", fold.left_out)):
            events = is_positive[list(positions)]
            if events.all() or not events.any():
                raise OneClassFoldError(fold.number, part, len(positions))

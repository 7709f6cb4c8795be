"""Which patients are held out together in cross-validation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inference.statistics.outcomes import class_column, finite_column
from inference.statistics.reasons import DataError, Fault

Folds = NDArray[np.int64]


def balanced_folds(events: ArrayLike, count: int, rng: np.random.Generator) -> Folds:
    """A fold 1 … ``count`` for each patient (n,), drawn so that events and the others spread evenly.

    ``events`` (n,) is 0/1 or Boolean: an event, or the positive class.  Folds differ by at most one patient,
    and by at most one event.

    Raises
    ------
    DataError
        When there are fewer than 2 folds, or more folds than patients.
    """
    marked = class_column(events, "event")
    if not 2 <= count <= len(marked):
        raise DataError(Fault.OUT_OF_RANGE, field="folds", row=1, allowed=f"2 – {len(marked)}")
    order = np.concatenate([rng.permutation(np.flatnonzero(marked == kind)) for kind in (True, False)])
    folds = np.empty(len(marked), dtype=np.int64)
    folds[order] = np.arange(len(marked)) % count + 1
    return folds


def checked_folds(folds: ArrayLike, rows: int) -> Folds:
    """The caller's folds (n,): whole numbers, one for each of ``rows``, at least two different.

    Raises
    ------
    DataError
        When they are anything else.
    """
    labels = finite_column(folds, "fold")
    if len(labels) != rows:
        raise DataError(Fault.LENGTHS_DIFFER, field="fold, matrix")
    whole = labels.astype(np.int64)
    wrong = np.flatnonzero(whole != labels)
    if wrong.size or len(np.unique(whole)) < 2:
        row = int(wrong[0]) + 1 if wrong.size else 1
        raise DataError(Fault.OUT_OF_RANGE, field="fold", row=row, allowed="1, 2, …")
    return whole

"""What happened to the patients: times with events, or one of two classes, checked once at the door."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inference.statistics.reasons import DataError, Fault

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def finite_column(values: ArrayLike, name: str) -> Floats:
    """``values`` as a read-only float64 array of shape (n,).

    Raises
    ------
    DataError
        When a value is NaN or infinite; the field and the row (from 1) are named.
    """
    array = np.array(values, dtype=np.float64).reshape(-1)
    wrong = np.flatnonzero(~np.isfinite(array))
    if wrong.size:
        raise DataError(Fault.NOT_FINITE, field=name, row=int(wrong[0]) + 1)
    array.flags.writeable = False
    return array


def finite_matrix(values: ArrayLike, name: str) -> Floats:
    """``values`` as a read-only float64 array of shape (n, p).

    Raises
    ------
    DataError
        When a value is NaN or infinite; the field and the first row (from 1) are named.
    """
    array = np.array(values, dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if wrong.size:
        raise DataError(Fault.NOT_FINITE, field=name, row=int(wrong[0]) + 1)
    array.flags.writeable = False
    return array


def class_column(values: ArrayLike, name: str) -> Bools:
    """``values`` (0/1 or Boolean) as a read-only Boolean array of shape (n,); anything else is refused."""
    array = finite_column(np.asarray(values, dtype=np.float64), name)
    wrong = np.flatnonzero((array != 0) & (array != 1))
    if wrong.size:
        raise DataError(Fault.OUT_OF_RANGE, field=name, row=int(wrong[0]) + 1, allowed="0, 1")
    marked: Bools = array == 1
    marked.flags.writeable = False
    return marked


def probability_column(values: ArrayLike, name: str) -> Floats:
    """``values`` as a read-only float64 array of shape (n,), each between 0 and 1; else refused by row."""
    array = finite_column(values, name)
    wrong = np.flatnonzero((array < 0) | (array > 1))
    if wrong.size:
        raise DataError(Fault.NOT_A_PROBABILITY, field=name, row=int(wrong[0]) + 1)
    return array


def same_length(names: Sequence[str], *columns: NDArray[np.generic]) -> None:
    """Refuse columns of different lengths, naming them."""
    if len({len(column) for column in columns}) > 1:
        raise DataError(Fault.LENGTHS_DIFFER, field=", ".join(names))


def no_duplicates(ids: Sequence[Hashable], name: str = "patient") -> None:
    """Refuse a patient who stands in two rows; the later row (from 1) is named, the id is not."""
    seen: set[Hashable] = set()
    for row, one in enumerate(ids, start=1):
        if one in seen:
            raise DataError(Fault.DUPLICATE_ID, field=name, row=row)
        seen.add(one)


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalData:
    """Right-censored times: ``time`` (n,) ≥ 0 in one unit, ``event`` (n,) True where the event was seen.

    At equal times events come before censorings: who is censored at t was at risk at t.
    """

    time: Floats
    event: Bools

    def __post_init__(self) -> None:
        object.__setattr__(self, "time", finite_column(self.time, "time"))
        object.__setattr__(self, "event", class_column(self.event, "event"))
        same_length(("time", "event"), self.time, self.event)
        negative = np.flatnonzero(self.time < 0)
        if negative.size:
            raise DataError(Fault.NEGATIVE_TIME, field="time", row=int(negative[0]) + 1)

    def __len__(self) -> int:
        return len(self.time)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> SurvivalData:
        """The chosen rows: a Boolean mask of shape (n,), or indices, repeats allowed."""
        return SurvivalData(self.time[chosen], self.event[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class ClassData:
    """Scores (n,) and classes (n,), True for the positive class; a higher score points to the positive."""

    scores: Floats
    is_positive: Bools

    def __post_init__(self) -> None:
        object.__setattr__(self, "scores", finite_column(self.scores, "score"))
        object.__setattr__(self, "is_positive", class_column(self.is_positive, "outcome"))
        same_length(("score", "outcome"), self.scores, self.is_positive)

    def __len__(self) -> int:
        return len(self.scores)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> ClassData:
        """The chosen rows: a Boolean mask of shape (n,), or indices, repeats allowed."""
        return ClassData(self.scores[chosen], self.is_positive[chosen])

"""Splits of a cohort by patient: a part kept for testing, and folds of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Fold:
    """Positions (in the list that was split) that one network learns from, and those it never sees."""

    number: int
    learn: tuple[int, ...]
    left_out: tuple[int, ...]

    def __post_init__(self) -> None:
        if set(self.learn) & set(self.left_out):
            raise ValueError("a patient is both learnt from and left out")


def split_by_patient(
    patient_ids: Sequence[str], share: float, rng: np.random.Generator
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Positions of the larger and of the smaller part (``share`` of the patients), at random.

    Not stratified, as in Hua et al. 2023.

    Raises
    ------
    ValueError
        When an id occurs twice: two entries of one patient could then fall on both sides.
    """
    _require_distinct(patient_ids)
    order = rng.permutation(len(patient_ids))
    smaller = round(share * len(patient_ids))
    return tuple(sorted(map(int, order[smaller:]))), tuple(sorted(map(int, order[:smaller])))


def folds_by_patient(
    patient_ids: Sequence[str], positions: Sequence[int], count: int, rng: np.random.Generator
) -> tuple[Fold, ...]:
    """Divide ``positions`` into ``count`` folds of nearly equal size; each is left out once."""
    _require_distinct([patient_ids[position] for position in positions])
    if not 2 <= count <= len(positions):
        raise ValueError("at least two folds, and a patient for each, are needed")
    order = rng.permutation(np.asarray(positions))
    parts = [order[number::count] for number in range(count)]
    return tuple(
        Fold(
            number,
            tuple(sorted(int(p) for other, part in enumerate(parts) if other != number for p in part)),
            tuple(sorted(map(int, parts[number]))),
        )
        for number in range(count)
    )


def fold_names(folds: Iterable[Fold]) -> dict[int, str]:
    """For each position the fold that left it out, as tables name it: from 1."""
    return {position: str(fold.number + 1) for fold in folds for position in fold.left_out}


def _require_distinct(patient_ids: Sequence[str]) -> None:
    if len(set(patient_ids)) != len(patient_ids):
        raise ValueError("a patient occurs twice")

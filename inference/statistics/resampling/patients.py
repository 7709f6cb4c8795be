"""Draw patients with replacement: a patient comes with all rows, as often as drawn."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from inference.statistics.reasons import DataError, Fault

Rows = NDArray[np.intp]


def rows_by_patient(count: int, patients: Sequence[Hashable] | None = None) -> tuple[Rows, ...]:
    """Rows 0..count−1 of each patient, patients in order of first appearance.

    ``patients`` (count,) says whose each row is: several slices or lesions of a patient are drawn together.
    Without it every row is a patient.

    Raises
    ------
    DataError
        When there is no row, or not one patient for each.
    """
    if count < 1:
        raise DataError(Fault.TOO_FEW_ROWS, count=count, least=1)
    if patients is None:
        return tuple(np.arange(count).reshape(-1, 1))
    if len(patients) != count:
        raise DataError(Fault.LENGTHS_DIFFER, field="patient")
    rows: dict[Hashable, list[int]] = {}
    for row, patient in enumerate(patients):
        rows.setdefault(patient, []).append(row)
    return tuple(np.array(of_one, dtype=np.intp) for of_one in rows.values())


def resample(groups: Sequence[Rows], generator: np.random.Generator) -> Rows:
    """Rows of as many patients as there are, drawn with replacement, in the order drawn."""
    drawn = generator.integers(len(groups), size=len(groups))
    return np.concatenate([groups[patient] for patient in drawn])

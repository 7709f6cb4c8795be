"""A cohort as training sees it: a table of patients, and their scans and masks on demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inference.statistics.outcomes import Bools, Floats, SurvivalData
from inference.volume import Volume
from models.cohorts.cohort_schema import CohortSchema, Outcome

Cell = float | str | None
"""A number, a word, or nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class CohortTable:
    """Patients in the order of the file; ``columns`` and ``outcomes`` hold one cell for each.

    ``outcomes`` are by the name of their column: 0 or 1, or months.
    """

    schema: CohortSchema
    patient_ids: tuple[str, ...]
    parts: tuple[str, ...]
    columns: Mapping[str, tuple[Cell, ...]]
    outcomes: Mapping[str, tuple[float | None, ...]]

    def __len__(self) -> int:
        return len(self.patient_ids)

    def at(self, positions: Sequence[int]) -> CohortTable:
        """The patients at ``positions``, in that order."""
        return CohortTable(
            self.schema,
            tuple(self.patient_ids[k] for k in positions),
            tuple(self.parts[k] for k in positions),
            {name: tuple(cells[k] for k in positions) for name, cells in self.columns.items()},
            {name: tuple(cells[k] for k in positions) for name, cells in self.outcomes.items()},
        )

    def part(self, name: str) -> CohortTable:
        """The patients of *training*, *internal* or *external*."""
        return self.at([k for k, part in enumerate(self.parts) if part == name])

    def with_known(self, outcome: str) -> CohortTable:
        """The patients whose ``outcome`` is known."""
        return self.at([int(k) for k in np.flatnonzero(self.is_known(outcome))])

    def words(self, column: str) -> tuple[str | None, ...]:
        """A choice, one word per patient; None where the cell is empty."""
        return tuple(None if cell is None else str(cell) for cell in self.columns[column])

    def numbers(self, column: str) -> Floats:
        """A number, float64 (patients,); NaN where the cell is empty."""
        return np.array([np.nan if cell is None else cell for cell in self.columns[column]], np.float64)

    def is_known(self, outcome: str) -> Bools:
        """For which patients ``outcome`` is known; Boolean (patients,)."""
        about = self.schema.outcome(outcome)
        event, time = self._event_and_time(about)
        known = ~np.isnan(event)
        if about.time is not None:
            known &= ~np.isnan(time)
        if about.horizon_months is not None:
            known &= _decided(about.horizon_months, event, time)
        return known

    def events(self, outcome: str) -> Bools:
        """The positive class of ``outcome``, Boolean (patients,).

        Raises
        ------
        ValueError
            When the outcome of a patient is not known, or is a time.
        """
        about = self.schema.outcome(outcome)
        if about.is_survival or not self.is_known(outcome).all():
            raise ValueError(f"{outcome} is not a class that is known of every patient")
        event, time = self._event_and_time(about)
        happened: Bools = event == 1
        return happened if about.horizon_months is None else happened & (time < about.horizon_months)

    def follow_up(self, outcome: str) -> SurvivalData:
        """Months to the event or to the end of follow-up.

        Raises
        ------
        ValueError
            When the outcome of a patient is not known, or has no time.
        """
        about = self.schema.outcome(outcome)
        if not about.is_survival or not self.is_known(outcome).all():
            raise ValueError(f"{outcome} is not a time that is known of every patient")
        event, time = self._event_and_time(about)
        return SurvivalData(time, event == 1)

    def _event_and_time(self, about: Outcome) -> tuple[Floats, Floats]:
        nothing = (None,) * len(self)
        time = nothing if about.time is None else self.outcomes[about.time]
        event, months = (
            np.array([np.nan if cell is None else cell for cell in cells], np.float64)
            for cells in (self.outcomes[about.event], time)
        )
        return event, months


def _decided(horizon_months: float, event: Floats, time: Floats) -> Bools:
    """True where follow-up reached the horizon or the event came before it."""
    decided: Bools = (time >= horizon_months) | (event == 1)
    return decided


class Cohort(Protocol):
    """Patients with their scans; a folder and the phantoms in memory answer alike.

    ``sha256`` tells one cohort from another, ``is_synthetic`` phantoms from patients.
    """

    @property
    def table(self) -> CohortTable:
        """Every patient's values and outcomes."""

    @property
    def sha256(self) -> str:
        """Hash of the table, in hexadecimal."""

    @property
    def is_synthetic(self) -> bool:
        """True for phantoms."""

    def has_scan(self, patient_id: str, scan: str) -> bool:
        """Whether the patient has this scan of the schema; one that is required is always there."""

    def volume(self, patient_id: str, scan: str) -> Volume:
        """The voxels of a scan, read when asked for.

        Raises
        ------
        UnreadableScanError
            When the files changed or went away since the cohort was checked.
        """

    def mask(self, patient_id: str, scan: str, *, reader: int = 1) -> NDArray[np.bool_]:
        """The target of a scan on its volume's grid, Boolean (slice, row, column), by reader 1 or 2.

        Raises
        ------
        UnreadableScanError
            As for :meth:`volume`.
        KeyError
            When this reader did not outline the scan.
        """

    def has_mask(self, patient_id: str, scan: str, *, reader: int = 1) -> bool:
        """Whether the reader outlined the scan."""

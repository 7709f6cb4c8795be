"""One frame of a source on its way into a stack, and the frames that are to become one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.cases.identity import PatientIdentity, PatientKey
from inference.dicom.planning.grid import in_plane_axes, same_place
from inference.dicom.records import ImageRecord
from inference.findings import Finding


@dataclass(frozen=True, slots=True)
class Entry:
    """One frame of a source: its file's index, a printable name, its header, and its index in the file.

    ``siblings`` counts the frames of the file.
    """

    file: int
    name: str
    record: ImageRecord
    frame: int = 0
    siblings: int = 1

    @property
    def file_name(self) -> str:
        """The name of the file, without the frame's number."""
        return self.name.rpartition(" [")[0] if self.siblings > 1 else self.name

    @property
    def identity(self) -> PatientIdentity:
        """Who the file says it is about."""
        record = self.record
        key = PatientKey(record.issuer, record.patient_id) if record.patient_id else None
        return PatientIdentity(
            key, record.patient_name, record.birth_date, record.sex, record.is_deidentified
        )

    @property
    def person(self) -> object:
        """What tells patients apart: identifier and date of birth, or the name where there is none."""
        identity = self.identity
        return (identity.key, identity.birth_date) if identity.key else identity.name

    @property
    def axes(self) -> NDArray[np.float64] | None:
        """Unit vectors along row and column, None when absent."""
        return None if self.record.orientation is None else in_plane_axes(self.record.orientation)

    @property
    def is_placed(self) -> bool:
        """True when position and orientation are there."""
        return self.record.position is not None and self.record.orientation is not None


@dataclass(frozen=True, slots=True)
class Part:
    """Entries of one grid-to-be, and why they were told apart from the rest of their series."""

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...] = ()


def places_along_normal(entries: list[Entry]) -> list[list[Entry]]:
    """Entries at one place along the common normal; each on its own where there is no position."""
    first_axes = entries[0].axes
    if first_axes is None or not entries[0].is_placed:
        return [[entry] for entry in entries]
    normal = np.cross(first_axes[0], first_axes[1])
    positions = np.array([entry.record.position for entry in entries], dtype=np.float64)
    along = list(zip((positions @ normal).tolist(), entries, strict=True))
    along.sort(key=lambda pair: (pair[0], pair[1].record.instance_number or 0, pair[1].file, pair[1].frame))
    places: list[list[Entry]] = []
    last: float | None = None
    for distance, entry in along:
        if last is not None and same_place(distance, last):
            places[-1].append(entry)
        else:
            places.append([entry])
            last = distance
    return places

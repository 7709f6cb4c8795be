"""Which image files belong together: by patient, study and series, then by what one grid must share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.cases.identity import PatientIdentity, PatientKey
from inference.dicom.grid import in_plane_axes, same_place
from inference.dicom.records import ImageRecord
from inference.dicom.verdicts import finding
from inference.findings import Finding

_SAME_DIRECTION: Final = 1e-3
_APART: Final = ("LOCALIZER", "MPR", "MIP", "PERFUSION", "MOSAIC")


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
        return PatientIdentity(key, record.patient_name, record.birth_date, record.sex)

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


def group_by_series(entries: Iterable[Entry]) -> list[tuple[Entry, ...]]:
    """Entries of one patient, study and series, in the order of the source; folders where UIDs are empty."""
    groups: dict[object, list[Entry]] = {}
    for entry in entries:
        record, identity = entry.record, entry.identity
        folder = str(PurePath(entry.name).parent)
        person = (identity.key, identity.birth_date) if identity.key else identity.name
        own = entry.file if record.kind != "dicom" else None
        key = (person, record.study_uid, record.series_uid or ("folder", folder), record.modality, own)
        groups.setdefault(key, []).append(entry)
    return [tuple(group) for group in groups.values()]


def split_series(
    entries: Sequence[Entry], digest: Callable[[Entry], str]
) -> tuple[list[Part], list[Finding]]:
    """The parts of a series that can each be one grid, and the files dropped as repetitions.

    ``digest`` hashes a file's pixels; it is asked only where two files lie at one place.
    """
    shared: dict[object, list[Entry]] = {}
    for entry in entries:
        shared.setdefault(_must_share(entry), []).append(entry)
    parts: list[Part] = []
    dropped: list[Finding] = []
    for group in shared.values():
        for direction in _by_direction(group):
            kept, repeated = _without_repetitions(direction, digest)
            dropped += repeated
            parts += _apart_where_positions_collide(kept)
    if len(parts) > 1:
        reason = finding("intake.split", parts=len(parts))
        parts = [replace(part, findings=(reason, *part.findings)) for part in parts]
    return parts, dropped


def _must_share(entry: Entry) -> object:
    record = entry.record
    spacing = None if record.pixel_spacing is None else tuple(round(mm, 4) for mm in record.pixel_spacing)
    apart = tuple(value for value in _APART if value in record.image_type)
    return (
        record.pixels.rows,
        record.pixels.columns,
        spacing,
        record.frame_of_reference_uid,
        record.photometric_interpretation,
        record.sop_class_uid,
        apart,
        entry.is_placed or record.kind != "dicom",
    )


def _by_direction(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Clusters of equal orientation; entries without one stay together."""
    clusters: list[tuple[NDArray[np.float64] | None, list[Entry]]] = []
    for entry in entries:
        axes = entry.axes
        for known, cluster in clusters:
            if axes is None or known is None:
                matches = axes is None and known is None
            else:
                matches = bool(np.abs(axes - known).max() <= _SAME_DIRECTION)
            if matches:
                cluster.append(entry)
                break
        else:
            clusters.append((axes, [entry]))
    return [cluster for _, cluster in clusters]


def _without_repetitions(
    entries: Sequence[Entry], digest: Callable[[Entry], str]
) -> tuple[list[Entry], list[Finding]]:
    """Drop a file whose pixels are those of another at the same place."""
    kept: list[Entry] = []
    dropped: list[Finding] = []
    for place in _places(entries):
        seen: dict[str, Entry] = {}
        for entry in place:
            key = digest(entry) if len(place) > 1 else ""
            if key in seen:
                dropped.append(finding("intake.same_pixels", file=entry.name, other=seen[key].name))
            else:
                seen[key] = entry
                kept.append(entry)
    return kept, dropped


def _apart_where_positions_collide(entries: Sequence[Entry]) -> list[Part]:
    """One part when every place is taken once; else one for each value of the tag that explains it."""
    places = _places(entries)
    if all(len(place) == 1 for place in places):
        return [Part(tuple(entries))]
    names = list(dict.fromkeys(name for entry in entries for name, _ in entry.record.dimensions))
    for name in names:
        by_value: dict[str, list[Entry]] = {}
        for entry in entries:
            by_value.setdefault(dict(entry.record.dimensions).get(name, ""), []).append(entry)
        if len(by_value) > 1 and all(
            len(place) == 1 for group in by_value.values() for place in _places(group)
        ):
            return [
                Part(tuple(group), (finding("intake.split_by", tag=name, value=value or "–"),))
                for value, group in by_value.items()
            ]
    deepest = max(map(len, places))
    unexplained = finding("intake.collision", places=sum(len(place) > 1 for place in places))
    layers = [tuple(place[rank] for place in places if len(place) > rank) for rank in range(deepest)]
    return [Part(layer, (unexplained,)) for layer in layers]


def _places(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Entries at one place along the common normal; each on its own where there is no position."""
    first_axes = entries[0].axes
    if first_axes is None or not entries[0].is_placed:
        return [[entry] for entry in entries]
    normal = np.cross(first_axes[0], first_axes[1])
    along = [(float(np.asarray(entry.record.position) @ normal), entry) for entry in entries]
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

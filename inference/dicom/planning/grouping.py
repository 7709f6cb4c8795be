"""Which image files belong together: by patient, study and series, then by what one grid must share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.headers.picture_kind import picture_kind
from inference.dicom.planning.collisions import apart_where_positions_collide
from inference.dicom.planning.entries import Entry, Part
from inference.dicom.verdicts import finding
from inference.findings import Finding

_SAME_DIRECTION: Final = 1e-3


def group_by_series(entries: Iterable[Entry]) -> list[tuple[Entry, ...]]:
    """Entries of one patient, study and series, in the order of the source; folders where UIDs are empty."""
    groups: dict[object, list[Entry]] = {}
    for entry in entries:
        record = entry.record
        own = entry.file if record.kind != "dicom" else None
        series = record.series_uid or ("folder", str(PurePath(entry.name).parent))
        key = (entry.person, record.study_uid, series, record.modality, own)
        groups.setdefault(key, []).append(entry)
    return [tuple(group) for group in groups.values()]


def split_series(
    entries: Sequence[Entry], digest: Callable[[Entry], str]
) -> tuple[list[Part], list[Finding]]:
    """The parts of a series that can each be one grid, and the files dropped as repetitions.

    ``digest`` hashes a file's pixels; it is asked only where two files lie at one place.
    """
    if entries[0].record.kind != "dicom":
        return [Part((entry,), _which_volume(entry)) for entry in entries], []
    shared: dict[object, list[Entry]] = {}
    for entry in entries:
        shared.setdefault(_must_share(entry), []).append(entry)
    parts: list[Part] = []
    dropped: list[Finding] = []
    for group in shared.values():
        for direction in _by_direction(group):
            apart, repeated = apart_where_positions_collide(direction, digest)
            dropped += repeated
            parts += [_with_repetition(part, repeated) for part in apart]
    if len(parts) > 1:
        reason = finding("intake.split", parts=len(parts))
        parts = [replace(part, findings=(reason, *part.findings)) for part in parts]
    return parts, dropped


def _with_repetition(part: Part, repeated: Sequence[Finding]) -> Part:
    """The part with the first of its pictures that came twice: the scan is usable with that note."""
    names = {entry.name for entry in part.entries}
    own = tuple(one for one in repeated if one.fields["other"] in names)[:1]
    return replace(part, findings=(*part.findings, *own)) if own else part


def _which_volume(entry: Entry) -> tuple[Finding, ...]:
    if entry.siblings == 1:
        return ()
    number = entry.frame // entry.record.pixels.frames + 1
    return (finding("intake.volume_of_several", number=number, volumes=entry.siblings),)


def _must_share(entry: Entry) -> object:
    record = entry.record
    spacing = None if record.pixel_spacing is None else tuple(round(mm, 4) for mm in record.pixel_spacing)
    return (
        record.pixels.rows,
        record.pixels.columns,
        spacing,
        record.frame_of_reference_uid,
        record.photometric_interpretation,
        record.sop_class_uid,
        picture_kind(record.image_type),
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

"""Planar contours of a structure set laid onto the grid of a stack, slice by slice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.readers.protocol import ContourTable, MaskAnswer, MaskSegment
from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.geometry import Geometry
from inference.masks.codecs.belonging import (
    about_references,
    is_elsewhere,
    is_unlinked,
    refuse_strangers,
    sop_uids,
)
from inference.masks.codecs.filling import fill_polygons
from inference.masks.codecs.imported import ImportedMask, ImportedSegment, boxed_planes
from inference.masks.codecs.refusal import MaskRefusedError
from inference.scan import Stack

_ON_PLANE: Final = 0.05
"""Distance from a slice, in slices, up to which a contour lies on it: decimals of a file, not a shift."""
_HALF: Final = 0.5 + 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class _Contours:
    """Contours as ranges of index points (slice, row, column), and how far from slices they lie.

    ``slots`` is the nearest slice, ``distance`` the greatest distance of a point from it, in slices.
    """

    segment: NDArray[np.int64]
    begin: NDArray[np.int64]
    count: NDArray[np.int64]
    points: NDArray[np.float64]
    along: NDArray[np.float64]
    slots: NDArray[np.int64]
    distance: NDArray[np.float64]


def place_contours(
    answer: MaskAnswer,
    table: NDArray[np.int64],
    points: NDArray[np.float64],
    stack: Stack,
    *,
    known_sop_uids: frozenset[str],
    sha256: str,
    file: str,
) -> ImportedMask:
    """Fill the contours of every region on the slices on which they lie.

    ``table`` and ``points`` are what :class:`ContourTable` describes; ``known_sop_uids`` are the images of
    the whole source.  A contour is laid on the nearest slice when all of it lies within half a slice of it;
    slices without a contour stay empty.  Contours of one plane are combined by the even-odd rule, those
    of several planes that fall on one slice by union.

    Raises
    ------
    MaskRefusedError
        For another patient or frame of reference, or when nothing lies on the stack.
    """
    outlines = answer.outlines
    assert outlines is not None
    refuse_strangers(answer, stack, file)
    frame_of = {one.number: one.frame_of_reference_uid for one in answer.segments}
    elsewhere = {number for number, uid in frame_of.items() if is_elsewhere(uid, stack)}
    here = ~np.isin(table[:, 0], list(elsewhere))
    if elsewhere and not here.any():
        raise MaskRefusedError("intake.mask.other_frame_of_reference", file=file)
    contours = _measured(table, points, stack.geometry)
    is_present = np.array([frame is not None for frame in stack.frames])
    laid = here & _is_on_a_slice(contours, is_present)
    _refuse_the_unlinked(answer, table, contours, laid, stack, file)
    if here.any() and not laid.any():
        nearest = float(contours.distance[here].min()) * stack.geometry.spacing_mm[0]
        raise MaskRefusedError(
            "intake.mask.contours_elsewhere", file=file, count=int(here.sum()), distance_mm=round(nearest, 1)
        )
    segments: list[ImportedSegment] = []
    union = np.zeros(stack.geometry.shape, np.bool_)
    counted = outside = repeated = empty_slices = 0
    for described in answer.segments:
        chosen = np.flatnonzero(laid & (contours.segment == described.number))
        planes: dict[int, NDArray[np.bool_]] = {}
        for slot, group in _planes(contours, chosen):
            distinct = _distinct(contours, group)
            repeated += len(group) - len(distinct)
            plane, beyond = _filled(contours, distinct, stack.geometry.shape[1:])
            planes[slot] = planes[slot] | plane if slot in planes else plane
            outside += beyond
        segment = _segment(described, planes, stack.geometry)
        if segment.count:
            empty_slices += max(planes) - min(planes) + 1 - len(planes)
            counted += segment.count
            union[segment.box] |= segment.cropped
            segments.append(segment)
    if not segments:
        raise MaskRefusedError("intake.mask.empty", file=file)
    left_out = outlines.ignored + repeated
    findings = [*_about_source(answer, table, outlines, stack, known_sop_uids)]
    findings += _about_disagreement(table, contours, laid, outlines, stack)
    if elsewhere:
        findings.append(finding("intake.mask_segments_elsewhere", count=len(elsewhere)))
    findings += _about_planes(contours, here, laid, stack.geometry)
    if empty_slices:
        findings.append(finding("intake.mask_contour_gaps", count=empty_slices))
    if left_out:
        findings.append(finding("intake.mask_contours_ignored", count=left_out))
    if outside:
        percent = round(100 * outside / (outside + counted), 1)
        findings.append(finding("intake.mask_outside", percent=percent))
    if counted > np.count_nonzero(union):
        findings.append(finding("intake.mask_overlapping"))
    findings += (finding(remark.code, **remark.fields) for remark in answer.remarks)
    return ImportedMask(union, tuple(segments), sha256, tuple(findings))


def _measured(table: NDArray[np.int64], points: NDArray[np.float64], grid: Geometry) -> _Contours:
    index = grid.lps_to_index(points)
    count = table[:, 1]
    begin = np.cumsum(count) - count
    if len(table) == 0:
        nothing = np.zeros(0)
        return _Contours(table[:, 0], begin, count, index, nothing, begin, nothing)
    low = np.minimum.reduceat(index[:, 0], begin)
    high = np.maximum.reduceat(index[:, 0], begin)
    along = (low + high) / 2
    slots = np.clip(np.floor(along + 0.5), 0, grid.shape[0] - 1).astype(np.int64)
    distance = np.maximum(np.abs(low - slots), np.abs(high - slots))
    return _Contours(table[:, 0], begin, count, index, along, slots, distance)


def _is_on_a_slice(contours: _Contours, is_present: NDArray[np.bool_]) -> NDArray[np.bool_]:
    near: NDArray[np.bool_] = (contours.distance <= _HALF) & is_present[contours.slots]
    return near


def _refuse_the_unlinked(
    answer: MaskAnswer,
    table: NDArray[np.int64],
    contours: _Contours,
    laid: NDArray[np.bool_],
    stack: Stack,
    file: str,
) -> None:
    """Without a common frame of reference only images named, or planes met exactly, tell where it lies."""
    assert answer.outlines is not None
    if not _is_unlinked(answer, stack):
        return
    named = {answer.outlines.source_sop_uids[index] for index in np.unique(table[:, 2]) if index >= 0}
    if named & sop_uids(stack):
        return
    if not (laid.all() and (contours.distance <= _ON_PLANE).all()):
        raise MaskRefusedError("intake.mask.no_frame_of_reference", file=file)


def _is_unlinked(answer: MaskAnswer, stack: Stack) -> bool:
    uids = [one.frame_of_reference_uid or answer.frame_of_reference_uid for one in answer.segments]
    return any(is_unlinked(uid, stack) for uid in uids)


def _about_source(
    answer: MaskAnswer,
    table: NDArray[np.int64],
    outlines: ContourTable,
    stack: Stack,
    known_sop_uids: frozenset[str],
) -> Iterator[Finding]:
    """Which images the contours name, and whether they are here."""
    if _is_unlinked(answer, stack):
        yield finding("intake.mask_frame_of_reference_absent")
    if (table[:, 2] < 0).any():
        yield finding("intake.mask_by_position")
    named = set(outlines.source_sop_uids)
    missing = named - known_sop_uids
    if missing:
        yield finding("intake.mask_images_missing", count=len(missing))
    yield from about_references((named or set(outlines.referenced_sop_uids)) - missing, stack)


def _about_disagreement(
    table: NDArray[np.int64],
    contours: _Contours,
    laid: NDArray[np.bool_],
    outlines: ContourTable,
    stack: Stack,
) -> Iterator[Finding]:
    """Contours on another slice than the image that they name; not told for objects of several frames."""
    uids = [frame.sop_uid for frame in stack.frames if frame is not None and frame.sop_uid]
    if len(set(uids)) < len(uids):
        return
    slot_of = {frame.sop_uid: slot for slot, frame in enumerate(stack.frames) if frame is not None}
    named = np.array([slot_of.get(uid, -1) for uid in outlines.source_sop_uids] + [-1])[table[:, 2]]
    astray = laid & (named >= 0) & (named != contours.slots)
    if astray.any():
        yield finding("intake.mask_reference_disagrees", count=int(astray.sum()))


def _about_planes(
    contours: _Contours, here: NDArray[np.bool_], laid: NDArray[np.bool_], grid: Geometry
) -> Iterator[Finding]:
    """How many contours lie between slices, and how many too far from any."""
    slice_mm = grid.spacing_mm[0]
    between = laid & (contours.distance > _ON_PLANE)
    if between.any():
        furthest = float(contours.distance[between].max()) * slice_mm
        yield finding(
            "intake.mask_contours_between", count=int(between.sum()), distance_mm=round(furthest, 2)
        )
    off = here & ~laid
    if off.any():
        yield finding("intake.mask_contours_off_planes", count=int(off.sum()), total=int(here.sum()))


def _planes(contours: _Contours, chosen: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Contours that share a plane, with the slice on which they fall."""
    order = chosen[np.argsort(contours.along[chosen], kind="stable")]
    if len(order) == 0:
        return
    steps = np.diff(contours.along[order]) > _ON_PLANE
    for group in np.split(order, np.flatnonzero(steps | (np.diff(contours.slots[order]) != 0)) + 1):
        yield int(contours.slots[group[0]]), group


def _distinct(contours: _Contours, group: NDArray[np.int64]) -> NDArray[np.int64]:
    """The group without exact repetitions, which the even-odd rule would erase."""
    seen: dict[bytes, int] = {}
    for index in group:
        begin, count = contours.begin[index], contours.count[index]
        seen.setdefault(contours.points[begin : begin + count].tobytes(), int(index))
    return np.array(list(seen.values()), dtype=np.int64)


def _filled(
    contours: _Contours, group: NDArray[np.int64], shape: tuple[int, int]
) -> tuple[NDArray[np.bool_], int]:
    """The plane that the group's contours fill, and how many pixels lie beyond its border.

    Beyond means up to one width of the plane on each side; what is further away is not counted.
    """
    begins, counts = contours.begin[group], contours.count[group]
    take = np.repeat(begins - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
    vertices = contours.points[take, 1:]
    size = np.array(shape)
    low = np.clip(np.floor(vertices.min(axis=0)), -size, 0).astype(np.int64)
    high = np.clip(np.ceil(vertices.max(axis=0)) + 1, size, 2 * size).astype(np.int64)
    extent = high - low
    whole = fill_polygons(vertices - low, counts, (int(extent[0]), int(extent[1])))
    inside = whole[-low[0] : -low[0] + shape[0], -low[1] : -low[1] + shape[1]]
    return inside, int(np.count_nonzero(whole)) - int(np.count_nonzero(inside))


def _segment(described: MaskSegment, planes: dict[int, NDArray[np.bool_]], grid: Geometry) -> ImportedSegment:
    start, cropped = boxed_planes(planes)
    return ImportedSegment(
        described.number,
        described.label,
        start,
        cropped,
        grid.shape,
        kind=described.kind,
        algorithm_type=described.algorithm_type,
        colour=described.colour,
    )

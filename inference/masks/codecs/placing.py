"""Planes of a mask file laid onto the grid of a stack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.readers.protocol import MaskAnswer, MaskSegment
from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.geometry import Geometry
from inference.masks.codecs.belonging import about_references, is_unlinked, refuse_strangers
from inference.masks.codecs.imported import ImportedMask, ImportedSegment, Triple, boxed, boxed_planes
from inference.masks.codecs.nearest_voxels import NearestVoxels
from inference.masks.codecs.own_grid import own_grid
from inference.masks.codecs.refusal import MaskRefusedError
from inference.scan import Stack

_SAME_PIXEL: Final = 0.05
_SAME_SLICE: Final = 0.1
_NEAREST_SLICE: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """Voxels of one segment on the stack's grid as a box; how many the file marks, and how many beyond it."""

    number: int
    start: Triple
    cropped: NDArray[np.bool_]
    in_file: int
    outside: int


def place_mask(
    answer: MaskAnswer,
    planes: NDArray[Any],
    stack: Stack,
    *,
    sha256: str,
    file: str,
    threshold: float = 0.5,
) -> ImportedMask:
    """Lay ``planes`` on the stack: (frame, row, column) of labels, or (frame, byte) of packed bits.

    Planes that coincide with slices are copied; anything else in the same frame of reference is
    resampled to the nearest voxel, and the change of volume is stated.  Label maps of research formats
    state no frame of reference: their millimetres are taken for the scan's, with a note.

    Raises
    ------
    MaskRefusedError
        For another patient or frame of reference, for planes that make no grid, or when no voxel of the
        stack is marked.
    """
    refuse_strangers(answer, stack, file)
    grid = stack.geometry
    slots = _coinciding(answer, stack)
    source = _Planes(answer, planes)
    if slots is None:
        if answer.is_dicom and is_unlinked(answer.frame_of_reference_uid, stack):
            raise MaskRefusedError("intake.mask.no_frame_of_reference", file=file)
        own, own_slots = own_grid(answer, file)
        laid, file_voxel_mm3 = _resampled(source, own, own_slots, grid), _voxel_mm3(own)
    else:
        laid, file_voxel_mm3 = _copied(source, slots, grid), _voxel_mm3(grid)
    union = np.zeros(grid.shape, np.bool_)
    named = {segment.number: segment for segment in answer.segments}
    segments: list[ImportedSegment] = []
    in_file = outside = 0
    for one in laid:
        in_file, outside = in_file + one.in_file, outside + one.outside
        if one.cropped.size:
            described = named.get(one.number, MaskSegment(one.number, ""))
            segments.append(_segment(described, one, grid.shape))
            union[segments[-1].box] |= one.cropped
    if not segments:
        raise MaskRefusedError("intake.mask.empty", file=file)
    counted = sum(segment.count for segment in segments)
    inside_mm3 = (in_file - outside) * file_voxel_mm3
    was_resampled = slots is None
    lost = abs(1 - counted * _voxel_mm3(grid) / inside_mm3) if was_resampled and inside_mm3 > 0 else 0.0
    findings = _about(answer, stack, threshold)
    if was_resampled:
        findings.append(finding("intake.mask_resampled", lost_percent=round(100 * lost, 1)))
    if outside > 0:
        findings.append(finding("intake.mask_outside", percent=round(100 * outside / in_file, 1)))
    if counted > int(np.count_nonzero(union)):
        findings.append(finding("intake.mask_overlapping"))
    return ImportedMask(
        union, tuple(segments), sha256, tuple(findings), lost, threshold if answer.is_fractional else None
    )


class _Planes:
    """Planes as the reader left them, and which of them hold which segment."""

    def __init__(self, answer: MaskAnswer, planes: NDArray[Any]) -> None:
        self._planes = planes
        self._shape = (answer.rows, answer.columns)
        self._are_bits = answer.are_bits
        self._frames: dict[int, list[int]] = defaultdict(list)
        for index, frame in enumerate(answer.frames):
            for number in (frame.segment,) if frame.segment else self._labels(index):
                self._frames[number].append(index)
        self._is_label = {frame.segment == 0 for frame in answer.frames} == {True}

    @property
    def numbers(self) -> list[int]:
        """Numbers of the segments, ascending."""
        return sorted(self._frames)

    def of(self, number: int) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """Frame and pixels (row, column) of each plane that may mark a segment."""
        for index in self._frames[number]:
            plane = self._plane(index)
            yield index, plane == number if self._is_label else plane > 0

    def _labels(self, index: int) -> list[int]:
        return [int(label) for label in np.unique(self._planes[index]) if label]

    def _plane(self, index: int) -> NDArray[Any]:
        if not self._are_bits:
            plane: NDArray[Any] = self._planes[index]
            return plane
        rows, columns = self._shape
        return np.unpackbits(self._planes[index], count=rows * columns).reshape(rows, columns)


def _about(answer: MaskAnswer, stack: Stack, threshold: float) -> list[Finding]:
    findings: list[Finding] = []
    if is_unlinked(answer.frame_of_reference_uid, stack):
        absent = "intake.mask_frame_of_reference_absent" if answer.is_dicom else "intake.mask_in_millimetres"
        findings.append(finding(absent))
    findings += about_references({frame.source_sop_uid for frame in answer.frames} - {""}, stack)
    if answer.is_fractional:
        findings.append(finding("intake.mask_fractional", percent=round(100 * threshold)))
    findings += (finding(remark.code, **remark.fields) for remark in answer.remarks)
    return findings


def _coinciding(answer: MaskAnswer, stack: Stack) -> list[int] | None:
    """The slice on which each plane lies; None when the planes are not the stack's own pixels.

    A plane that names the image of its nearest slice may lie up to half a slice beside the grid: so do
    the images of an uneven stack.
    """
    grid = stack.geometry
    if (answer.rows, answer.columns) != grid.shape[1:]:
        return None
    corners = np.array([(0, 0), (answer.rows - 1, 0), (0, answer.columns - 1)], dtype=np.float64)
    in_plane = corners @ np.array([answer.row_step, answer.column_step])
    positions = np.array([frame.position for frame in answer.frames])
    index = grid.lps_to_index(positions[:, None, :] + in_plane)
    slots = np.rint(index[:, 0, 0])
    if np.abs(index[:, :, 1:] - corners).max() > _SAME_PIXEL:
        return None
    named = {(frame.sop_uid, slot) for slot, frame in enumerate(stack.frames) if frame is not None}
    accepted = np.where(
        [(one.source_sop_uid, slot) in named for one, slot in zip(answer.frames, slots, strict=True)],
        _NEAREST_SLICE,
        _SAME_SLICE,
    )
    if (np.abs(index[:, :, 0] - slots[:, None]).max(axis=1) > accepted).any():
        return None
    return [int(slot) for slot in slots]


def _copied(source: _Planes, slots: list[int], grid: Geometry) -> Iterator[_Laid]:
    """Planes copied to the slices on which they lie."""
    for number in source.numbers:
        kept: dict[int, NDArray[np.bool_]] = {}
        in_file = outside = 0
        for index, pixels in source.of(number):
            count = int(np.count_nonzero(pixels))
            in_file += count
            if not 0 <= slots[index] < grid.shape[0]:
                outside += count
            elif count:
                earlier = kept.get(slots[index])
                kept[slots[index]] = pixels if earlier is None else earlier | pixels
        yield _Laid(number, *boxed_planes(kept), in_file, outside)


def _resampled(source: _Planes, own: Geometry, slots: list[int], grid: Geometry) -> Iterator[_Laid]:
    """Every voxel of the stack takes the label of the nearest voxel of the mask's own grid.

    Only the box of the stack that a segment can reach is looked at.
    """
    nearest = NearestVoxels(own, grid)
    for number in source.numbers:
        cells = np.zeros(int(np.prod(own.shape)) + 1, np.bool_)
        marks = cells[:-1].reshape(own.shape)
        for index, pixels in source.of(number):
            marks[slots[index]] |= pixels
        marked = np.argwhere(marks)
        if len(marked) == 0:
            continue
        there = np.rint(grid.lps_to_index(own.index_to_lps(marked)))
        outside = int(((there < 0) | (there >= grid.shape)).any(axis=1).sum())
        slices, rows, columns = nearest.reach(marked.min(axis=0), marked.max(axis=0))
        voxels = np.zeros([part.stop - part.start for part in (slices, rows, columns)], np.bool_)
        for place, index in enumerate(range(slices.start, slices.stop)):
            voxels[place] = cells[nearest.of(index, rows, columns)]
        start, cropped = boxed(voxels)
        start = (start[0] + slices.start, start[1] + rows.start, start[2] + columns.start)
        yield _Laid(number, start if cropped.size else (0, 0, 0), cropped, len(marked), outside)


def _segment(described: MaskSegment, laid: _Laid, shape: Triple) -> ImportedSegment:
    return ImportedSegment(
        described.number,
        described.label,
        laid.start,
        laid.cropped,
        shape,
        described.category,
        described.kind,
        described.algorithm_type,
        described.colour,
    )


def _voxel_mm3(grid: Geometry) -> float:
    return abs(float(np.linalg.det(grid.affine[:3, :3])))

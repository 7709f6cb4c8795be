"""Planes of a mask file laid onto the grid of a stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.protocol import MaskAnswer, MaskSegment
from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.geometry import Geometry
from inference.masks.codecs.belonging import about_references, is_unlinked, refuse_strangers
from inference.masks.codecs.imported import ImportedMask, ImportedSegment
from inference.masks.codecs.refusal import MaskRefusedError
from inference.scan import Stack

_SAME_PIXEL: Final = 0.05
_SAME_SLICE: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """Voxels of each segment on the stack's grid, and the volumes (mm³) in the file and there."""

    by_segment: dict[int, NDArray[np.bool_]]
    file_mm3: float
    outside_mm3: float
    was_resampled: bool


def place_mask(
    answer: MaskAnswer, planes: NDArray[np.uint16], stack: Stack, *, sha256: str, file: str
) -> ImportedMask:
    """Lay ``planes`` (frame, row, column) on the stack.

    Planes that coincide with slices are copied; anything else in the same frame of reference is
    resampled to the nearest voxel, and the change of volume is stated.

    Raises
    ------
    MaskRefusedError
        For another patient or frame of reference, or when no voxel of the stack is marked.
    """
    refuse_strangers(answer, stack, file)
    laid = _copied(answer, planes, stack.geometry) or _resampled(answer, planes, stack.geometry)
    union = np.zeros(stack.geometry.shape, np.bool_)
    counted = 0
    for voxels in laid.by_segment.values():
        union |= voxels
        counted += int(np.count_nonzero(voxels))
    marked = int(np.count_nonzero(union))
    if marked == 0:
        raise MaskRefusedError("intake.mask.empty", file=file)
    voxel_mm3 = _voxel_mm3(stack.geometry)
    inside = laid.file_mm3 - laid.outside_mm3
    lost = abs(1 - counted * voxel_mm3 / inside) if laid.was_resampled and inside > 0 else 0.0
    findings = [*_about(answer, stack)]
    if laid.was_resampled:
        findings.append(finding("intake.mask_resampled", lost_percent=round(100 * lost, 1)))
    if laid.outside_mm3 > 0:
        percent = round(100 * laid.outside_mm3 / laid.file_mm3, 1)
        findings.append(finding("intake.mask_outside", percent=percent))
    if counted > marked:
        findings.append(finding("intake.mask_overlapping"))
    named = {segment.number: segment for segment in answer.segments}
    segments = tuple(
        _segment(named.get(number, MaskSegment(number, "")), voxels)
        for number, voxels in sorted(laid.by_segment.items())
        if voxels.any()
    )
    return ImportedMask(union, segments, sha256, tuple(findings), lost)


def _about(answer: MaskAnswer, stack: Stack) -> list[Finding]:
    findings: list[Finding] = []
    if is_unlinked(answer.frame_of_reference_uid, stack):
        findings.append(finding("intake.mask_frame_of_reference_absent"))
    findings += about_references({frame.source_sop_uid for frame in answer.frames} - {""}, stack)
    if answer.is_fractional:
        findings.append(finding("intake.mask_fractional"))
    findings += (finding(remark.code, **remark.fields) for remark in answer.remarks)
    return findings


def _copied(answer: MaskAnswer, planes: NDArray[np.uint16], grid: Geometry) -> _Laid | None:
    """Planes copied to the slices on which they lie; None when they are not the stack's pixels."""
    if (answer.rows, answer.columns) != grid.shape[1:]:
        return None
    corners = np.array([(0, 0), (answer.rows - 1, 0), (0, answer.columns - 1)], dtype=np.float64)
    in_plane = corners @ np.array([answer.row_step, answer.column_step])
    slots: list[int] = []
    for frame in answer.frames:
        index = grid.lps_to_index(np.asarray(frame.position) + in_plane)
        slot = float(index[0, 0])
        if np.abs(index[:, 1:] - corners).max() > _SAME_PIXEL:
            return None
        if np.abs(index[:, 0] - round(slot)).max() > _SAME_SLICE:
            return None
        slots.append(round(slot))
    voxel_mm3 = _voxel_mm3(grid)
    by_segment: dict[int, NDArray[np.bool_]] = {}
    total = outside = 0
    for frame, slot, plane in zip(answer.frames, slots, planes, strict=True):
        for number, pixels in _segments_of(frame.segment, plane):
            count = int(np.count_nonzero(pixels))
            total += count
            if not 0 <= slot < grid.shape[0]:
                outside += count
                continue
            by_segment.setdefault(number, np.zeros(grid.shape, np.bool_))[slot] |= pixels
    return _Laid(by_segment, total * voxel_mm3, outside * voxel_mm3, False)


def _resampled(answer: MaskAnswer, planes: NDArray[np.uint16], grid: Geometry) -> _Laid:
    """Every voxel of the stack takes the label of the nearest voxel of the mask's own grid."""
    own, slots = _own_grid(answer)
    to_own = np.linalg.inv(own.affine) @ grid.affine
    rows, columns = np.meshgrid(np.arange(grid.shape[1]), np.arange(grid.shape[2]), indexing="ij")
    by_segment: dict[int, NDArray[np.bool_]] = {}
    total = outside = 0
    for number in sorted({number for frame in answer.frames for number in _numbers(frame.segment, answer)}):
        source = np.zeros(own.shape, np.bool_)
        for frame, slot, plane in zip(answer.frames, slots, planes, strict=True):
            if frame.segment == 0:
                source[slot] |= plane == number
            elif frame.segment == number:
                source[slot] |= plane > 0
        marked = np.argwhere(source)
        if len(marked) == 0:
            continue
        there = np.rint(grid.lps_to_index(own.index_to_lps(marked)))
        total += len(marked)
        outside += int(((there < 0) | (there >= grid.shape)).any(axis=1).sum())
        voxels = np.zeros(grid.shape, np.bool_)
        for index in range(grid.shape[0]):
            nearest = [
                np.rint(one[0] * index + one[1] * rows + one[2] * columns + one[3]).astype(np.int64)
                for one in to_own[:3]
            ]
            inside = np.ones(rows.shape, np.bool_)
            for axis in range(3):
                inside &= (nearest[axis] >= 0) & (nearest[axis] < own.shape[axis])
            voxels[index][inside] = source[nearest[0][inside], nearest[1][inside], nearest[2][inside]]
        by_segment[number] = voxels
    voxel_mm3 = _voxel_mm3(own)
    return _Laid(by_segment, total * voxel_mm3, outside * voxel_mm3, True)


def _own_grid(answer: MaskAnswer) -> tuple[Geometry, list[int]]:
    """The grid of the mask's planes, and the slice of each frame on it."""
    positions = np.array([frame.position for frame in answer.frames])
    normal = np.cross(answer.column_step, answer.row_step)
    normal /= np.linalg.norm(normal)
    along = positions @ normal
    distances = np.diff(np.unique(np.round(along, 3)))
    if answer.slice_step is not None:
        step = np.asarray(answer.slice_step)
    else:
        step = normal * (float(distances.min()) if len(distances) else 1.0)
    first = int(np.argmin(along if step @ normal > 0 else -along))
    slots = np.rint((positions - positions[first]) @ step / (step @ step)).astype(np.int64)
    geometry = Geometry.from_axes(
        origin_lps_mm=positions[first],
        slice_step_mm=step,
        row_step_mm=answer.row_step,
        column_step_mm=answer.column_step,
        shape=(int(slots.max()) + 1, answer.rows, answer.columns),
    )
    return geometry, [int(slot) for slot in slots]


def _numbers(segment: int, answer: MaskAnswer) -> tuple[int, ...]:
    return (segment,) if segment else tuple(one.number for one in answer.segments)


def _segments_of(segment: int, plane: NDArray[np.uint16]) -> list[tuple[int, NDArray[np.bool_]]]:
    """Pixels by segment number: those set of a segment's plane, or those of each label of a label map."""
    if segment:
        return [(segment, plane > 0)]
    return [(int(label), plane == label) for label in np.unique(plane) if label]


def _segment(described: MaskSegment, voxels: NDArray[np.bool_]) -> ImportedSegment:
    return ImportedSegment(
        described.number,
        described.label,
        voxels,
        described.category,
        described.kind,
        described.algorithm_type,
        described.colour,
    )


def _voxel_mm3(grid: Geometry) -> float:
    return abs(float(np.linalg.det(grid.affine[:3, :3])))

"""A stack with gantry tilt laid on an upright grid: slices are shifted in their planes, none is stretched.

Slices of a tilted gantry are parallel but stacked at an angle, so the grid is sheared.  Moving slice ``k`` by
``k`` times the in-plane part of the slice step undoes the shear; the distance between slices becomes the one
along their normal.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.geometry import Geometry
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.scan import Stack
from inference.volume import Volume

STAGE: Final = "stage.straightening"
TILT: Final = "intake.tilt"
_ABSENT_VOXEL: Final = -32_768
_SQUARE: Final = 1e-6
_WHOLE: Final = 1e-6
"""Shifts within a millionth of a pixel of a whole number of pixels are taken as whole."""


def tilt_deg(geometry: Geometry) -> float:
    """Angle in degrees between the direction of stacking and the normal of the slices."""
    cosine = float(geometry.slice_normal @ geometry.direction[:, 0])
    return math.degrees(math.acos(min(1.0, cosine)))


def straighten(
    volume: Volume, on_progress: OnProgress = ignore_progress, should_stop: ShouldStop = never_stop
) -> Volume:
    """The same slices on a grid whose three axes are perpendicular.

    Values between two pixels are interpolated linearly, in stored units, and rounded.  The grid grows in
    plane until every measured pixel fits; where nothing was measured, or a neighbour is padding, lies the
    padding voxel.  ``intake.straightened`` with the angle is added to the volume's findings.

    Raises
    ------
    ValueError
        When rows and columns are not perpendicular: that is no gantry tilt.
    Cancelled
        When ``should_stop`` says so.
    """
    geometry = volume.geometry
    slice_step, row_step, column_step = geometry.affine[:3, :3].T
    if abs(float(geometry.direction[:, 1] @ geometry.direction[:, 2])) > _SQUARE:
        raise ValueError("rows and columns are not perpendicular")
    normal = geometry.slice_normal
    upright = normal * float(normal @ slice_step)
    sideways = slice_step - upright
    slices, rows, columns = geometry.shape
    row_shifts, before_rows, after_rows = _shifts(sideways, row_step, slices)
    column_shifts, before_columns, after_columns = _shifts(sideways, column_step, slices)
    straight = Geometry.from_axes(
        origin_lps_mm=geometry.affine[:3, 3] - before_rows * row_step - before_columns * column_step,
        slice_step_mm=upright,
        row_step_mm=row_step,
        column_step_mm=column_step,
        shape=(slices, rows + before_rows + after_rows, columns + before_columns + after_columns),
    )
    padding = _ABSENT_VOXEL if volume.padding_voxel is None else volume.padding_voxel
    voxels = np.full(straight.shape, padding, np.int16)
    for index in range(slices):
        stop_if_asked(should_stop)
        if index not in volume.missing_slices:
            picture = volume.voxels[index].astype(np.float32)
            if volume.padding_voxel is not None:
                picture[volume.voxels[index] == volume.padding_voxel] = np.nan
            picture = _moved(picture, row_shifts[index], before_rows, straight.shape[1])
            picture = _moved(picture.T, column_shifts[index], before_columns, straight.shape[2]).T
            measured = np.isfinite(picture)
            voxels[index][measured] = np.rint(picture[measured]).astype(np.int16)
        on_progress(Progress(index + 1, slices, STAGE))
    note = finding("intake.straightened", degrees=round(tilt_deg(geometry), 1))
    return Volume(
        voxels,
        volume.slope,
        volume.intercept,
        straight,
        volume.missing_slices,
        padding,
        findings=(*volume.findings, note),
    )


def without_tilt(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What still holds of a stack once its volume has been straightened."""
    return tuple(one for one in findings if one.code != TILT)


def straightened_stack(stack: Stack, straight: Volume) -> Stack:
    """The stack as it stands beside its straightened volume: same frames, upright grid, no refusal for tilt.

    It has an identifier of its own, and its files no longer lie on its grid: it is not loaded again.
    """
    digest = hashlib.sha256(f"{stack.stack_id} straightened".encode()).hexdigest()
    return replace(
        stack,
        stack_id=digest[: len(stack.stack_id)],
        geometry=straight.geometry,
        rows_columns=straight.geometry.shape[1:],
        findings=without_tilt(stack.findings),
    )


def _shifts(
    sideways: NDArray[np.float64], step: NDArray[np.float64], slices: int
) -> tuple[NDArray[np.float64], int, int]:
    """Shift of every slice in pixels along ``step``, and the pixels that the grid grows by at either end."""
    each = float(sideways @ step) / float(step @ step)
    shifts = np.arange(slices, dtype=np.float64) * each
    whole = np.rint(shifts)
    shifts[:] = np.where(np.abs(shifts - whole) < _WHOLE, whole, shifts)
    return shifts, math.ceil(max(0.0, -float(shifts.min()))), math.ceil(max(0.0, float(shifts.max())))


def _moved(picture: NDArray[np.float32], shift: float, before: int, length: int) -> NDArray[np.float32]:
    """Rows moved down by ``before + shift`` pixels into a picture of ``length`` rows; NaN where none lies."""
    offset = before + math.floor(shift)
    fraction = shift - math.floor(shift)
    moved = np.full((length, picture.shape[1]), np.nan, np.float32)
    if fraction == 0:
        moved[offset : offset + len(picture)] = picture
        return moved
    # Target row offset + i lies a fraction above row i, towards row i - 1.
    blended = picture[1:] * np.float32(1 - fraction) + picture[:-1] * np.float32(fraction)
    moved[offset + 1 : offset + len(picture)] = blended
    return moved

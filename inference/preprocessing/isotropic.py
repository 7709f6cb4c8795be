"""A region and its surroundings on a grid of equal steps in all three axes, for features that need one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry
from inference.preprocessing.orientation import CanonicalOrientation
from inference.preprocessing.settings import IsotropicSettings
from inference.volume import Volume

_SPLINE_REACH: Final = 12
"""Voxels beyond the region that are read: a cubic spline's memory of one is below 1e-6 there (0.268 ^ 12)."""

_INSIDE_FROM: Final = 0.5
"""Share of a mask, interpolated linearly, from which a voxel belongs to it."""


@dataclass(frozen=True, slots=True, eq=False)
class IsotropicRegion:
    """``array`` float32, whole HU within the window, and ``mask``, both (slice, row, column), canonical.

    ``geometry`` places them: slices upwards, rows to the back, columns to the patient's left.
    """

    array: NDArray[np.float32]
    mask: NDArray[np.bool_]
    geometry: Geometry


@dataclass(frozen=True, slots=True)
class _Axis:
    """New positions along one axis, in voxels of the old one: ``first`` + k × ``step``, k < ``count``.

    ``start`` and ``stop`` bound the old voxels that they are interpolated from.
    """

    first: float
    step: float
    count: int
    start: int
    stop: int


def isotropic_region(volume: Volume, mask: NDArray[np.bool_], settings: IsotropicSettings) -> IsotropicRegion:
    """Resample the box around ``mask`` (Boolean, on the volume's grid) of an axial volume.

    The new grid has the box's centre for its own, so that the result does not depend on where the scan began.
    Values are cut to the window before and, because splines overshoot, after; then rounded to whole HU.
    Beyond the edge of the picture its outermost voxels go on.  A region too thin for the new grid, no voxel
    of which holds half of it, gets the voxel that holds most.

    Raises
    ------
    ValueError
        When the mask is empty or of another shape, or the volume is not axial.
    """
    from scipy import ndimage

    if mask.shape != volume.geometry.shape:
        raise ValueError("the mask must stand on the volume's grid")
    if not mask.any():
        raise ValueError("the mask is empty")
    orientation = CanonicalOrientation.of(volume.geometry)
    canonical = orientation.geometry(volume.geometry)
    marked = orientation.apply(mask)
    steps_mm = (settings.slice_spacing_mm or settings.spacing_mm, settings.spacing_mm, settings.spacing_mm)
    axes = tuple(
        _axis(marked, axis, canonical.spacing_mm[axis], steps_mm[axis], settings.margin_mm)
        for axis in range(3)
    )
    box = tuple(slice(axis.start, axis.stop) for axis in axes)
    low = settings.window_centre_hu - settings.window_width_hu / 2
    high = settings.window_centre_hu + settings.window_width_hu / 2
    windowed = np.clip(_slab(volume, orientation, axes[0])[:, box[1], box[2]], low, high)

    def resampled(array: NDArray[Any], order: int) -> NDArray[np.float32]:
        values: NDArray[np.float32] = ndimage.affine_transform(
            array,
            [axis.step for axis in axes],
            [axis.first - axis.start for axis in axes],
            output_shape=tuple(axis.count for axis in axes),
            output=np.float32,
            order=order,
            mode="nearest",
        )
        return values

    array = np.round(np.clip(resampled(windowed, 3), low, high)).astype(np.float32)
    share = resampled(marked[box].astype(np.float32), 1)
    inside = share >= min(_INSIDE_FROM, float(share.max()))
    return IsotropicRegion(array, inside, _geometry(canonical, axes))


def _slab(volume: Volume, orientation: CanonicalOrientation, slices: _Axis) -> NDArray[np.float32]:
    """The canonical slices that are needed, and no others, in physical values."""
    count = volume.geometry.shape[0]
    ends = sorted(orientation.own_slice(index, count) for index in (slices.start, slices.stop - 1))
    slab: NDArray[np.float32] = orientation.apply(volume.slab(ends[0], ends[1] + 1))
    return slab


def _axis(
    marked: NDArray[np.bool_], axis: int, spacing_mm: float, wanted_mm: float, margin_mm: float
) -> _Axis:
    hit = np.flatnonzero(marked.any(axis=tuple(other for other in range(3) if other != axis)))
    extent_mm = (hit[-1] - hit[0] + 1) * spacing_mm + 2 * margin_mm
    count = max(1, math.ceil(extent_mm / wanted_mm - 1e-6))
    step = wanted_mm / spacing_mm
    first = (hit[0] + hit[-1]) / 2 - step * (count - 1) / 2
    last = first + step * (count - 1)
    start = max(0, math.floor(first) - _SPLINE_REACH)
    stop = min(marked.shape[axis], math.ceil(last) + _SPLINE_REACH + 1)
    return _Axis(float(first), step, count, start, stop)


def _geometry(canonical: Geometry, axes: tuple[_Axis, ...]) -> Geometry:
    slice_step, row_step, column_step = (
        canonical.affine[:3, place] * axis.step for place, axis in enumerate(axes)
    )
    return Geometry.from_axes(
        origin_lps_mm=canonical.index_to_lps([axis.first for axis in axes]),
        slice_step_mm=slice_step,
        row_step_mm=row_step,
        column_step_mm=column_step,
        shape=(axes[0].count, axes[1].count, axes[2].count),
    )

"""A mask as another hand might have drawn it: wider, narrower, or on the slices next to it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry

_SLACK_MM: Final = 1e-6

Bools = NDArray[np.bool_]


def grown(mask: Bools, geometry: Geometry, by_mm: float) -> Bools:
    """With every voxel whose centre lies within ``by_mm`` of a marked one, in three dimensions."""
    found = np.zeros_like(mask)
    box = _box(mask, geometry, by_mm)
    if box is not None:
        found[box] = _distance_mm(~mask[box], geometry) <= by_mm + _SLACK_MM
    return found


def shrunk(mask: Bools, geometry: Geometry, by_mm: float) -> Bools:
    """Without every voxel whose centre lies within ``by_mm`` of an unmarked one; it may be empty.

    What lies beyond the volume counts as unmarked.
    """
    found = np.zeros_like(mask)
    box = _box(mask, geometry, 0.0)
    if box is not None:
        padded = np.pad(mask[box], 1)
        found[box] = (_distance_mm(padded, geometry) > by_mm + _SLACK_MM)[1:-1, 1:-1, 1:-1]
    return found


def shifted(mask: Bools, geometry: Geometry, slices_up: int) -> Bools:
    """Moved by whole slices towards the head, or with a negative number away from it; the rest is lost."""
    step = slices_up if geometry.slice_normal[2] >= 0 else -slices_up
    found = np.zeros_like(mask)
    count = len(mask)
    if abs(step) < count:
        found[max(step, 0) : count + min(step, 0)] = mask[max(-step, 0) : count - max(step, 0)]
    return found


def _box(mask: Bools, geometry: Geometry, margin_mm: float) -> tuple[slice, slice, slice] | None:
    """The marked box and a margin, as far as the volume goes; None for an empty mask."""
    if not mask.any():
        return None
    slices = []
    for axis, spacing_mm in enumerate(geometry.spacing_mm):
        hit = np.flatnonzero(mask.any(axis=tuple({0, 1, 2} - {axis})))
        margin = int(margin_mm / spacing_mm) + 1 if margin_mm else 0
        slices.append(slice(max(int(hit[0]) - margin, 0), int(hit[-1]) + 1 + margin))
    return slices[0], slices[1], slices[2]


def _distance_mm(inside: Bools, geometry: Geometry) -> NDArray[Any]:
    """Of each voxel that is ``inside`` to the nearest that is not; 0 for the others."""
    from scipy import ndimage

    distance: NDArray[Any] = ndimage.distance_transform_edt(inside, sampling=geometry.spacing_mm)
    return distance

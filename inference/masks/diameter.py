"""The longest diameter of a mask in an axial slice, as a radiologist would draw it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from inference.masks.layer import MaskLayer

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Diameter:
    """``length_mm`` between two (row, column) points of slice ``slice_index``.

    ``step_mm`` is the size of a pixel along it: what the outline may be off by.
    """

    length_mm: float
    slice_index: int
    ends: tuple[Point, Point]
    step_mm: float


def longest_axial_diameter(layer: MaskLayer) -> Diameter | None:
    """The longest of all slices; None for an empty mask.

    In a slice with several parts each is measured alone, so that no diameter spans what lies between.  The
    outline passes somewhere between the centres of the two outermost pixels and their outer edges; half way
    is taken: half a pixel more than the distance of the centres.
    """
    from scipy import ndimage

    found: Diameter | None = None
    steps = layer.geometry.affine[:3, 1:3]
    for slice_index in layer.marked_slices:
        labels, count = ndimage.label(layer.voxels[slice_index], structure=np.ones((3, 3), dtype=np.bool_))
        for part in range(1, count + 1):
            pixels = np.argwhere(labels == part).astype(np.float64)
            one = _longest(pixels, steps, slice_index)
            if found is None or one.length_mm > found.length_mm:
                found = one
    return found


def _longest(pixels: NDArray[np.float64], steps: NDArray[np.float64], slice_index: int) -> Diameter:
    """``pixels`` is (n, 2) of row and column; ``steps`` are the columns of the affine for them, in mm."""
    outer = _outermost(pixels)
    placed = outer @ steps.T
    distances = np.linalg.norm(placed[:, None, :] - placed[None, :, :], axis=2)
    first, second = np.unravel_index(int(np.argmax(distances)), distances.shape)
    between = outer[second] - outer[first]
    reach = float(np.abs(between).max())
    step_mm = float(distances[first, second]) / reach if reach else float(np.linalg.norm(steps, axis=0).max())
    ends = tuple((float(row), float(column)) for row, column in (outer[first], outer[second]))
    return Diameter(float(distances[first, second]) + step_mm / 2, slice_index, (ends[0], ends[1]), step_mm)


def _outermost(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """First and last pixel of every row: the two farthest are among them."""
    rows, starts, counts = np.unique(pixels[:, 0], return_index=True, return_counts=True)
    first = pixels[starts]
    last = pixels[starts + counts - 1]
    return np.unique(np.concatenate([first, last]), axis=0) if rows.size else pixels

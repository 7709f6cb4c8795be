"""The patient in coarse axial slices: outline, air inside, bone, and where the spine stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.meaning.axial_sample import AxialSample

BODY_HU: Final = -300.0
"""Between lung or air and fat (−150 to −50 HU)."""

AIR_HU: Final = -500.0
"""Aerated lung lies between −950 and −600 HU (Kemerink 1998), gas at −1000."""

BONE_HU: Final = 160.0
_LEAST_BODY_CM2: Final = 20.0
_SPINE_HALF_WIDTH_MM: Final = 45.0
_SMOOTHING_MM: Final = 11.0
_SPINE_NEIGHBOURS_MM: Final = 60.0
_LEAST_DENSITY: Final = 0.2

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Masks (slice, row, column) on the sample's grid.

    ``outline`` is the largest part of each slice without table and arms, holes filled; ``air`` what is
    gas or lung inside; ``bone`` what is brighter than soft tissue (enhanced vessels too).
    """

    outline: Mask
    air: Mask
    bone: Mask


@dataclass(frozen=True, slots=True)
class Spine:
    """Where the vertebral column stands in one slice: row and column of its densest place."""

    row: float
    column: float


def find_body(sample: AxialSample) -> Body:
    """Outline, air and bone of every slice; a slice without a body is empty."""
    outline = np.zeros(sample.hu.shape, dtype=bool)
    radius = steps(sample, 4.0)
    for k, picture in enumerate(sample.hu):
        cores = shrunk(picture > BODY_HU, radius)
        from scipy import ndimage

        labels, count = ndimage.label(cores)
        if not count:
            continue
        sizes = np.bincount(labels.ravel())[1:]
        largest = labels == int(sizes.argmax()) + 1
        grown = widened(largest, radius + 1) & (picture > BODY_HU)
        filled = filled_holes(grown)
        if filled.sum() * sample.pixel_cm2 >= _LEAST_BODY_CM2:
            outline[k] = filled
    return Body(outline, outline & (sample.hu < AIR_HU), outline & (sample.hu > BONE_HU))


def find_spine(sample: AxialSample, body: Body) -> dict[int, Spine]:
    """The spine by position in the sample: the densest bone in the back, near the middle, that persists.

    Slices without one are left out.
    """
    present = [k for k in range(len(sample.hu)) if body.outline[k].any()]
    if not present:
        return {}
    dense = {k: _smoothed(_solid(body.bone[k], sample), sample) for k in present}
    found: dict[int, Spine] = {}
    for k in present:
        apart = [abs(height - sample.heights_mm[k]) for height in sample.heights_mm]
        near = [j for j in present if apart[j] <= _SPINE_NEIGHBOURS_MM]
        heat = 0.3 * dense[k] + np.mean([dense[j] for j in near], axis=0)
        heat = np.where(_middle_of_the_back(body.outline[k], sample), heat, 0.0)
        peak = np.unravel_index(int(heat.argmax()), heat.shape)
        if dense[k][peak] >= _LEAST_DENSITY:
            found[k] = Spine(float(peak[0]), float(peak[1]))
    return found


def _middle_of_the_back(outline: NDArray[np.bool_], sample: AxialSample) -> NDArray[np.bool_]:
    rows, columns = np.nonzero(outline)
    middle = (columns.min() + columns.max()) / 2
    half = _SPINE_HALF_WIDTH_MM / sample.pixel_mm[1]
    allowed = np.zeros_like(outline)
    first_row = int(rows.min() + 0.4 * (rows.max() - rows.min()))
    allowed[first_row:, max(0, int(middle - half)) : int(middle + half) + 1] = True
    return allowed & outline


def _smoothed(picture: NDArray[np.float32], sample: AxialSample) -> NDArray[np.float32]:
    """Three box means in a row: near enough to a Gaussian, at a tenth of its cost."""
    size = 2 * steps(sample, _SMOOTHING_MM) + 1
    for _ in range(3):
        from scipy import ndimage

        picture = ndimage.uniform_filter(picture, size, mode="constant")
    return picture


def _solid(bone: NDArray[np.bool_], sample: AxialSample) -> NDArray[np.float32]:
    """Bone with its marrow: rims closed and filled."""
    reach = steps(sample, 3.0)
    closed = shrunk(widened(bone, reach), reach)
    solid: NDArray[np.float32] = filled_holes(closed).astype(np.float32)
    return solid


def steps(sample: AxialSample, mm: float) -> int:
    """A length in pixels, at least one."""
    return max(1, round(mm / (sum(sample.pixel_mm) / 2)))


def shrunk(mask: Mask, pixels: int) -> Mask:
    """Erosion by a square, which is separable and so many times faster than a disc."""
    size = 2 * pixels + 1
    from scipy import ndimage

    eroded: Mask = ndimage.minimum_filter(mask.view(np.uint8), size, mode="constant").view(np.bool_)
    return eroded


def widened(mask: Mask, pixels: int) -> Mask:
    """Dilation by a square."""
    size = 2 * pixels + 1
    from scipy import ndimage

    dilated: Mask = ndimage.maximum_filter(mask.view(np.uint8), size, mode="constant").view(np.bool_)
    return dilated


def opened(mask: Mask, pixels: int) -> Mask:
    """The mask without parts thinner than ``2 × pixels + 1``."""
    return widened(shrunk(mask, pixels), pixels)


def filled_holes(mask: Mask) -> Mask:
    """The mask and everything that it encloses (by labels, which is faster than growing from the rim)."""
    from scipy import ndimage

    outside, _ = ndimage.label(np.pad(~mask, 1, constant_values=True))
    filled: Mask = outside[1:-1, 1:-1] != outside[0, 0]
    return filled

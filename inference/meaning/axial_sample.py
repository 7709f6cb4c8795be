"""A few coarse axial slices of a CT, turned so that every scan lies alike: all that anatomy needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry

MOST_SLICES: Final = 18
COARSE_MM: Final = 2.0
"""Aimed pixel size; organs of 15 mm and more survive it, and noise falls by averaging."""

STEEPEST_DEG: Final = 25.0
"""Slices tilted further from axial are not read as axial anatomy."""

_LOWEST_HU, _HIGHEST_HU = -1024.0, 3071.0

Slices = Callable[[int], NDArray[Any] | None]
"""Physical values (row, column) of one slice by its index; None for a slice that cannot be read."""


@dataclass(frozen=True, slots=True, eq=False)
class AxialSample:
    """Slices in HU, each (row to Posterior, column to Left), in the order of ``indices``.

    ``hu`` is float32 (slice, row, column); ``pixel_mm`` the (row, column) size; ``heights_mm`` the LPS z of
    each slice's centre, rising with the head.
    """

    hu: NDArray[np.float32]
    indices: tuple[int, ...]
    pixel_mm: tuple[float, float]
    heights_mm: tuple[float, ...]

    @property
    def pixel_cm2(self) -> float:
        """Area of one pixel."""
        return self.pixel_mm[0] * self.pixel_mm[1] / 100

    @property
    def span_mm(self) -> float:
        """Distance between the lowest and the highest slice."""
        return max(self.heights_mm) - min(self.heights_mm)


def sampled_indices(present: Sequence[int], most: int = MOST_SLICES) -> tuple[int, ...]:
    """At most ``most`` of the slices that are there, evenly spread, first and last included."""
    if len(present) <= most:
        return tuple(present)
    picks = np.linspace(0, len(present) - 1, most).round().astype(int)
    return tuple(present[int(pick)] for pick in picks)


def take_sample(geometry: Geometry, present: Sequence[int], slices: Slices) -> AxialSample | None:
    """Read, coarsen and turn the sampled slices; None for a stack that is not axial or cannot be read.

    Parameters
    ----------
    geometry
        Where the voxels stand; anatomy is told by it alone, never by the order of files or by the
        patient's position on the table.
    present
        Indices of slices that can be read.
    """
    if geometry.plane != "axial" or geometry.obliquity_deg > STEEPEST_DEG or not present:
        return None
    _, row_mm, column_mm = geometry.spacing_mm
    factors = (max(1, round(COARSE_MM / row_mm)), max(1, round(COARSE_MM / column_mm)))
    direction = geometry.direction
    is_transposed = abs(direction[0, 2]) < abs(direction[1, 2])
    row_axis, column_axis = (2, 1) if is_transposed else (1, 2)
    pictures = []
    chosen = []
    for index in sampled_indices(present):
        values = slices(index)
        if values is None:
            continue
        chosen.append(index)
        picture = _coarse(np.asarray(values, dtype=np.float32), factors)
        if is_transposed:
            picture = picture.T
        if direction[1, row_axis] < 0:
            picture = picture[::-1]
        if direction[0, column_axis] < 0:
            picture = picture[:, ::-1]
        pictures.append(picture)
    if not pictures:
        return None
    size = (row_mm * factors[0], column_mm * factors[1])
    middle = ((geometry.shape[1] - 1) / 2, (geometry.shape[2] - 1) / 2)
    heights = [float(geometry.index_to_lps((index, *middle))[2]) for index in chosen]
    order = np.argsort(heights)
    return AxialSample(
        hu=np.ascontiguousarray(np.stack(pictures)[order]),
        indices=tuple(chosen[int(k)] for k in order),
        pixel_mm=(size[1], size[0]) if is_transposed else size,
        heights_mm=tuple(heights[int(k)] for k in order),
    )


def _coarse(picture: NDArray[np.float32], factors: tuple[int, int]) -> NDArray[np.float32]:
    """Means of blocks; a rim that fills no block is left out."""
    rows, columns = (side // factor for side, factor in zip(picture.shape, factors, strict=True))
    clipped = np.clip(picture, _LOWEST_HU, _HIGHEST_HU)
    blocks = clipped[: rows * factors[0], : columns * factors[1]]
    means: NDArray[np.float32] = blocks.reshape(rows, factors[0], columns, factors[1]).mean(axis=(1, 3))
    return means

"""A rough region: quadrilaterals on three slices, and the smallest cuboid around them.

Source: Song et al., Ann Transl Med 2021; 9: 833: the reader draws one on the top, the largest and the bottom
slice of the tumour, in about ten seconds; no outline is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.masks.bounding_box import bounding_box


@dataclass(frozen=True, slots=True)
class Quadrilateral:
    """Four corners (row, column) on a slice, in voxels; a voxel reaches half a step to either side."""

    slice: int
    corners: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]

    def __post_init__(self) -> None:
        if not np.isfinite(self.corners).all():
            raise ValueError("a corner is not finite")


@dataclass(frozen=True, slots=True)
class Cuboid:
    """First and one past the last slice, row and column."""

    start: tuple[int, int, int]
    stop: tuple[int, int, int]

    @classmethod
    def around(
        cls, drawn: tuple[Quadrilateral, Quadrilateral, Quadrilateral], shape: tuple[int, int, int]
    ) -> Cuboid:
        """The smallest cuboid of whole voxels that holds the three, within a volume of ``shape``.

        Raises
        ------
        ValueError
            When none of it lies within the volume.
        """
        corners = np.array([corner for one in drawn for corner in one.corners])
        slices = [one.slice for one in drawn]
        low, high = np.floor(corners.min(axis=0) + 0.5), np.floor(corners.max(axis=0) + 0.5)
        first = (min(slices), int(low[0]), int(low[1]))
        last = (max(slices), int(high[0]), int(high[1]))
        start = (max(first[0], 0), max(first[1], 0), max(first[2], 0))
        stop = (min(last[0] + 1, shape[0]), min(last[1] + 1, shape[1]), min(last[2] + 1, shape[2]))
        if any(a >= b for a, b in zip(start, stop, strict=True)):
            raise ValueError("the region lies outside the volume")
        return cls(start, stop)

    @classmethod
    def holding(cls, mask: NDArray[np.bool_]) -> Cuboid:
        """The smallest cuboid that holds a mask (slice, row, column): an outline instead of a rough region.

        Raises
        ------
        ValueError
            When the mask is empty.
        """
        box = bounding_box(mask)
        if box is None:
            raise ValueError("the mask is empty")
        slices, rows, columns = box
        return cls((slices.start, rows.start, columns.start), (slices.stop, rows.stop, columns.stop))

    def mask(self, shape: tuple[int, int, int]) -> NDArray[np.bool_]:
        """The cuboid as a mask (slice, row, column) of a volume."""
        marked = np.zeros(shape, dtype=bool)
        marked[tuple(slice(a, b) for a, b in zip(self.start, self.stop, strict=True))] = True
        return marked

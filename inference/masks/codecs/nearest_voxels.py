"""Which voxel of a mask's own grid lies nearest to each voxel of a stack."""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry

_MOST_KEPT: Final = 32 << 20
"""Voxels of a stack up to which answers are kept (128 MB): a mask may have hundreds of segments."""


class NearestVoxels:
    """Indices into the flattened grid ``own`` for voxels of ``grid``; -1 stands for none."""

    def __init__(self, own: Geometry, grid: Geometry) -> None:
        self._own, self._grid = own, grid
        self._to_own = np.linalg.inv(own.affine) @ grid.affine
        self._keeps = int(np.prod(grid.shape)) <= _MOST_KEPT
        self._kept: dict[int, NDArray[np.int32]] = {}

    def reach(self, lowest: NDArray[np.int64], highest: NDArray[np.int64]) -> tuple[slice, slice, slice]:
        """The part of the stack that a box of voxels of the own grid (both ends in it) can be nearest to."""
        ends = np.stack([lowest - 0.5, highest + 0.5])
        corners = np.array(
            [[ends[pick[axis], axis] for axis in range(3)] for pick in product((0, 1), repeat=3)]
        )
        there = self._grid.lps_to_index(self._own.index_to_lps(corners))
        parts = []
        for axis, size in enumerate(self._grid.shape):
            along = np.nan_to_num(there[:, axis], nan=0.0)
            begin = int(np.clip(np.floor(along.min()), 0, size))
            parts.append(slice(begin, max(begin, int(np.clip(np.ceil(along.max()) + 1, 0, size)))))
        return parts[0], parts[1], parts[2]

    def of(self, index: int, rows: slice, columns: slice) -> NDArray[np.int32]:
        """For a part (row, column) of slice ``index`` of the stack."""
        if not self._keeps:
            return self._computed(index, rows, columns)
        if index not in self._kept:
            whole = (slice(0, self._grid.shape[1]), slice(0, self._grid.shape[2]))
            self._kept[index] = self._computed(index, *whole)
        return self._kept[index][rows, columns]

    def _computed(self, index: int, rows: slice, columns: slice) -> NDArray[np.int32]:
        row = np.arange(rows.start, rows.stop)[:, None]
        column = np.arange(columns.start, columns.stop)[None, :]
        inside = np.ones((row.size, column.size), np.bool_)
        flat = np.zeros(inside.shape)
        for axis, size in enumerate(self._own.shape):
            one = self._to_own[axis]
            nearest = np.rint(one[0] * index + one[1] * row + one[2] * column + one[3])
            inside &= (nearest >= 0) & (nearest < size)
            flat = flat * size + np.where(inside, nearest, 0)
        found: NDArray[np.int32] = np.where(inside, flat, -1).astype(np.int32)
        return found

"""Planar contours filled with voxels: a voxel belongs to the area when its centre lies inside."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_DECIMALS: Final = 4
"""Coordinates are rounded to 1e-4 pixel, so that a point on a centre is decided by rule, not by noise."""


def fill_polygons(
    vertices: NDArray[np.float64], counts: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """The pixels (row, column) whose centre an odd number of closed polygons encloses.

    ``vertices`` holds the polygons one after the other, (n, 2) as (row, column) in pixels, an integer being
    a centre; ``counts`` says how many belong to each; the last is joined to the first.  Holes come out
    whether they are polygons of their own or joined to the outline by a bridge, in either sense of
    rotation.  A centre that lies exactly on a border belongs to the area on its lower right.  What
    reaches beyond ``shape`` is cut off.
    """
    filled = np.zeros(shape, np.bool_)
    if len(vertices) == 0:
        return filled
    start = np.round(vertices, _DECIMALS)
    ends = np.cumsum(counts)
    following = np.arange(1, len(start) + 1)
    following[ends - 1] = ends - counts
    row_a, column_a = start.T
    row_b, column_b = start[following].T
    # Rows that an edge crosses: its lower end counts, its upper does not, so that a vertex counts once.
    first = np.clip(np.ceil(np.minimum(row_a, row_b)), 0, shape[0]).astype(np.int64)
    beyond = np.clip(np.ceil(np.maximum(row_a, row_b)), 0, shape[0]).astype(np.int64)
    crossed = beyond - first
    edge = np.repeat(np.arange(len(start)), crossed)
    if len(edge) == 0:
        return filled
    row = np.arange(len(edge)) - np.repeat(np.cumsum(crossed) - crossed, crossed) + first[edge]
    share = (row - row_a[edge]) / (row_b - row_a)[edge]
    column = np.round(column_a[edge] + share * (column_b - column_a)[edge], _DECIMALS)
    begin = np.clip(np.ceil(column), 0, shape[1]).astype(np.int64)
    top, bottom = int(row.min()), int(row.max()) + 1
    left, right = int(begin.min()), int(begin.max())
    width = right - left + 1
    flips = np.bincount((row - top) * width + begin - left, minlength=(bottom - top) * width)
    parity = np.bitwise_and(np.cumsum(flips.reshape(bottom - top, width), axis=1), 1)
    filled[top:bottom, left:right] = parity[:, : right - left].astype(np.bool_)
    return filled

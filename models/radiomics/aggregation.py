"""Which neighbours count, and how the matrices of slices and directions become one feature."""

from __future__ import annotations

from itertools import product
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from models.radiomics.discretisation import Levels

Aggregation = Literal[
    "2d_averaged", "2d_slice_merged", "2.5d_direction_merged", "2.5d_merged", "3d_averaged", "3d_merged"
]
"""Names of the initiative's manual.

2d: a matrix per slice, features averaged; 2.5d: the slices' matrices are added; 3d: neighbours in all slices.
averaged: features per direction, then their mean; merged: the directions' matrices are added.
``2d_slice_merged`` merges the directions of each slice, ``2.5d_direction_merged`` adds up over the slices for
each direction.  A matrix without directions has only the part before the underscore.
"""

Offset = tuple[int, int, int]

ALL_OFFSETS: Final[tuple[Offset, ...]] = tuple(
    offset for offset in product((0, 1), (-1, 0, 1), (-1, 0, 1)) if offset > (0, 0, 0)
)
"""One of each opposite pair of the 26 neighbours: 13 (slice, row, column) steps; the first 4 in plane."""

IN_PLANE_OFFSETS: Final = tuple(offset for offset in ALL_OFFSETS if offset[0] == 0)


def is_volumetric(aggregation: Aggregation) -> bool:
    """Whether neighbours in other slices count."""
    return aggregation.startswith("3d")


def has_slice_matrices(aggregation: Aggregation) -> bool:
    """Whether each slice has a matrix of its own."""
    return aggregation.startswith("2d")


def merges_directions(aggregation: Aggregation) -> bool:
    """Whether the matrices of all directions are added."""
    return aggregation in ("2d_slice_merged", "2.5d_merged", "3d_merged")


def offsets(aggregation: Aggregation) -> tuple[Offset, ...]:
    """Steps to one of each opposite pair of neighbours."""
    return ALL_OFFSETS if is_volumetric(aggregation) else IN_PLANE_OFFSETS


def slice_groups(levels: Levels, aggregation: Aggregation) -> NDArray[np.int64]:
    """For each voxel (slice, row, column) the number of the matrix it counts in: its slice's, or 0."""
    numbers = np.arange(len(levels)) if has_slice_matrices(aggregation) else np.zeros(len(levels))
    return np.broadcast_to(numbers.astype(np.int64)[:, None, None], levels.shape)


def shifted_pair(shape: tuple[int, ...], offset: Offset) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Where voxels stand that have a neighbour at ``offset`` inside the array, and where that one stands."""
    here, there = [], []
    for size, step in zip(shape, offset, strict=True):
        here.append(slice(max(0, -step), max(0, size - max(0, step))))
        there.append(slice(max(0, step), max(0, size + min(0, step))))
    return tuple(here), tuple(there)

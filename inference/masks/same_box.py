"""The box about a mask, carried over to another grid by patient coordinates."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry
from inference.masks.bounding_box import bounding_box
from inference.masks.layer import MaskLayer


def same_box(mask: MaskLayer, onto: Geometry) -> NDArray[np.bool_]:
    """The smallest box of voxels of ``onto`` that holds the box about ``mask``, (slice, row, column).

    Voxels count whole.  Nothing is marked where the mask is empty or its box lies outside of ``onto``.
    """
    marked = np.zeros(onto.shape, dtype=np.bool_)
    box = bounding_box(mask.voxels)
    if box is None:
        return marked
    low, high = np.array([(side.start - 0.5, side.stop - 0.5) for side in box]).T
    corners = np.array(
        [[(low, high)[pick[axis]][axis] for axis in range(3)] for pick in product((0, 1), repeat=3)]
    )
    there = onto.lps_to_index(mask.geometry.index_to_lps(corners))
    # A corner on the border between two voxels belongs to the inner one, whatever the rounding.
    first = np.floor(there.min(axis=0) + 0.5 + 1e-6).astype(int)
    last = np.ceil(there.max(axis=0) + 0.5 - 1e-6).astype(int)
    first, last = np.clip(first, 0, onto.shape), np.clip(last, 0, onto.shape)
    marked[first[0] : last[0], first[1] : last[1], first[2] : last[2]] = True
    return marked

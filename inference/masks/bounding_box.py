"""The smallest box that holds a mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Box = tuple[slice, slice, slice]


def bounding_box(mask: NDArray[np.bool_]) -> Box | None:
    """Slices, rows and columns of the box about a mask (slice, row, column); None for an empty one.

    The volume is read once: rows and columns are looked for among the marked slices alone.
    """
    slices = np.flatnonzero([plane.any() for plane in mask])
    if not slices.size:
        return None
    first, last = int(slices[0]), int(slices[-1]) + 1
    shown: NDArray[np.bool_] = np.logical_or.reduce(mask[first:last], axis=0)
    rows, columns = (np.flatnonzero(np.logical_or.reduce(shown, axis=axis)) for axis in (1, 0))
    return (
        slice(first, last),
        slice(int(rows[0]), int(rows[-1]) + 1),
        slice(int(columns[0]), int(columns[-1]) + 1),
    )

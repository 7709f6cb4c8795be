"""The outline of a mask on one picture: segments midway between marked and unmarked pixels."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

# Corners of a cell: 1 top left, 2 top right, 4 bottom right, 8 bottom left.  Edges as offsets (x, y) from the
# centre of the top left pixel: top, right, bottom, left.
_TOP, _RIGHT, _BOTTOM, _LEFT = (0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)
_SEGMENTS: Final = {
    1: ((_LEFT, _TOP),),
    2: ((_TOP, _RIGHT),),
    3: ((_LEFT, _RIGHT),),
    4: ((_RIGHT, _BOTTOM),),
    5: ((_LEFT, _TOP), (_RIGHT, _BOTTOM)),
    6: ((_TOP, _BOTTOM),),
    7: ((_LEFT, _BOTTOM),),
    8: ((_BOTTOM, _LEFT),),
    9: ((_BOTTOM, _TOP),),
    10: ((_TOP, _RIGHT), (_BOTTOM, _LEFT)),
    11: ((_BOTTOM, _RIGHT),),
    12: ((_RIGHT, _LEFT),),
    13: ((_RIGHT, _TOP),),
    14: ((_TOP, _LEFT),),
}


def outline(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Segments around the marked pixels of a (row, column) picture.

    Returns
    -------
    float64, (n, 2, 2)
        Start and end (x, y) in picture coordinates, in which the centre of pixel 0 lies at 0.5.
    """
    rows = np.flatnonzero(mask.any(axis=1))
    if rows.size == 0:
        return np.empty((0, 2, 2))
    columns = np.flatnonzero(mask.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    part = np.pad(mask[top : rows[-1] + 1, left : columns[-1] + 1], 1).astype(np.uint8)
    case = part[:-1, :-1] | part[:-1, 1:] << 1 | part[1:, 1:] << 2 | part[1:, :-1] << 3
    found = []
    for code, segments in _SEGMENTS.items():
        y, x = np.nonzero(case == code)
        if x.size:
            corner = np.stack([x + left - 0.5, y + top - 0.5], axis=1)
            found += [corner[:, None, :] + np.array(segment)[None] for segment in segments]
    return np.concatenate(found)

"""One tile of a decoded mosaic."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def tile_of(picture: NDArray[np.generic], index: int, across: int) -> NDArray[np.generic]:
    """Tile ``index`` of ``across`` × ``across``, counted along rows; axes behind (row, column) are kept.

    Raises
    ------
    ValueError
        ``absent`` for a tile that is not there, ``shape`` for a picture that does not divide.
    """
    if not 0 <= index < across * across:
        raise ValueError("absent")
    if picture.shape[0] % across or picture.shape[1] % across:
        raise ValueError("shape")
    rows, columns = picture.shape[0] // across, picture.shape[1] // across
    row, column = index // across * rows, index % across * columns
    return picture[row : row + rows, column : column + columns]

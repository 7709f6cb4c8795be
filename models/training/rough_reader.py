"""A simulated reader who draws quadrilaterals around a tumour: one on its top, largest and bottom slice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.masks.rough_roi import Cuboid, Quadrilateral


@dataclass(frozen=True, slots=True)
class RoughReader:
    """How far beyond the tumour a corner is set, in mm along rows and columns, each drawn evenly."""

    least_mm: float = 1.0
    most_mm: float = 6.0

    def __post_init__(self) -> None:
        if not 0 <= self.least_mm <= self.most_mm:
            raise ValueError("slack runs from a least to a most, neither negative")


def draw_quadrilaterals(
    mask: NDArray[np.bool_],
    pixel_mm: tuple[float, float],
    reader: RoughReader,
    rng: np.random.Generator,
) -> tuple[Quadrilateral, Quadrilateral, Quadrilateral]:
    """Quadrilaterals on the bottom, largest and top slice of ``mask`` (slice, row, column).

    Each holds the tumour of its slice.  ``pixel_mm`` are the steps between rows and between columns.

    Raises
    ------
    ValueError
        When the mask is empty.
    """
    areas = mask.sum(axis=(1, 2))
    marked = np.flatnonzero(areas)
    if not marked.size:
        raise ValueError("the mask is empty")
    bottom, largest, top = int(marked[0]), int(areas.argmax()), int(marked[-1])

    def around(index: int) -> Quadrilateral:
        rows, columns = np.nonzero(mask[index])
        row_slack, column_slack = (
            rng.uniform(reader.least_mm, reader.most_mm, 4) / step for step in pixel_mm
        )
        corners = (
            (rows.min() - 0.5 - row_slack[0], columns.min() - 0.5 - column_slack[0]),
            (rows.min() - 0.5 - row_slack[1], columns.max() + 0.5 + column_slack[1]),
            (rows.max() + 0.5 + row_slack[2], columns.max() + 0.5 + column_slack[2]),
            (rows.max() + 0.5 + row_slack[3], columns.min() - 0.5 - column_slack[3]),
        )
        first, second, third, fourth = ((float(row), float(column)) for row, column in corners)
        return Quadrilateral(index, (first, second, third, fourth))

    return around(bottom), around(largest), around(top)


def rough_cuboid(
    mask: NDArray[np.bool_],
    pixel_mm: tuple[float, float],
    reader: RoughReader,
    rng: np.random.Generator,
) -> Cuboid:
    """The cuboid that the reader's three quadrilaterals give."""
    shape = (mask.shape[0], mask.shape[1], mask.shape[2])
    return Cuboid.around(draw_quadrilaterals(mask, pixel_mm, reader, rng), shape)

"""Grey levels 1 … N of a region: a fixed number of bins, or bins of a fixed size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.int64]
"""Grey levels (slice, row, column) from 1; 0 lies outside the region."""


@dataclass(frozen=True, slots=True)
class FixedBinNumber:
    """``count`` bins of equal width between the smallest and the largest value of the region.

    The largest value belongs to the last bin; where all values are equal there is one bin.
    """

    count: int

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("at least one bin is needed")

    def levels(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """The bin of each value, from 1."""
        low, high = float(values.min()), float(values.max())
        if low == high:
            return np.ones(values.shape, dtype=np.int64)
        place = np.floor(self.count * ((values - low) / (high - low))).astype(np.int64)
        bins: NDArray[np.int64] = np.minimum(place, self.count - 1) + 1
        return bins


@dataclass(frozen=True, slots=True)
class FixedBinSize:
    """Bins of ``width``, the first of which begins at ``start``, in the unit of the image.

    ``start`` is the lower end of the window or of the range that was kept.  Without one the bins begin at
    the multiple of ``width`` next below the smallest value.
    """

    width: float
    start: float | None = None

    def __post_init__(self) -> None:
        if not self.width > 0:
            raise ValueError("bins need a width above 0")

    def levels(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """The bin of each value, from 1.

        Raises
        ------
        ValueError
            When a value lies below ``start``.
        """
        lowest = float(values.min())
        start = np.floor(lowest / self.width) * self.width if self.start is None else self.start
        if lowest < start:
            raise ValueError(f"a value of {lowest:g} lies below the first bin, which starts at {start:g}")
        return np.floor((values - start) / self.width).astype(np.int64) + 1


Discretisation = FixedBinNumber | FixedBinSize


def discretise(values: NDArray[np.float64], mask: NDArray[np.bool_], how: Discretisation) -> Levels:
    """Grey levels of ``values`` (slice, row, column) inside ``mask``, 0 outside, cut to the mask's box."""
    box = tuple(slice(int(at.min()), int(at.max()) + 1) for at in np.nonzero(mask))
    inside = mask[box]
    levels = np.zeros(inside.shape, dtype=np.int64)
    levels[inside] = how.levels(values[box][inside])
    return levels

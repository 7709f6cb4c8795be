"""From slice positions to one grid: order, spacing, gaps, unevenness and tilt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

GAP_FACTOR: Final = 1.5
EVEN_RESIDUAL: Final = 0.05
USABLE_RESIDUAL: Final = 0.20
UPRIGHT_DEG: Final = 0.5
ORTHONORMAL_ERROR: Final = 1e-3
_SAME_PLACE: Final = 1e-2


@dataclass(frozen=True, slots=True, eq=False)
class SliceGrid:
    """How slices at given places fill a regular grid.

    Parameters
    ----------
    order
        Indices of the given positions, along the normal.
    slots
        Grid index of each, in that order; strictly increasing from 0.
    origin_mm, step_mm
        LPS position of grid slice 0 and the vector of one step, by least squares.
    residual
        Largest distance of a slice from its place on the grid, as a fraction of the spacing.
    tilt_deg
        Angle between the step and the normal of the slices.
    """

    order: NDArray[np.intp]
    slots: NDArray[np.int64]
    origin_mm: NDArray[np.float64]
    step_mm: NDArray[np.float64]
    residual: float
    tilt_deg: float

    @property
    def spacing_mm(self) -> float:
        """Length of one step."""
        return float(np.linalg.norm(self.step_mm))

    @property
    def length(self) -> int:
        """Slices of the grid, gaps counted."""
        return int(self.slots[-1]) + 1


@lru_cache(maxsize=256)
def in_plane_axes(orientation: tuple[float, ...]) -> NDArray[np.float64] | None:
    """Unit vectors along a row and along a column (2 × 3) of (0020,0037).

    None when they are not orthonormal within 1e-3; a smaller error is normalised away.
    """
    axes = np.asarray(orientation, dtype=np.float64).reshape(2, 3)
    lengths = np.linalg.norm(axes, axis=1)
    if np.abs(lengths - 1).max() > ORTHONORMAL_ERROR or abs(float(axes[0] @ axes[1])) > ORTHONORMAL_ERROR:
        return None
    along_row = axes[0] / lengths[0]
    along_column = axes[1] - (axes[1] @ along_row) * along_row
    along_column /= np.linalg.norm(along_column)
    both = np.stack([along_row, along_column])
    both.flags.writeable = False
    return both


def same_place(first: float, second: float) -> bool:
    """True when two positions along the normal (mm) are one."""
    return abs(first - second) < _SAME_PLACE


def fit_grid(
    positions_mm: NDArray[np.float64],
    normal: NDArray[np.float64],
    *,
    thickness_mm: float | None,
    longest: int,
) -> SliceGrid:
    """Lay slices on the grid that fits their positions.

    A distance of 1.5 medians or more is a gap and takes as many grid slices as fit; it is never
    stretched over.  Where the median itself comes from gaps, the slice thickness is tried as the step.

    Parameters
    ----------
    positions_mm
        (slice, 3) LPS; no two at one place along ``normal``.
    thickness_mm
        Slice thickness: the step of a single slice, and the second guess.
    longest
        Grids of more slices are not built; the slices are then numbered as they come.
    """
    along = positions_mm @ normal
    order = np.argsort(along, kind="stable")
    sorted_positions, sorted_along = positions_mm[order], along[order]
    if len(order) == 1:
        step = normal * (thickness_mm if thickness_mm and thickness_mm > 0 else 1.0)
        return SliceGrid(order, np.zeros(1, np.int64), sorted_positions[0], step, 0.0, 0.0)
    distances = np.diff(sorted_along)
    median = float(np.median(distances))
    best = _fitted(order, sorted_positions, normal, _slots_by_gaps(distances, median))
    has_gap = bool((distances >= GAP_FACTOR * median).any()) or best.residual > EVEN_RESIDUAL
    if has_gap and thickness_mm and 0 < thickness_mm < median and best.residual > EVEN_RESIDUAL:
        slots = np.rint((sorted_along - sorted_along[0]) / thickness_mm).astype(np.int64)
        if (np.diff(slots) > 0).all():
            second = _fitted(order, sorted_positions, normal, slots)
            if second.residual <= EVEN_RESIDUAL:
                best = second
    if best.length > longest:
        best = _fitted(order, sorted_positions, normal, np.arange(len(order), dtype=np.int64))
    return best


def _slots_by_gaps(distances: NDArray[np.float64], step: float) -> NDArray[np.int64]:
    counts = np.where(distances >= GAP_FACTOR * step, np.maximum(np.rint(distances / step), 2), 1)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _fitted(
    order: NDArray[np.intp],
    positions: NDArray[np.float64],
    normal: NDArray[np.float64],
    slots: NDArray[np.int64],
) -> SliceGrid:
    """Least squares of position on slot, for each coordinate."""
    centred = slots - slots.mean()
    step = centred @ (positions - positions.mean(axis=0)) / (centred @ centred)
    origin = positions.mean(axis=0) - step * slots.mean()
    spacing = float(np.linalg.norm(step))
    misfit = np.linalg.norm(positions - (origin + slots[:, None] * step), axis=1)
    cosine = min(1.0, float(step @ normal) / spacing)
    return SliceGrid(
        order, slots, origin, step, float(misfit.max()) / spacing, math.degrees(math.acos(cosine))
    )

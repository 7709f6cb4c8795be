"""Pictures that a network reads, and where they lie in the scan that they were cut from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry
from inference.preprocessing.orientation import CanonicalOrientation


@dataclass(frozen=True, slots=True, eq=False)
class PlacedSlices:
    """Pictures of one scan.

    Parameters
    ----------
    array
        float32 (n, channels, rows, columns), pictures from inferior to superior.
    slices
        The volume's own slices that are shown, each once, in the order of ``pictures``.
    pictures
        For each of ``slices`` the picture of ``array`` that shows it: several slices share one where it is
        made of them, or where pictures lie farther apart than slices.
    geometry
        Index (k, row, column) of a picture's pixel on the volume's slice k; it spans all its slices.
    """

    array: NDArray[np.float32]
    slices: tuple[int, ...]
    pictures: tuple[int, ...]
    geometry: Geometry

    def __post_init__(self) -> None:
        if len(self.slices) != len(self.pictures) or self.array.shape[2:] != self.geometry.shape[1:]:
            raise ValueError("every slice that is shown has its picture, and the geometry is the pictures'")
        self.array.flags.writeable = False


def crop_geometry(
    own: Geometry,
    orientation: CanonicalOrientation,
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
) -> Geometry:
    """The grid of a crop on all slices of a volume.

    ``rows`` and ``columns`` are where its pixels lie, evenly spaced, in canonical pixels of the volume.
    """
    canonical = orientation.geometry(own)
    on_slice = float(orientation.own_slice(0, own.shape[0]))
    corner = canonical.index_to_lps((on_slice, rows[0], columns[0]))
    next_row = canonical.index_to_lps((on_slice, rows[1], columns[0]))
    next_column = canonical.index_to_lps((on_slice, rows[0], columns[1]))
    return Geometry.from_axes(
        origin_lps_mm=corner,
        slice_step_mm=own.affine[:3, 0],
        row_step_mm=next_row - corner,
        column_step_mm=next_column - corner,
        shape=(own.shape[0], len(rows), len(columns)),
    )


def nearest_pictures(positions: NDArray[np.float64], count: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The slices that pictures at ``positions`` (n,), in slice indices, show, and the picture of each.

    A slice is shown by the picture nearest to it, unless it lies more than half a step beyond the outermost.
    """
    step = float(np.abs(np.diff(positions)).mean()) if len(positions) > 1 else 1.0
    reach = max(step, 1.0) / 2 + 1e-6
    apart = np.abs(np.arange(count)[:, None] - positions[None, :])
    nearest = apart.argmin(axis=1)
    shown = np.flatnonzero(apart[np.arange(count), nearest] <= reach)
    shown = shown[np.argsort(nearest[shown], kind="stable")]
    return tuple(map(int, shown)), tuple(map(int, nearest[shown]))

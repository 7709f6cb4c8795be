"""What the gastric response network reads: the largest slice of a tumour between its neighbours, as channels.

Hu et al. 2023 resample in plane, cut to a window of HU, and take the tumour's box with a margin.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from inference.preprocessing.orientation import CanonicalOrientation
from inference.preprocessing.placed_slices import PlacedSlices, crop_geometry
from inference.preprocessing.resampling import linear_weights, resample_planes
from inference.preprocessing.settings import TumourSlicesSettings
from inference.volume import Volume


def slices_about_largest(mask: NDArray[np.bool_], count: int) -> tuple[int, ...]:
    """The slice of largest area and its nearest neighbours, ``count`` in all, in index order.

    At the volume's edge the last slice is repeated.  Of equal areas the lower slice counts.

    Raises
    ------
    ValueError
        When the mask is empty.
    """
    area = np.count_nonzero(mask, axis=(1, 2))
    if not area.any():
        raise ValueError("the mask is empty")
    first = int(area.argmax()) - (count - 1) // 2
    return tuple(min(max(first + k, 0), len(area) - 1) for k in range(count))


def tumour_slices(
    volume: Volume, mask: NDArray[np.bool_], settings: TumourSlicesSettings
) -> NDArray[np.float32]:
    """Channels (slices, rows, columns) in [0, 1] from an axial volume of HU and its tumour's mask.

    See :func:`placed_tumour_slices`.
    """
    channels: NDArray[np.float32] = placed_tumour_slices(volume, mask, settings).array[0]
    return channels


def placed_tumour_slices(
    volume: Volume, mask: NDArray[np.bool_], settings: TumourSlicesSettings
) -> PlacedSlices:
    """One picture in [0, 1] from an axial volume of HU and its tumour's mask; its channels are slices.

    Channels run from inferior to superior and share one box, that of the mask on all of them.  Outside the
    box lies the window's minimum.

    Raises
    ------
    ValueError
        When the mask is empty or of another shape, or the volume is not axial.
    """
    if mask.shape != volume.geometry.shape:
        raise ValueError("the mask must stand on the volume's grid")
    orientation = CanonicalOrientation.of(volume.geometry)
    canonical = orientation.geometry(volume.geometry)
    marked = orientation.apply(mask)
    chosen = slices_about_largest(marked, settings.slices)
    hit: NDArray[np.bool_] = np.logical_or.reduce(marked[list(chosen)], axis=0)
    down, across = np.flatnonzero(hit.any(axis=1)), np.flatnonzero(hit.any(axis=0))
    rows = _box(down, canonical.spacing_mm[1], settings)
    columns = _box(across, canonical.spacing_mm[2], settings)
    weights = (linear_weights(rows, canonical.shape[1]), linear_weights(columns, canonical.shape[2]))
    in_plane = CanonicalOrientation(
        False, orientation.transpose, orientation.flip_rows, orientation.flip_columns
    )
    own = [orientation.own_slice(index, volume.geometry.shape[0]) for index in chosen]
    planes = np.concatenate([in_plane.apply(volume.slab(index, index + 1)) for index in own])
    low, high = np.float32(settings.window_low_hu), np.float32(settings.window_high_hu)
    # Beyond the picture's edge the weights are of nothing: there, too, lies the window's minimum.
    box = resample_planes((np.clip(planes, low, high) - low) / (high - low), *weights)
    side = max(box.shape[1:])
    square = np.zeros((len(own), side, side), dtype=np.float32)
    top, left = (side - box.shape[1]) // 2, (side - box.shape[2]) // 2
    square[:, top : top + box.shape[1], left : left + box.shape[2]] = box
    resized = resample_planes(square, _resizing(side, settings.rows), _resizing(side, settings.columns))
    shown = tuple(dict.fromkeys(own))
    return PlacedSlices(
        np.clip(resized, 0.0, 1.0)[None],
        shown,
        (0,) * len(shown),
        crop_geometry(
            volume.geometry,
            orientation,
            _in_scan(rows, _pixels(side, settings.rows) - top),
            _in_scan(columns, _pixels(side, settings.columns) - left),
        ),
    )


def _box(found: NDArray[np.intp], spacing_mm: float, settings: TumourSlicesSettings) -> NDArray[np.float64]:
    """Positions, in the scan's pixels, of the box's pixels about those ``found``, along one axis."""
    extent_mm = (found[-1] - found[0] + 1) * spacing_mm + 2 * settings.margin_mm
    count = max(2, math.ceil(extent_mm / settings.spacing_mm - 1e-6))
    step = settings.spacing_mm / spacing_mm
    positions: NDArray[np.float64] = (found[0] + found[-1]) / 2 + step * (np.arange(count) - (count - 1) / 2)
    return positions


def _pixels(side: int, count: int) -> NDArray[np.float64]:
    """Centres of ``count`` pixels on a side of ``side`` pixels."""
    return (np.arange(count) + 0.5) * side / count - 0.5


def _in_scan(box: NDArray[np.float64], pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Positions in the scan's pixels of ``pixels`` of the box, whose own pixels lie at ``box``."""
    positions: NDArray[np.float64] = box[0] + (box[1] - box[0]) * pixels
    return positions


def _resizing(side: int, count: int) -> NDArray[np.float32]:
    return linear_weights(_pixels(side, count), side)

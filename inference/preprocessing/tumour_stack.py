"""What the gastric recurrence network reads: every slice of a tumour, each between its neighbours.

Cao et al. 2024 resample to one spacing, cut to a window of HU, fill every axial slice to a square with the
window's minimum and resize it.  They map values to [-1, 1], and the frozen network of the response study saw
[0, 1]: the two mappings together leave [0, 1], which is what is given here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry
from inference.preprocessing.framed_slices import frame_positions, framed_slices
from inference.preprocessing.isotropic import IsotropicRegion, isotropic_region
from inference.preprocessing.orientation import CanonicalOrientation
from inference.preprocessing.placed_slices import PlacedSlices, crop_geometry, nearest_pictures
from inference.preprocessing.settings import FrameSettings, IsotropicSettings
from inference.volume import Volume


def tumour_stack(
    volume: Volume,
    mask: NDArray[np.bool_],
    region: IsotropicSettings,
    frame: FrameSettings,
    channels: int,
) -> NDArray[np.float32]:
    """Slices (n, channels, rows, columns) in [0, 1], see :func:`placed_tumour_stack`."""
    return placed_tumour_stack(volume, mask, region, frame, channels).array


def placed_tumour_stack(
    volume: Volume,
    mask: NDArray[np.bool_],
    region: IsotropicSettings,
    frame: FrameSettings,
    channels: int,
) -> PlacedSlices:
    """Pictures in [0, 1] from inferior to superior, one per slice with tumour.

    The middle channel is the slice, the others are its neighbours; beyond the region's end the last is
    repeated.  ``channels`` is odd.

    Raises
    ------
    ValueError
        When the mask is empty or of another shape, or the volume is not axial.
    """
    found = isotropic_region(volume, mask, region)
    planes = framed_slices(found.array, region, frame)
    shown = np.flatnonzero(found.mask.any(axis=(1, 2)))
    reach = channels // 2
    places = np.clip(shown[:, None] + np.arange(-reach, reach + 1), 0, len(planes) - 1)
    stack: NDArray[np.float32] = planes[places]
    slices, pictures = nearest_pictures(_on_own_slices(found, volume)[shown], volume.geometry.shape[0])
    return PlacedSlices(stack, slices, pictures, _grid(found, volume, frame))


def _on_own_slices(found: IsotropicRegion, volume: Volume) -> NDArray[np.float64]:
    """Where the region's slices lie, in slice indices of the volume."""
    orientation = CanonicalOrientation.of(volume.geometry)
    canonical = orientation.geometry(volume.geometry)
    count = len(found.array)
    ends = canonical.lps_to_index(found.geometry.index_to_lps([(0, 0, 0), (count - 1, 0, 0)]))[:, 0]
    places = np.linspace(ends[0], ends[1], count)
    own: NDArray[np.float64] = volume.geometry.shape[0] - 1 - places if orientation.reverse_slices else places
    return own


def _grid(found: IsotropicRegion, volume: Volume, frame: FrameSettings) -> Geometry:
    """The pictures' grid on the volume's slices."""
    orientation = CanonicalOrientation.of(volume.geometry)
    canonical = orientation.geometry(volume.geometry)
    first, second = canonical.lps_to_index(found.geometry.index_to_lps([(0, 0, 0), (0, 1, 1)]))
    rows, columns = frame_positions(found.array.shape[1], found.array.shape[2], frame)
    return crop_geometry(
        volume.geometry,
        orientation,
        first[1] + (second[1] - first[1]) * rows,
        first[2] + (second[2] - first[2]) * columns,
    )

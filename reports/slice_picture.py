"""One slice as a picture: grey values, the mask's outline, and where the networks looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.masks.layer import MaskLayer
from inference.outcome import HeatMap
from inference.scan import Acquisition
from inference.volume import Volume
from reports.picture_frame import PictureFrame

MASK_COLOUR: Final = (230, 159, 0)
"""Orange of the colour-blind safe set of Okabe and Ito."""

HALF_LINE: Final = 0.5
_HALF_LINE_COLOUR: Final = (255, 255, 255)
_SHADOW: Final = (0, 0, 0)
_HEAT_STOPS: Final = np.array([0.0, 0.35, 0.65, 1.0])
_HEAT_COLOURS: Final = np.array([(59, 15, 112), (182, 54, 121), (251, 136, 97), (252, 253, 191)], dtype=float)
_HEAT_OPACITY: Final = 0.6
_HEAT_FROM: Final = 0.15
_WINDOW_PERCENTILES: Final = (1.0, 99.0)


@dataclass(frozen=True, slots=True, eq=False)
class SlicePicture:
    """RGB pixels, uint8 (rows, columns, 3), with square pixels of ``pixel_mm`` and its letters."""

    rgb: NDArray[np.uint8]
    slice_index: int
    letters: tuple[str, str, str, str]
    pixel_mm: float


def display_range(volume: Volume, slices: Sequence[int], scan: Acquisition) -> tuple[float, float]:
    """Values shown black and white: the file's window, or percentiles 1 and 99 of the slices."""
    if scan.window_centre is not None and scan.window_width is not None and scan.window_width >= 1:
        half = scan.window_width / 2
        return scan.window_centre - half, scan.window_centre + half
    planes = np.concatenate([_valid(volume, index) for index in slices])
    low, high = np.percentile(planes, _WINDOW_PERCENTILES) if planes.size else (0.0, 1.0)
    return float(low), float(max(high, low + 1e-6))


def draw_slice(
    volume: Volume,
    frame: PictureFrame,
    slice_index: int,
    value_range: tuple[float, float],
    *,
    mask: MaskLayer | None = None,
    heat_map: HeatMap | None = None,
    is_inverted: bool = False,
) -> SlicePicture:
    """Paint one slice; the mask as an outline, the heat map as colour with a line at half its maximum."""
    low, high = value_range
    grey = np.clip((frame.sample(volume.slab(slice_index, slice_index + 1)[0]) - low) / (high - low), 0, 1)
    picture = np.repeat((1 - grey if is_inverted else grey)[..., None] * 255.0, 3, axis=2)
    heat = None if heat_map is None else _heat(heat_map, frame, slice_index)
    line_width = max(2.0, frame.shape[0] / 150)
    if heat is not None:
        opacity = _HEAT_OPACITY * np.clip((heat - _HEAT_FROM) / (HALF_LINE - _HEAT_FROM), 0, 1)
        colour = np.stack([np.interp(heat, _HEAT_STOPS, channel) for channel in _HEAT_COLOURS.T], axis=-1)
        _blend(picture, colour, opacity)
        _outline(picture, heat >= HALF_LINE, line_width * 0.6, _HALF_LINE_COLOUR)
    if mask is not None:
        inside = frame.sample(mask.voxels[slice_index].astype(np.float32)) >= 0.5
        _outline(picture, inside, line_width, MASK_COLOUR)
    rgb = np.rint(picture).astype(np.uint8)
    rgb.flags.writeable = False
    return SlicePicture(rgb, slice_index, frame.letters, frame.pixel_mm)


def _valid(volume: Volume, index: int) -> NDArray[np.float32]:
    values = volume.slab(index, index + 1)[0]
    if volume.padding_voxel is None:
        return values.ravel()
    inside: NDArray[np.float32] = values[volume.voxels[index] != volume.padding_voxel]
    return inside


def _heat(heat_map: HeatMap, frame: PictureFrame, slice_index: int) -> NDArray[np.float32] | None:
    """The map at every pixel, 0 where the networks did not look; None on a slice that they did not read."""
    from scipy.ndimage import map_coordinates

    plane = heat_map.plane(slice_index)
    if plane is None:
        return None
    index = heat_map.plane_geometry(slice_index).lps_to_index(frame.pixel_lps_mm(slice_index))
    sampled: NDArray[np.float32] = map_coordinates(plane, (index[..., 1], index[..., 2]), order=1, cval=0.0)
    return sampled


def _outline(
    picture: NDArray[np.float64], inside: NDArray[np.bool_], width: float, colour: tuple[int, int, int]
) -> None:
    """A smooth line along the edge of ``inside``, on a thin shadow that keeps it legible on white."""
    from scipy.ndimage import distance_transform_edt

    if not inside.any() or inside.all():
        return
    distance = np.where(inside, distance_transform_edt(inside) - 0.5, distance_transform_edt(~inside) - 0.5)
    for reach, paint, strength in ((width / 2 + 1.0, _SHADOW, 0.7), (width / 2, colour, 1.0)):
        _blend(picture, np.asarray(paint, dtype=float), strength * np.clip(reach + 0.5 - distance, 0, 1))


def _blend(picture: NDArray[np.float64], colour: NDArray[np.float64], opacity: NDArray[np.floating]) -> None:
    picture += (colour - picture) * opacity[..., None]

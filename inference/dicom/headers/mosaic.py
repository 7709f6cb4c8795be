"""Siemens mosaics: one picture that holds the slices of a volume as tiles, and where each of them lies.

Runs in the reader process.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inference.dicom.headers.csa_header import csa_values, slice_positions
from inference.dicom.headers.elements import Element
from inference.dicom.headers.private_tags import private_element, private_number
from inference.dicom.planning.grid import in_plane_axes
from inference.dicom.records import FrameRecord, Numbers, PixelLayout

_MOST_TILES = 4096


def unfolded(
    elements: Mapping[int, Element],
    pixels: PixelLayout,
    *,
    placing: tuple[Numbers | None, Numbers | None, Numbers | None],
    spacing_mm: float | None,
) -> tuple[PixelLayout, tuple[FrameRecord, ...]] | None:
    """The tiles of a mosaic as frames with their positions; None when the header does not tell them.

    ``placing`` is position, orientation and pixel spacing of the whole picture.  The position is that of a
    picture as large as the mosaic around the centre of the first slice, so each tile's corner lies half the
    difference further in.  ``spacing_mm`` stands in for slice centres that the protocol does not state.
    """
    if pixels.absent_frames or (pixels.is_native and pixels.length < pixels.frame_bytes):
        return None
    shape, big = (pixels.rows, pixels.columns), pixels.is_big_endian
    image = private_element(elements, "CSA image header")
    values = csa_values(image[1].value) if image is not None else {}
    stated = values.get("NumberOfImagesInMosaic", ())
    count = int(stated[0]) if stated and stated[0].isdigit() else None
    if count is None:
        number = private_number(elements, "mosaic tiles", big=big)
        count = int(number) if number is not None else None
    position, orientation, pixel_spacing = placing
    axes = None if orientation is None else in_plane_axes(orientation)
    if count is None or not 1 <= count <= _MOST_TILES or position is None or axes is None:
        return None
    across = math.isqrt(count - 1) + 1
    rows, columns = shape[0] // across, shape[1] // across
    if pixel_spacing is None or rows * across != shape[0] or columns * across != shape[1]:
        return None
    step = _step(elements, values, np.cross(axes[0], axes[1]), spacing_mm)
    if step is None:
        return None
    inwards = (
        axes[1] * pixel_spacing[0] * (shape[0] - rows) / 2
        + axes[0] * pixel_spacing[1] * (shape[1] - columns) / 2
    )
    first = np.array(position) + inwards
    places = first + np.arange(count)[:, None] * step
    layout = replace(pixels, rows=rows, columns=columns, frames=count, is_native=False, tiles_across=across)
    return layout, tuple(FrameRecord(position=tuple(place)) for place in places.tolist())


def _step(
    elements: Mapping[int, Element],
    values: Mapping[str, tuple[str, ...]],
    normal: NDArray[np.float64],
    spacing_mm: float | None,
) -> NDArray[np.float64] | None:
    """From one slice to the next, along the normal that the CSA header states (it may point backwards)."""
    try:
        stated = np.array([float(text) for text in values.get("SliceNormalVector", ())])
    except ValueError:
        return None
    if stated.shape == (3,):
        alignment = float(stated @ normal)
        if not math.isclose(abs(alignment), 1, abs_tol=1e-2):
            return None
        normal = normal if alignment > 0 else -normal
    series = private_element(elements, "CSA series header")
    centres = np.array(slice_positions(series[1].value) if series is not None else [])
    if len(centres) > 1:
        distances = np.diff(centres @ normal)
        if np.abs(distances).min() > 0 and np.ptp(np.abs(distances)) < 1e-2 * np.abs(distances).min():
            spacing_mm = float(np.abs(distances).mean())
    if not spacing_mm or spacing_mm <= 0:
        return None
    step: NDArray[np.float64] = normal * spacing_mm
    return step

"""The slices of an isotropic region as a network of one size takes them: window to [0, 1], one frame each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.preprocessing.settings import FrameSettings, IsotropicSettings


def framed_slices(
    array: NDArray[np.floating], window: IsotropicSettings, frame: FrameSettings
) -> NDArray[np.float32]:
    """Map HU (slice, row, column) to [0, 1] over ``window`` and frame every slice: (slice, rows, columns)."""
    low = window.window_centre_hu - window.window_width_hu / 2
    unit = np.clip((array.astype(np.float32) - low) / window.window_width_hu, 0.0, 1.0)
    return framed(unit, frame)


def framed(array: NDArray[Any], frame: FrameSettings) -> NDArray[np.float32]:
    """Bring every slice (row, column) to the frame.

    ``resized`` interpolates linearly, so that the region fills the frame whatever its sides; ``padded`` keeps
    the steps, centres the region, fills up with zeros and cuts off what is larger; ``squared`` fills the
    shorter side up with zeros before it interpolates.
    """
    if frame.framing == "resized":
        return _resized(array, frame)
    if frame.framing == "squared":
        side = max(array.shape[1:])
        square = FrameSettings(framing="padded", rows=side, columns=side)
        return _resized(_padded(array, square), frame)
    return _padded(array, frame)


def frame_positions(
    rows: int, columns: int, frame: FrameSettings
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the frame's rows and columns lie in a region of ``rows`` × ``columns``, in its pixels."""
    side = max(rows, columns)
    places: list[NDArray[np.float64]] = []
    for old, size in ((rows, frame.rows), (columns, frame.columns)):
        if frame.framing == "padded":
            kept = min(old, size)
            places.append(np.arange(size, dtype=np.float64) + ((old - kept) // 2 - (size - kept) // 2))
        else:
            whole = side if frame.framing == "squared" else old
            places.append(_stretched(whole, size) - (whole - old) // 2)
    return places[0], places[1]


def _stretched(old: int, size: int) -> NDArray[np.float64]:
    """Centres of ``size`` pixels on ``old`` pixels."""
    centres: NDArray[np.float64] = (np.arange(size) + 0.5) * old / size - 0.5
    return centres


def _resized(array: NDArray[Any], frame: FrameSettings) -> NDArray[np.float32]:
    values = array.astype(np.float32)
    for axis, size in ((1, frame.rows), (2, frame.columns)):
        old = values.shape[axis]
        place = np.clip(_stretched(old, size), 0.0, old - 1)
        below = np.floor(place).astype(np.intp)
        above = np.minimum(below + 1, old - 1)
        shape = (1, size, 1) if axis == 1 else (1, 1, size)
        share = (place - below).astype(np.float32).reshape(shape)
        values = values.take(below, axis) * (1 - share) + values.take(above, axis) * share
    return values


def _padded(array: NDArray[Any], frame: FrameSettings) -> NDArray[np.float32]:
    canvas = np.zeros((len(array), frame.rows, frame.columns), np.float32)
    own, there = [], []
    for old, size in zip(array.shape[1:], (frame.rows, frame.columns), strict=True):
        kept = min(old, size)
        own.append(slice((old - kept) // 2, (old - kept) // 2 + kept))
        there.append(slice((size - kept) // 2, (size - kept) // 2 + kept))
    canvas[:, there[0], there[1]] = array[:, own[0], own[1]]
    return canvas

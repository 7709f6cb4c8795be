"""From one scan of a patient to another: the same anatomy stays in sight, and CT the window of the eye."""

from __future__ import annotations

import numpy as np

from gui.viewer.display_window import DisplayWindow, WindowPreset
from gui.viewer.known_grid import known_grid
from gui.viewer.slice_source import SliceSource

Position = tuple[int, int, int]


def same_place(former: SliceSource | None, position: Position, source: SliceSource) -> Position | None:
    """Where ``position`` of the former scan lies in this one; None where that is unknown or not pictured."""
    if former is None or former is source:
        return None
    frame = source.stack.frame_of_reference_uid
    if not frame or frame != former.stack.frame_of_reference_uid:
        return None
    if not (known_grid(former.stack).is_volume and known_grid(source.stack).is_volume):
        return None
    index = source.geometry.lps_to_index(former.geometry.index_to_lps(position))
    found = [int(value) for value in np.floor(np.asarray(index) + 0.5)]
    is_inside = all(0 <= one < count for one, count in zip(found, source.geometry.shape, strict=True))
    if not is_inside or source.is_missing(found[0]):
        return None
    return found[0], found[1], found[2]


def kept_window(
    former: SliceSource | None, presets: tuple[WindowPreset, ...], window: DisplayWindow, source: SliceSource
) -> DisplayWindow | None:
    """The window that somebody chose on the former CT; values of other modalities cannot be compared."""
    if former is None or not presets or window == presets[0].window:
        return None
    is_ct = all(one.stack.acquisition.modality == "CT" for one in (former, source))
    return window if is_ct else None

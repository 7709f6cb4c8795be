"""Which values are black and which are white, and the presets that a reader reaches by number keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from gui.viewer.slice_source import SliceSource

_LOW_PERCENTILE: Final = 1.0
_HIGH_PERCENTILE: Final = 99.7
_SAMPLE_STEP: Final = 4
_SAMPLE_SLICES: Final = 32
_CT_PRESETS: Final = (
    ("gui.preset.soft_tissue", 40.0, 400.0),
    ("gui.preset.brain", 40.0, 80.0),
    ("gui.preset.bone", 400.0, 2000.0),
    ("gui.preset.lung", -600.0, 1500.0),
)


@dataclass(frozen=True, slots=True)
class DisplayWindow:
    """Centre and width in physical values; width is at least one thousandth, so that it can be drawn."""

    centre: float
    width: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", max(self.width, 1e-3))

    @property
    def low(self) -> float:
        """The value that is black."""
        return self.centre - self.width / 2

    @property
    def high(self) -> float:
        """The value that is white."""
        return self.centre + self.width / 2

    def stored_levels(self, slope: float, intercept: float) -> tuple[float, float]:
        """Black and white as stored voxels, for value = voxel × slope + intercept."""
        return (self.low - intercept) / slope, (self.high - intercept) / slope

    def dragged(self, right_px: float, up_px: float) -> DisplayWindow:
        """The window after a drag: to the right widens it, upwards makes the picture darker."""
        step = max(self.width, 1.0) / 300
        return DisplayWindow(self.centre + up_px * step, max(self.width + right_px * step, step))


@dataclass(frozen=True, slots=True)
class WindowPreset:
    """A window with the message id of its name."""

    name: str
    window: DisplayWindow


def presets(source: SliceSource) -> tuple[WindowPreset, ...]:
    """Presets for a stack, in the order of the number keys; the first is shown when it opens."""
    found: list[WindowPreset] = []
    acquisition = source.stack.acquisition
    if acquisition.window_centre is not None and (acquisition.window_width or 0) >= 1:
        from_file = DisplayWindow(acquisition.window_centre, float(acquisition.window_width or 1))
        found.append(WindowPreset("gui.preset.file", from_file))
    whole = automatic_window(source)
    found.append(WindowPreset("gui.preset.automatic", whole))
    if acquisition.modality == "CT":
        found += [WindowPreset(name, DisplayWindow(centre, width)) for name, centre, width in _CT_PRESETS]
    else:
        low, width = whole.low, whole.width
        found.append(WindowPreset("gui.preset.bright", DisplayWindow(low + 0.7 * width, 0.6 * width)))
        found.append(WindowPreset("gui.preset.dark", DisplayWindow(low + 0.25 * width, 0.5 * width)))
    return tuple(found)


def automatic_window(source: SliceSource) -> DisplayWindow:
    """A window from the percentiles of what has been read, padding left out."""
    first = source.first_index
    plane = source.plane(0, first)
    if source.volume is not None:
        volume = source.volume
        present = [k for k in range(volume.geometry.shape[0]) if k not in volume.missing_slices]
        chosen = present[:: max(1, len(present) // _SAMPLE_SLICES)]
        stored = volume.voxels[chosen, ::_SAMPLE_STEP, ::_SAMPLE_STEP]
        values = stored * volume.slope[chosen, None, None] + volume.intercept[chosen, None, None]
        if volume.padding_voxel is not None:
            values = values[stored != volume.padding_voxel]
    elif plane is not None:
        slope, intercept = source.rescale(0, first)
        values = np.asarray(plane, dtype=np.float64).ravel() * slope + intercept
    else:
        values = np.empty(0)
    if values.size == 0:
        return DisplayWindow(0.0, 1.0)
    low, high = np.percentile(values, (_LOW_PERCENTILE, _HIGH_PERCENTILE))
    return DisplayWindow(float(low + high) / 2, float(max(high - low, 1e-3)))

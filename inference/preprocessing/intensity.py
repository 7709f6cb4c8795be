"""MR grey values have no unit: two robust percentiles of the head become 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.preprocessing.settings import IntensitySettings
from inference.volume import Volume

_STRIDE = 3
"""Every third voxel in plane is enough for a percentile; three, because a grid of any size then has a start
that is the same from either end, so that a flipped copy of a scan is measured alike."""


@dataclass(frozen=True, slots=True)
class IntensityRange:
    """The physical values that become 0 and 1."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.high > self.low:
            raise ValueError("a constant volume has no intensity range")


def measure_intensity(volume: Volume, settings: IntensitySettings) -> IntensityRange:
    """Measure the range of the head's voxels; gaps and padding do not count.

    Raises
    ------
    ValueError
        When the volume is constant or holds no voxel above the background.
    """
    present = [k for k in range(volume.geometry.shape[0]) if k not in volume.missing_slices]
    _, rows, columns = volume.geometry.shape
    voxels = volume.voxels[present, _symmetric_start(rows) :: _STRIDE, _symmetric_start(columns) :: _STRIDE]
    values = voxels * volume.slope[present, None, None] + volume.intercept[present, None, None]
    if volume.padding_voxel is not None:
        values = values[voxels != volume.padding_voxel]
    values = values.ravel()
    if values.size == 0:
        raise ValueError("the volume holds no voxel")
    background = settings.foreground_fraction * float(np.percentile(values, 99))
    head = values[values > background]
    if head.size == 0:
        raise ValueError("the volume holds nothing above its background")
    low, high = np.percentile(head, [settings.low_percentile, settings.high_percentile])
    return IntensityRange(float(low), float(high))


def scale(
    values: NDArray[np.float32], measured: IntensityRange, settings: IntensitySettings
) -> NDArray[np.float32]:
    """Map physical values to [0, ``clip_maximum``], where 1 is the high percentile."""
    scaled = (values - np.float32(measured.low)) / np.float32(measured.high - measured.low)
    clipped: NDArray[np.float32] = np.clip(scaled, 0.0, np.float32(settings.clip_maximum))
    return clipped


def _symmetric_start(size: int) -> int:
    return 2 * (size - 1) % _STRIDE if size >= _STRIDE else 0

"""What voxels alone give away: that there is no picture, or that a tumour's values were cut off."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.pixels.reading_order import middle_outwards
from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.volume import Volume

SATURATED_SHARE: Final = 1e-3
"""Share of a tumour's voxels at an end of the stored range from which on it is said."""

# Largest and smallest values of 8 to 16 stored bits, unsigned, signed, and unsigned 16 less 32 768.
_UPPER_ENDS: Final = frozenset((1 << bits) - 1 for bits in range(7, 16)) | {32_767}
_LOWER_ENDS: Final = frozenset(-(1 << bits) for bits in range(7, 16)) | {0}


def pixel_findings(volume: Volume) -> tuple[Finding, ...]:
    """What to say about the voxels of a volume that was just read.

    One pass that ends at the second value it meets: on a real scan within the middle slice.
    """
    value = _only_value(volume)
    if value is None:
        return ()
    slice_index = min(set(range(volume.voxels.shape[0])) - volume.missing_slices, default=0)
    shown = value * float(volume.slope[slice_index]) + float(volume.intercept[slice_index])
    return (finding("intake.constant", value=round(shown, 3)),)


def _only_value(volume: Volume) -> int | None:
    """The one stored value of all voxels within the picture, None where there are several."""
    values: set[int] = set()
    for index in middle_outwards(volume.voxels.shape[0]):
        if index in volume.missing_slices:
            continue
        inside = _inside(volume.voxels[index], volume.padding_voxel)
        if inside.size:
            values |= {int(inside.min()), int(inside.max())}
        if len(values) > 1:
            return None
    if values:
        return values.pop()
    return volume.padding_voxel


def _inside(voxels: NDArray[np.int16], padding: int | None) -> NDArray[np.int16]:
    return voxels.ravel() if padding is None else voxels[voxels != padding]


def saturation_finding(volume: Volume, mask: NDArray[np.bool_]) -> Finding | None:
    """Say so when more than 0.1 % of a tumour lies at an end of the stored range.

    Parameters
    ----------
    volume, mask
        The scan, and the tumour on its grid, (slice, row, column).

    An end is the volume's largest (smallest) stored value where it is also the largest (smallest) of a
    whole number of bits: scanners and writers cut off there.
    """
    voxels = volume.voxels[mask]
    if volume.padding_voxel is not None:
        voxels = voxels[voxels != volume.padding_voxel]
    if not voxels.size:
        return None
    at_end = 0
    if int(voxels.max()) in _UPPER_ENDS and not _any_beyond(volume, int(voxels.max()), upwards=True):
        at_end += int((voxels == voxels.max()).sum())
    if int(voxels.min()) in _LOWER_ENDS and not _any_beyond(volume, int(voxels.min()), upwards=False):
        at_end += int((voxels == voxels.min()).sum())
    share = at_end / voxels.size
    return finding("intake.saturated", percent=round(100 * share, 1)) if share > SATURATED_SHARE else None


def _any_beyond(volume: Volume, end: int, *, upwards: bool) -> bool:
    """True when a voxel of the picture lies beyond ``end``."""
    for index in range(volume.voxels.shape[0]):
        if index in volume.missing_slices:
            continue
        inside = _inside(volume.voxels[index], volume.padding_voxel)
        if inside.size and (int(inside.max()) > end if upwards else int(inside.min()) < end):
            return True
    return False

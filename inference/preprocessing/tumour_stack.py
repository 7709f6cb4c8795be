"""What the gastric recurrence network reads: every slice of a tumour, each between its neighbours.

Cao et al. 2024 resample to one spacing, cut to a window of HU, fill every axial slice to a square with the
window's minimum and resize it.  They map values to [-1, 1], and the frozen network of the response study saw
[0, 1]: the two mappings together leave [0, 1], which is what is given here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inference.preprocessing.framed_slices import framed_slices
from inference.preprocessing.isotropic import isotropic_region
from inference.preprocessing.settings import FrameSettings, IsotropicSettings
from inference.volume import Volume


def tumour_stack(
    volume: Volume,
    mask: NDArray[np.bool_],
    region: IsotropicSettings,
    frame: FrameSettings,
    channels: int,
) -> NDArray[np.float32]:
    """Slices (n, channels, rows, columns) in [0, 1] from inferior to superior, one per slice with tumour.

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
    return stack

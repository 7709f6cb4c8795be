"""What a mask measures, as an Assessment prints it."""

from __future__ import annotations

import numpy as np

from inference.assessment import MaskSummary
from inference.masks.layer import MaskLayer, MaskOrigin


def summarise(layer: MaskLayer) -> MaskSummary | None:
    """Origin, volume in ml and extent in mm along (slice, row, column); None for an empty mask.

    The extent counts whole voxels: a mask of one voxel is as long as the spacing.  The largest slice is
    the one with most marked voxels, the first of several.  The maker is a pack; a file's name, which may
    hold a patient's, is left out.
    """
    area = np.count_nonzero(layer.voxels, axis=(1, 2))
    if not area.any():
        return None
    extent: list[float] = []
    for axis, spacing_mm in enumerate(layer.geometry.spacing_mm):
        others = tuple(other for other in range(3) if other != axis)
        hit = np.flatnonzero(layer.voxels.any(axis=others))
        extent.append((int(hit[-1]) - int(hit[0]) + 1) * spacing_mm)
    marked = layer.marked_slices
    return MaskSummary(
        origin=layer.origin.value,
        maker=layer.maker if layer.origin is MaskOrigin.MODEL else "",
        edited=layer.is_edited,
        volume_ml=layer.volume_ml,
        first_slice=marked[0],
        last_slice=marked[-1],
        largest_slice=int(np.argmax(area)),
        extent_mm=(extent[0], extent[1], extent[2]),
    )

"""Connected parts of a mask, and the removal of specks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry

_TOLERANCE_ML = 1e-6


def drop_small_components(
    mask: NDArray[np.bool_], geometry: Geometry, minimum_ml: float
) -> NDArray[np.bool_]:
    """Keep the parts of at least ``minimum_ml``; voxels that touch by face, edge or corner are one part."""
    from scipy import ndimage

    kept: NDArray[np.bool_] = np.zeros_like(mask)
    if not mask.any():
        return kept
    (box,) = ndimage.find_objects(mask.astype(np.uint8))  # labelling a whole scan takes ten times as long
    labels, count = ndimage.label(mask[box], structure=np.ones((3, 3, 3), dtype=np.bool_))
    voxel_ml = abs(float(np.linalg.det(geometry.affine[:3, :3]))) / 1000.0
    keep = np.bincount(labels.ravel(), minlength=count + 1) * voxel_ml >= minimum_ml - _TOLERANCE_ML
    keep[0] = False
    kept[box] = keep[labels]
    return kept

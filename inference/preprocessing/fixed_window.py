"""A tumour's largest slice in a window of fixed millimetres, by cubic splines: what the gNEN network reads.

Yang et al. 2023 resample to 1 mm by bicubic splines and give the network 224 × 224 mm about the tumour.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inference.preprocessing.orientation import CanonicalOrientation
from inference.preprocessing.placed_slices import PlacedSlices, crop_geometry
from inference.preprocessing.settings import FixedWindowSettings
from inference.volume import Volume


def fixed_window(
    volume: Volume, mask: NDArray[np.bool_], settings: FixedWindowSettings
) -> NDArray[np.float32]:
    """(rows, columns) in [0, 1] from an axial volume of HU and its tumour's mask.

    See :func:`placed_fixed_window`.
    """
    window: NDArray[np.float32] = placed_fixed_window(volume, mask, settings).array[0, 0].copy()
    return window


def placed_fixed_window(
    volume: Volume, mask: NDArray[np.bool_], settings: FixedWindowSettings
) -> PlacedSlices:
    """One picture in [0, 1] from an axial volume of HU and its tumour's mask.

    The window's centre is that of the tumour's box on the slice; of equal areas the lower slice counts.
    Beyond the picture's edge lies the window's minimum.

    Raises
    ------
    ValueError
        When the mask is empty or of another shape, or the volume is not axial.
    """
    from scipy import ndimage

    if mask.shape != volume.geometry.shape:
        raise ValueError("the mask must stand on the volume's grid")
    if not mask.any():
        raise ValueError("the mask is empty")
    orientation = CanonicalOrientation.of(volume.geometry)
    marked = orientation.apply(mask)
    index = int(np.count_nonzero(marked, axis=(1, 2)).argmax())
    own = orientation.own_slice(index, volume.geometry.shape[0])
    in_plane = CanonicalOrientation(
        False, orientation.transpose, orientation.flip_rows, orientation.flip_columns
    )
    low = settings.window_centre_hu - settings.window_width_hu / 2
    plane = in_plane.apply(volume.slab(own, own + 1))[0]
    scaled = np.clip((plane - low) / settings.window_width_hu, 0.0, 1.0)
    steps, starts = [], []
    spacing_mm = orientation.geometry(volume.geometry).spacing_mm[1:]
    for axis, count in enumerate((settings.rows, settings.columns)):
        hit = np.flatnonzero(marked[index].any(axis=1 - axis))
        step = settings.spacing_mm / float(spacing_mm[axis])
        steps.append(step)
        starts.append((hit[0] + hit[-1]) / 2 - step * (count - 1) / 2)
    shape = (settings.rows, settings.columns)
    picture = ndimage.affine_transform(
        scaled, steps, starts, output_shape=shape, order=3, mode="constant", cval=0.0, output=np.float32
    )
    window: NDArray[np.float32] = np.clip(picture, 0.0, 1.0)
    if settings.surroundings == "blanked":
        share = ndimage.affine_transform(
            marked[index].astype(np.float32), steps, starts, output_shape=shape, order=1, cval=0.0
        )
        window[share < min(0.5, float(share.max()))] = 0.0
    rows, columns = (
        start + step * np.arange(count) for start, step, count in zip(starts, steps, shape, strict=True)
    )
    return PlacedSlices(
        window[None, None], (own,), (0,), crop_geometry(volume.geometry, orientation, rows, columns)
    )

"""A brush stroke as one edit: discs of a size in millimetres along a path on one slice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry
from inference.masks.layer import MaskEdit, MaskLayer, edit_between

Point = tuple[float, float]

PAINT = "edit.paint"
ERASE = "edit.erase"


def stroke(
    layer: MaskLayer, slice_index: int, path: Sequence[Point], radius_mm: float, *, erase: bool = False
) -> MaskEdit | None:
    """Mark, or clear, every voxel whose centre lies within ``radius_mm`` of the path.

    ``path`` holds continuous (row, column) indices on slice ``slice_index``; consecutive points are joined.
    The disc is round in the patient, also where pixels are not square.  Returns None when the stroke
    changes nothing.

    Raises
    ------
    ValueError
        When the slice lies outside the volume, the path is empty or the radius is not positive.
    """
    if not 0 <= slice_index < layer.voxels.shape[0]:
        raise ValueError("the slice lies outside the volume")
    if not path or radius_mm <= 0:
        raise ValueError("a stroke needs a point and a radius")
    near = touched(layer.geometry, path, radius_mm)
    before = layer.voxels[slice_index : slice_index + 1]
    edit = edit_between(ERASE if erase else PAINT, before, before & ~near if erase else before | near)
    return None if edit is None else replace(edit, start=(slice_index, *edit.start[1:]))


def touched(geometry: Geometry, path: Sequence[Point], radius_mm: float) -> NDArray[np.bool_]:
    """Which voxels (row, column) of a slice a stroke along ``path`` reaches.

    What a path touches is what its pieces touch: a stroke can be followed piece by piece while it is drawn.
    """
    spacing = np.array(geometry.spacing_mm[1:])
    points = np.asarray(path, dtype=np.float64) * spacing
    rows, columns = geometry.shape[1:]
    marked = np.zeros((rows, columns), dtype=np.bool_)
    starts = points if len(points) == 1 else points[:-1]
    ends = points if len(points) == 1 else points[1:]
    for start, end in zip(starts, ends, strict=True):
        low = np.floor((np.minimum(start, end) - radius_mm) / spacing).astype(int)
        high = np.ceil((np.maximum(start, end) + radius_mm) / spacing).astype(int) + 1
        first_row, first_column = np.clip(low, 0, (rows, columns))
        last_row, last_column = np.clip(high, 0, (rows, columns))
        centres = np.stack(
            np.meshgrid(
                np.arange(first_row, last_row) * spacing[0],
                np.arange(first_column, last_column) * spacing[1],
                indexing="ij",
            ),
            axis=-1,
        )
        step = end - start
        length_squared = float(step @ step)
        along = (centres - start) @ step / length_squared if length_squared else np.zeros(centres.shape[:2])
        nearest = start + np.clip(along, 0.0, 1.0)[..., None] * step
        near = np.linalg.norm(centres - nearest, axis=-1) <= radius_mm
        marked[first_row:last_row, first_column:last_column] |= near
    return marked

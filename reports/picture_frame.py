"""The frame of a picture on paper: which way is up, what is cut off, and where each pixel lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry
from inference.masks.layer import MaskLayer
from inference.volume import Volume

# LPS directions that point right and down in the picture, as radiologists hang it: the patient's right side
# on the left of axial and coronal pictures, anterior on the left of sagittal ones.
_RIGHT_AND_DOWN: Final = {
    "axial": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "coronal": ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    "sagittal": ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
}
_BODY_MARGIN_MM: Final = 6.0
_BODY_FRACTION: Final = 0.10

InPlaneAxis = Literal[1, 2]


@dataclass(frozen=True, slots=True, eq=False)
class PictureFrame:
    """A rectangle in the slice plane, shared by all slices of one geometry, with square pixels.

    ``right_axis`` and ``down_axis`` are the index axes (1 row, 2 column) that run along the picture;
    ``right_index`` and ``down_index`` give, per pixel, the continuous index on that axis.
    """

    geometry: Geometry
    right_axis: InPlaneAxis
    down_axis: InPlaneAxis
    right_index: NDArray[np.float64]
    down_index: NDArray[np.float64]
    pixel_mm: float

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns) of the picture."""
        return len(self.down_index), len(self.right_index)

    @property
    def letters(self) -> tuple[str, str, str, str]:
        """Anatomical letters at the (left, right, top, bottom) of the picture."""
        left, right = _ordered(self.geometry.end_letters(self.right_axis), self.right_index)
        top, bottom = _ordered(self.geometry.end_letters(self.down_axis), self.down_index)
        return left, right, top, bottom

    def sample(self, plane: NDArray[np.float32]) -> NDArray[np.float32]:
        """A (row, column) plane of the geometry, interpolated at every pixel of the picture."""
        oriented = plane.T if self.right_axis == 1 else plane
        return _along(_along(oriented, self.down_index, 0), self.right_index, 1)

    def pixel_lps_mm(self, slice_index: int) -> NDArray[np.float64]:
        """Position of every pixel on one slice: (rows, columns, 3), LPS mm."""
        index = np.empty((*self.shape, 3))
        index[..., 0] = slice_index
        index[..., self.right_axis] = self.right_index
        index[..., self.down_axis] = self.down_index[:, None]
        return self.geometry.index_to_lps(index)


def body_frame(volume: Volume, mask: MaskLayer | None, slices: Sequence[int], rows: int) -> PictureFrame:
    """The frame that holds the body and the mask on ``slices``, ``rows`` pixels high.

    The body is what exceeds the 1st percentile by a tenth of the way to the 99th, with 6 mm around it.
    """
    inside = np.zeros(volume.geometry.shape[1:], dtype=bool)
    for index in slices:
        plane = volume.slab(index, index + 1)[0]
        low, high = np.percentile(plane, (1, 99))
        inside |= plane > low + _BODY_FRACTION * (high - low)
        if mask is not None:
            inside |= mask.voxels[index]
    if not inside.any():
        inside[:] = True
    return _frame(volume.geometry, _box(inside, volume.geometry), rows)


def _box(inside: NDArray[np.bool_], geometry: Geometry) -> tuple[tuple[float, float], tuple[float, float]]:
    """First and last (row, column) edge of what is inside, with the margin, within the grid."""
    box = []
    for axis in (0, 1):
        # A lone bright pixel at the rim is noise: a line counts when a hundredth of it is inside.
        share = inside.mean(axis=1 - axis)
        hit = np.flatnonzero(share > 0.01) if (share > 0.01).any() else np.flatnonzero(share > 0)
        margin = _BODY_MARGIN_MM / geometry.spacing_mm[axis + 1]
        last = geometry.shape[axis + 1] - 0.5
        box.append((max(-0.5, hit[0] - 0.5 - margin), min(last, hit[-1] + 0.5 + margin)))
    return box[0], box[1]


def _frame(
    geometry: Geometry, box: tuple[tuple[float, float], tuple[float, float]], rows: int
) -> PictureFrame:
    right, down = (np.asarray(vector) for vector in _RIGHT_AND_DOWN[geometry.plane])
    direction = geometry.direction
    row_runs_right = abs(direction[:, 1] @ right) > abs(direction[:, 2] @ right)
    right_axis: InPlaneAxis = 1 if row_runs_right else 2
    down_axis: InPlaneAxis = 2 if row_runs_right else 1
    extents_mm = [(high - low) * geometry.spacing_mm[axis + 1] for axis, (low, high) in enumerate(box)]
    pixel_mm = extents_mm[down_axis - 1] / rows
    columns = max(1, round(extents_mm[right_axis - 1] / pixel_mm))

    def along(axis: InPlaneAxis, towards: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        low, high = box[axis - 1]
        centre = (low + high) / 2
        step = pixel_mm / geometry.spacing_mm[axis]
        index: NDArray[np.float64] = centre + (np.arange(count, dtype=np.float64) - (count - 1) / 2) * step
        return index if direction[:, axis] @ towards > 0 else index[::-1].copy()

    return PictureFrame(
        geometry=geometry,
        right_axis=right_axis,
        down_axis=down_axis,
        right_index=along(right_axis, right, columns),
        down_index=along(down_axis, down, rows),
        pixel_mm=pixel_mm,
    )


def _along(array: NDArray[np.float32], index: NDArray[np.float64], axis: int) -> NDArray[np.float32]:
    """Linear interpolation along one axis; beyond the edge the edge repeats."""
    last = array.shape[axis] - 1
    clipped = np.clip(index, 0, last)
    low = np.minimum(clipped.astype(int), max(0, last - 1))
    high = np.minimum(low + 1, last)
    weight = (clipped - low).astype(np.float32)
    weight = weight[:, None] if axis == 0 else weight[None, :]
    return array.take(low, axis) * (1 - weight) + array.take(high, axis) * weight


def _ordered(low_and_high: tuple[str, str], index: NDArray[np.float64]) -> tuple[str, str]:
    low, high = low_and_high
    return (low, high) if index[-1] >= index[0] else (high, low)

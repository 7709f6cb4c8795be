"""One affine from voxel index to patient space: LPS, millimetres.

Indices are continuous and ordered as arrays are: ``(slice, row, column)``; an integer index is the
*centre* of a voxel.  Patient space is DICOM's: x to the patient's Left, y to Posterior, z to Superior.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Plane = Literal["axial", "coronal", "sagittal"]

_PLANE_OF_NORMAL_AXIS: tuple[Plane, Plane, Plane] = ("sagittal", "coronal", "axial")
_LETTERS = (("L", "R"), ("P", "A"), ("S", "I"))
_DEGENERATE_MM = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """The sampling grid of a volume.

    Parameters
    ----------
    affine
        4 × 4 matrix taking ``(slice, row, column, 1)`` to ``(x, y, z, 1)`` in LPS mm.  The columns
        need not be orthogonal; they must not be degenerate.
    shape
        Number of (slices, rows, columns), each at least 1.
    """

    affine: NDArray[np.float64]
    shape: tuple[int, int, int]

    def __post_init__(self) -> None:
        affine = np.array(self.affine, dtype=np.float64)
        if affine.shape != (4, 4) or not np.isfinite(affine).all():
            raise ValueError("affine must be a finite 4 × 4 matrix")
        if not np.array_equal(affine[3], (0.0, 0.0, 0.0, 1.0)):
            raise ValueError("the last row of an affine must be (0, 0, 0, 1)")
        if abs(float(np.linalg.det(affine[:3, :3]))) < _DEGENERATE_MM**3:
            raise ValueError("affine is degenerate")
        if len(self.shape) != 3 or min(self.shape) < 1:
            raise ValueError("shape must be three positive counts")
        affine.flags.writeable = False
        object.__setattr__(self, "affine", affine)
        object.__setattr__(self, "shape", tuple(int(n) for n in self.shape))

    @classmethod
    def from_axes(
        cls,
        *,
        origin_lps_mm: ArrayLike,
        slice_step_mm: ArrayLike,
        row_step_mm: ArrayLike,
        column_step_mm: ArrayLike,
        shape: tuple[int, int, int],
    ) -> Geometry:
        """Build from the position of voxel (0, 0, 0) and the LPS vector of one step along each index."""
        affine = np.eye(4)
        affine[:3, 0], affine[:3, 1], affine[:3, 2] = slice_step_mm, row_step_mm, column_step_mm
        affine[:3, 3] = origin_lps_mm
        return cls(affine, shape)

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Length of one step along (slice, row, column) in mm."""
        slice_mm, row_mm, column_mm = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(slice_mm), float(row_mm), float(column_mm)

    @property
    def direction(self) -> NDArray[np.float64]:
        """3 × 3; its columns are the unit LPS vectors of the slice, row and column index."""
        steps = self.affine[:3, :3]
        unit: NDArray[np.float64] = steps / np.linalg.norm(steps, axis=0)
        return unit

    @property
    def slice_normal(self) -> NDArray[np.float64]:
        """Unit vector perpendicular to the slice plane, on the side of increasing slice index."""
        direction = self.direction
        normal = np.cross(direction[:, 2], direction[:, 1])
        normal /= np.linalg.norm(normal)
        oriented: NDArray[np.float64] = normal if normal @ direction[:, 0] >= 0 else -normal
        return oriented

    @property
    def is_right_handed(self) -> bool:
        """True when (column, row, slice) steps form a right-handed frame, as stacked DICOM planes do."""
        return float(np.linalg.det(self.affine[:3, [2, 1, 0]])) > 0

    def is_orthogonal(self, tolerance: float = 1e-3) -> bool:
        """True when no two axes have a cosine above ``tolerance``."""
        gram = self.direction.T @ self.direction
        return bool(np.abs(gram - np.eye(3)).max() <= tolerance)

    @property
    def plane(self) -> Plane:
        """The anatomical plane nearest to the slice plane."""
        return _PLANE_OF_NORMAL_AXIS[int(np.argmax(np.abs(self.slice_normal)))]

    @property
    def obliquity_deg(self) -> float:
        """Angle in degrees between the slice normal and the nearest anatomical axis (0 to 54.7)."""
        return math.degrees(math.acos(min(1.0, float(np.abs(self.slice_normal).max()))))

    def is_isotropic(self, tolerance: float = 0.05) -> bool:
        """True when the three spacings differ by no more than ``tolerance`` of the largest."""
        spacing = self.spacing_mm
        return (max(spacing) - min(spacing)) <= tolerance * max(spacing)

    def index_to_lps(self, index: ArrayLike) -> NDArray[np.float64]:
        """Map continuous indices (…, 3) to LPS mm (…, 3)."""
        points = np.asarray(index, dtype=np.float64)
        mapped: NDArray[np.float64] = points @ self.affine[:3, :3].T + self.affine[:3, 3]
        return mapped

    def lps_to_index(self, lps_mm: ArrayLike) -> NDArray[np.float64]:
        """Map LPS mm (…, 3) to continuous indices (…, 3); outside the grid is allowed."""
        offset = np.asarray(lps_mm, dtype=np.float64) - self.affine[:3, 3]
        mapped: NDArray[np.float64] = offset @ np.linalg.inv(self.affine[:3, :3]).T
        return mapped

    def cropped(self, start: tuple[int, int, int], shape: tuple[int, int, int]) -> Geometry:
        """The grid of ``array[start : start + shape]``; a negative start pads."""
        affine = self.affine.copy()
        affine[:3, 3] = self.index_to_lps(start)
        return Geometry(affine, shape)

    def resampled_in_plane(self, spacing_mm: tuple[float, float], shape: tuple[int, int]) -> Geometry:
        """The grid with the same slices and centre, and another (row, column) spacing and shape."""
        steps = self.direction * (self.spacing_mm[0], *spacing_mm)
        centre_index = ((self.shape[0] - 1) / 2, (self.shape[1] - 1) / 2, (self.shape[2] - 1) / 2)
        new_centre = ((self.shape[0] - 1) / 2, (shape[0] - 1) / 2, (shape[1] - 1) / 2)
        affine = np.eye(4)
        affine[:3, :3] = steps
        affine[:3, 3] = self.index_to_lps(centre_index) - steps @ np.asarray(new_centre)
        return Geometry(affine, (self.shape[0], *shape))

    def end_letters(self, axis: int) -> tuple[str, str]:
        """Anatomical letters at the low and the high end of an index axis, e.g. ``("R", "L")``.

        A direction more than 22.5° off an axis carries a second letter ("LP"), as viewers print it.
        """
        step = self.direction[:, axis]
        order = np.argsort(-np.abs(step))
        high, low = "", ""
        for component in order[:2]:
            if abs(step[component]) < math.sin(math.radians(22.5)):
                break
            positive, negative = _LETTERS[component]
            high += positive if step[component] > 0 else negative
            low += negative if step[component] > 0 else positive
        return low, high

    def matches(self, other: Geometry, tolerance_mm: float = 1e-3) -> bool:
        """True when shapes are equal and every corner voxel agrees within ``tolerance_mm``."""
        if self.shape != other.shape:
            return False
        last = np.asarray(self.shape) - 1
        corners = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)]) * last
        distance = np.linalg.norm(self.index_to_lps(corners) - other.index_to_lps(corners), axis=1)
        return bool(distance.max() <= tolerance_mm)

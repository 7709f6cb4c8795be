"""The one affine between patient space and the screen: every flip, letter and position comes from here.

Screen coordinates are millimetres, x to the right and y down.  Radiological convention: in axial and coronal
planes the patient's right is on the left of the picture, in sagittal planes anterior is on the left; superior
is up.  A picture is never stretched: screen vectors are unit vectors of patient space.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry, Plane

Array = TypeVar("Array", bound=NDArray)

_PLANE_OF_NORMAL: Final[tuple[Plane, Plane, Plane]] = ("sagittal", "coronal", "axial")
_RIGHT: Final = {"axial": (1.0, 0.0, 0.0), "coronal": (1.0, 0.0, 0.0), "sagittal": (0.0, 1.0, 0.0)}
_DOWN: Final = {"axial": (0.0, 1.0, 0.0), "coronal": (0.0, 0.0, -1.0), "sagittal": (0.0, 0.0, -1.0)}
_AXIS_LETTERS: Final = (("L", "R"), ("P", "A"), ("S", "I"))


@dataclass(frozen=True, slots=True)
class EdgeLetters:
    """Anatomical letters at the edges of a picture."""

    left: str
    right: str
    top: str
    bottom: str


@dataclass(frozen=True, slots=True, eq=False)
class PlaneTransform:
    """How the index plane across ``axis`` of a grid is laid on the screen.

    ``horizontal`` and ``vertical`` are the index axes nearest to those of the screen; ``right`` and ``down``
    the LPS unit vectors of the screen.
    """

    geometry: Geometry
    axis: int
    horizontal: int
    vertical: int
    right: NDArray[np.float64]
    down: NDArray[np.float64]

    @classmethod
    def of(cls, geometry: Geometry, axis: int) -> PlaneTransform:
        """The transform for planes across index axis ``axis`` (0 slice, 1 row, 2 column)."""
        first, second = (other for other in range(3) if other != axis)
        direction = geometry.direction
        plane = _plane_across(direction[:, first], direction[:, second])
        wanted_right, wanted_down = np.array(_RIGHT[plane]), np.array(_DOWN[plane])
        if abs(direction[:, first] @ wanted_right) > abs(direction[:, second] @ wanted_right):
            horizontal, vertical = first, second
        else:
            horizontal, vertical = second, first
        right = direction[:, horizontal]
        right = right if right @ wanted_right > 0 else -right
        down = direction[:, vertical] - (direction[:, vertical] @ right) * right
        down = down / np.linalg.norm(down)
        down = down if down @ wanted_down > 0 else -down
        return cls(geometry, axis, horizontal, vertical, right, down)

    @property
    def plane(self) -> Plane:
        """The anatomical plane nearest to the picture."""
        return _plane_across(self.right, self.down)

    @property
    def count(self) -> int:
        """How many planes there are."""
        return self.geometry.shape[self.axis]

    @property
    def letters(self) -> EdgeLetters:
        """Where the picture's edges lie in the patient."""
        screen = Geometry.from_axes(
            origin_lps_mm=(0.0, 0.0, 0.0),
            slice_step_mm=np.cross(self.right, self.down),
            row_step_mm=self.down,
            column_step_mm=self.right,
            shape=(1, 1, 1),
        )
        (left, right), (top, bottom) = screen.end_letters(2), screen.end_letters(1)
        return EdgeLetters(left, right, top, bottom)

    def arrange(self, plane: Array) -> Array:
        """Turn an array plane (remaining axes in array order) into (vertical, horizontal)."""
        return plane if self.vertical < self.horizontal else plane.T  # type: ignore[return-value]

    def pixel_affine(self, index: float, geometry: Geometry | None = None) -> tuple[float, ...]:
        """``(m11, m12, m21, m22, dx, dy)`` from picture coordinates to screen mm, as QTransform takes it.

        Picture coordinates run along (horizontal, vertical) in pixels; the centre of pixel 0 lies at 0.5.
        ``geometry`` may be another grid with the same index axes, such as a heat map's.
        """
        affine = (geometry or self.geometry).affine
        across = affine[:3, self.horizontal]
        along = affine[:3, self.vertical]
        origin = affine[:3, 3] + index * affine[:3, self.axis] - 0.5 * (across + along)
        return tuple(
            float(vector @ axis) for vector in (across, along, origin) for axis in (self.right, self.down)
        )

    def screen_to_index(self, x_mm: float, y_mm: float, index: float) -> tuple[float, float, float]:
        """Continuous (slice, row, column) under a screen point of the plane at ``index``."""
        m11, m12, m21, m22, dx, dy = self.pixel_affine(index)
        matrix = np.array([[m11, m21], [m12, m22]])
        across, along = np.linalg.solve(matrix, (x_mm - dx, y_mm - dy)) - 0.5
        found = [0.0, 0.0, 0.0]
        found[self.axis], found[self.horizontal], found[self.vertical] = index, float(across), float(along)
        return found[0], found[1], found[2]

    def bounds_mm(self, index: float) -> tuple[float, float, float, float]:
        """``(x, y, width, height)`` on the screen of the picture at ``index``, outer pixel edges."""
        m11, m12, m21, m22, dx, dy = self.pixel_affine(index)
        columns, rows = self.geometry.shape[self.horizontal], self.geometry.shape[self.vertical]
        corners = np.array([(0, 0), (columns, 0), (0, rows), (columns, rows)])
        points = corners @ np.array([[m11, m12], [m21, m22]]) + (dx, dy)
        low, high = points.min(axis=0), points.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])

    def position_text(self, index: float) -> str:
        """Where the plane's centre lies on the axis that it is perpendicular to, e.g. ``"I 38.0"``."""
        centre = [(count - 1) / 2 for count in self.geometry.shape]
        centre[self.axis] = index
        lps = self.geometry.index_to_lps(centre)
        component = _PLANE_OF_NORMAL.index(self.plane)
        return coordinate_text(component, float(lps[component]))


def coordinate_text(component: int, value_mm: float) -> str:
    """One LPS coordinate with its letter: ``coordinate_text(0, -12.4)`` is ``"R 12.4"``."""
    positive, negative = _AXIS_LETTERS[component]
    rounded = round(value_mm, 1)
    return f"{positive if rounded >= 0 else negative} {abs(rounded):.1f}"


def position_text(lps_mm: NDArray[np.float64]) -> str:
    """An LPS point with letters, e.g. ``"R 12.4  A 31.0  I 38.0"``."""
    return "  ".join(coordinate_text(component, float(value)) for component, value in enumerate(lps_mm))


def _plane_across(first: NDArray[np.float64], second: NDArray[np.float64]) -> Plane:
    return _PLANE_OF_NORMAL[int(np.argmax(np.abs(np.cross(first, second))))]

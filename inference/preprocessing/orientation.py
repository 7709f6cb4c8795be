"""Axial stacks as one convention: slices upwards, rows to the back, columns to the patient's left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from inference.geometry import Geometry


@dataclass(frozen=True, slots=True)
class CanonicalOrientation:
    """The reversals and the transposition that bring an axial stack into the convention.

    Nothing is interpolated: an oblique stack stays oblique, its indices only run the usual way.
    """

    reverse_slices: bool
    transpose: bool
    flip_rows: bool
    flip_columns: bool

    @classmethod
    def of(cls, geometry: Geometry) -> CanonicalOrientation:
        """Read the orientation of an axial stack.

        Raises
        ------
        ValueError
            When the slice plane is nearer to another anatomical plane.
        """
        if geometry.plane != "axial":
            raise ValueError(f"an axial stack is needed, not a {geometry.plane} one")
        direction = geometry.direction
        transpose = abs(direction[0, 1]) > abs(direction[0, 2])
        row, column = (2, 1) if transpose else (1, 2)
        return cls(
            reverse_slices=bool(geometry.slice_normal[2] < 0),
            transpose=bool(transpose),
            flip_rows=bool(direction[1, row] < 0),
            flip_columns=bool(direction[0, column] < 0),
        )

    def apply(self, array: NDArray[Any]) -> NDArray[Any]:
        """View of a (slice, row, column) array in canonical order."""
        if self.transpose:
            array = array.transpose(0, 2, 1)
        return array[self._steps]

    def undo(self, array: NDArray[Any]) -> NDArray[Any]:
        """View of a canonical array in the stack's own order."""
        array = array[self._steps]
        return array.transpose(0, 2, 1) if self.transpose else array

    def geometry(self, geometry: Geometry) -> Geometry:
        """The grid of the canonical view."""
        slices, rows, columns = geometry.shape
        axes = (0, 2, 1) if self.transpose else (0, 1, 2)
        shape = (slices, columns, rows) if self.transpose else (slices, rows, columns)
        affine = geometry.affine.copy()
        affine[:3, :3] = affine[:3, axes]
        for axis, step in enumerate(self._steps):
            if step.step == -1:
                affine[:3, 3] += affine[:3, axis] * (shape[axis] - 1)
                affine[:3, axis] *= -1
        return Geometry(affine, shape)

    def own_slice(self, canonical_slice: int, slice_count: int) -> int:
        """The stack's own index of a canonical slice, and the other way round."""
        return slice_count - 1 - canonical_slice if self.reverse_slices else canonical_slice

    @property
    def _steps(self) -> tuple[slice, slice, slice]:
        first, second, third = (
            slice(None, None, -1) if reverse else slice(None)
            for reverse in (self.reverse_slices, self.flip_rows, self.flip_columns)
        )
        return first, second, third

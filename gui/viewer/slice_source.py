"""Slices of a stack for the viewer, whether it is still being read or whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry
from inference.scan import Stack
from inference.volume import Volume


class SliceSource:
    """Planes of stored voxels by index axis; None where nothing has been read.

    Axes are those of the array: 0 slice, 1 row, 2 column.  Only planes across axis 0 can be had before
    the volume is whole.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.volume: Volume | None = None
        self._early: dict[int, NDArray[np.int16]] = {}

    @classmethod
    def loading(cls, stack: Stack) -> SliceSource:
        """A source whose slices arrive one by one."""
        return cls(stack)

    @property
    def geometry(self) -> Geometry:
        """The grid of the stack."""
        return self.stack.geometry

    @property
    def is_complete(self) -> bool:
        """True when the whole volume has been read."""
        return self.volume is not None

    def put(self, index: int, pixels: NDArray[np.int16]) -> None:
        """Keep a slice that came before the rest."""
        if self.volume is None:
            self._early[index] = pixels

    def complete(self, volume: Volume) -> None:
        """The volume is whole; early slices are let go."""
        self.volume = volume
        self._early.clear()

    def is_missing(self, slice_index: int) -> bool:
        """True when the grid has a gap at this slice: no readable frame fills it."""
        if self.volume is not None:
            return slice_index in self.volume.missing_slices
        return self.stack.frames[slice_index] is None

    @property
    def missing_slices(self) -> tuple[int, ...]:
        """Indices of the gaps."""
        return tuple(k for k in range(self.geometry.shape[0]) if self.is_missing(k))

    @property
    def first_index(self) -> int:
        """The slice nearest to the middle that has a picture: what is shown, and read, first."""
        count = self.geometry.shape[0]
        present = [k for k in range(count) if not self.is_missing(k)] or [count // 2]
        return min(present, key=lambda k: abs(k - count // 2))

    def plane(self, axis: int, index: int) -> NDArray[np.int16] | NDArray[np.float32] | None:
        """The plane at ``index`` of ``axis``, the remaining axes in array order.

        Stored int16 where one rescale holds for the whole plane, physical float32 otherwise; see
        :meth:`rescale`.
        """
        if self.volume is None:
            return self._early.get(index) if axis == 0 else None
        if axis == 0:
            return None if self.is_missing(index) else self.volume.voxels[index]
        plane = self.volume.voxels[:, index] if axis == 1 else self.volume.voxels[:, :, index]
        if self.has_one_rescale:
            return plane
        physical = plane.astype(np.float32)
        physical *= self.volume.slope[:, None].astype(np.float32)
        physical += self.volume.intercept[:, None].astype(np.float32)
        return physical

    @property
    def has_one_rescale(self) -> bool:
        """True when slope and intercept are the same on every slice."""
        if self.volume is None:
            return True
        slope, intercept = self.volume.slope, self.volume.intercept
        return bool((slope == slope[0]).all() and (intercept == intercept[0]).all())

    def rescale(self, axis: int, index: int) -> tuple[float, float]:
        """Slope and intercept that turn :meth:`plane` into physical values."""
        if self.volume is None:
            frame = self.stack.frames[index] if axis == 0 else None
            return (frame.slope, frame.intercept) if frame is not None else (1.0, 0.0)
        if axis == 0:
            return float(self.volume.slope[index]), float(self.volume.intercept[index])
        if self.has_one_rescale:
            return float(self.volume.slope[0]), float(self.volume.intercept[0])
        return 1.0, 0.0

    def value_at(self, slice_index: int, row: int, column: int) -> float | None:
        """The physical value of one voxel, or None outside the grid, in a gap or before it is read."""
        inside = all(
            0 <= index < count
            for index, count in zip((slice_index, row, column), self.geometry.shape, strict=True)
        )
        if self.volume is None or not inside or self.is_missing(slice_index):
            return None
        if self.volume.padding_voxel is not None:
            if int(self.volume.voxels[slice_index, row, column]) == self.volume.padding_voxel:
                return None
        return self.volume.value_at(slice_index, row, column)

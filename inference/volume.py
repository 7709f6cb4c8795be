"""A volume: int16 voxels, their rescale to physical values, and the grid that they stand on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inference.findings import Finding
from inference.geometry import Geometry


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Volume:
    """Voxels of one stack, frozen when complete.

    Parameters
    ----------
    voxels
        int16, (slice, row, column), read-only once here.
    slope, intercept
        float64, one per slice: value = voxel × slope + intercept (PS3.3 C.11.1).
    geometry
        The grid, LPS mm.
    missing_slices
        Indices on the grid that no readable frame fills; their voxels are ``padding_voxel``.
    padding_voxel
        Stored value that means "outside the picture" (PS3.3 C.7.5.1.1.2), or None.
    findings
        What was noticed while the voxels were read, beside what the plan knew already.
    """

    voxels: NDArray[np.int16]
    slope: NDArray[np.float64]
    intercept: NDArray[np.float64]
    geometry: Geometry
    missing_slices: frozenset[int] = field(default_factory=frozenset)
    padding_voxel: int | None = None
    findings: tuple[Finding, ...] = ()
    _digest: str = field(default="", init=False, repr=False)

    def __post_init__(self) -> None:
        if self.voxels.dtype != np.int16 or self.voxels.shape != self.geometry.shape:
            raise ValueError("voxels must be int16 and shaped as the geometry says")
        slices = self.geometry.shape[0]
        for name in ("slope", "intercept"):
            values = np.broadcast_to(np.asarray(getattr(self, name), dtype=np.float64), (slices,)).copy()
            values.flags.writeable = False
            object.__setattr__(self, name, values)
        self.voxels.flags.writeable = False

    def slab(self, start: int, stop: int) -> NDArray[np.float32]:
        """Physical values of slices ``start`` to ``stop`` (exclusive): float32, (slice, row, column)."""
        slope = self.slope[start:stop, None, None].astype(np.float32)
        intercept = self.intercept[start:stop, None, None].astype(np.float32)
        scaled: NDArray[np.float32] = self.voxels[start:stop].astype(np.float32)
        scaled *= slope
        scaled += intercept
        return scaled

    def value_at(self, slice_index: int, row: int, column: int) -> float:
        """The physical value of one voxel."""
        voxel = float(self.voxels[slice_index, row, column])
        return voxel * float(self.slope[slice_index]) + float(self.intercept[slice_index])

    def pixel_sha256(self) -> str:
        """Hash of shape, voxels, rescale and grid: what a result says it was computed from.

        Computed once; whoever reads a volume away from a window asks first, so that the window never waits.
        """
        if not self._digest:
            object.__setattr__(self, "_digest", self._computed_sha256())
        return self._digest

    def _computed_sha256(self) -> str:
        digest = hashlib.sha256()
        digest.update(np.asarray(self.geometry.shape, dtype="<i8").tobytes())
        digest.update(np.ascontiguousarray(self.voxels).astype("<i2", copy=False).data)
        for array in (self.slope, self.intercept, self.geometry.affine):
            digest.update(np.ascontiguousarray(array).astype("<f8", copy=False).tobytes())
        digest.update(np.asarray(sorted(self.missing_slices), dtype="<i8").tobytes())
        return digest.hexdigest()

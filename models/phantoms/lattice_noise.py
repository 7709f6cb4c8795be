"""Smooth random fields in head coordinates: cubic B-splines over a lattice of normal deviates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Mean over positions of the summed squared cubic B-spline weights, in one dimension.
_WEIGHT_POWER = 151.0 / 315.0
# Half extents (x, y, z) in mm of the space that the head's fields cover, warps and tilts included.
_HEAD_MM = (140.0, 140.0, 110.0)


Taps = tuple[NDArray[np.intp], Floats]


def bspline_taps(position_mm: NDArray[np.floating], spacing_mm: float, half_extent_mm: float) -> Taps:
    """Cubic B-spline interpolation of a lattice at positions: (first node, weights of four nodes) each."""
    nodes = lattice_nodes(spacing_mm, half_extent_mm)
    place = (np.asarray(position_mm, dtype=np.float64) + half_extent_mm) / spacing_mm + 1.0
    place = np.clip(place, 1.0, nodes - 3.0)
    first = np.floor(place).astype(np.intp) - 1
    distance = np.abs(place[:, None] - first[:, None] - np.arange(4))
    near = 2.0 / 3.0 - distance**2 + 0.5 * distance**3
    far = np.clip(2.0 - distance, 0.0, None) ** 3 / 6.0
    return first, np.where(distance < 1.0, near, far).astype(np.float32)


def lattice_nodes(spacing_mm: float, half_extent_mm: float) -> int:
    """Nodes of a lattice that covers plus and minus the half extent."""
    return int(np.ceil(2.0 * half_extent_mm / spacing_mm)) + 4


def interpolate_rows(lattice: Floats, taps: Taps) -> Floats:
    """Weighted sums of four lattice rows, one per tap.

    Plain sums rather than a matrix product: the voxels then depend neither on the mathematics library's
    kernel nor on its number of threads.
    """
    first, weights = taps
    shape = (-1,) + (1,) * (lattice.ndim - 1)
    total = weights[:, 0].reshape(shape) * lattice[first]
    for tap in range(1, 4):
        total += weights[:, tap].reshape(shape) * lattice[first + tap]
    return np.asarray(total, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class LatticeNoise:
    """Zero-mean field of about unit variance; its correlation length is about one lattice spacing.

    ``coefficients`` is (z, y, x); ``spacing_mm`` is (z, in-plane); ``half_extent_mm`` is (x, y, z).
    """

    coefficients: Floats
    spacing_mm: tuple[float, float]
    half_extent_mm: tuple[float, float, float] = _HEAD_MM

    @classmethod
    def draw(
        cls,
        rng: np.random.Generator,
        in_plane_mm: float,
        through_plane_mm: float,
        half_extent_mm: tuple[float, float, float] = _HEAD_MM,
    ) -> LatticeNoise:
        """Draw a field with the given lattice spacings."""
        spacings = (through_plane_mm, in_plane_mm, in_plane_mm)
        extents = half_extent_mm[::-1]
        shape = tuple(lattice_nodes(s, e) for s, e in zip(spacings, extents, strict=True))
        coefficients = rng.standard_normal(shape, dtype=np.float32) / np.float32(_WEIGHT_POWER**1.5)
        return cls(coefficients, (through_plane_mm, in_plane_mm), half_extent_mm)

    def plane(self, z_mm: float, x_mm: Floats, y_mm: Floats) -> Floats:
        """Evaluate on the evenly spaced grid (rows ``y_mm``, columns ``x_mm``) of the plane at ``z_mm``."""
        in_plane = self.spacing_mm[1]
        x_taps = _even_taps(float(x_mm[0]), float(x_mm[-1]), len(x_mm), in_plane, self.half_extent_mm[0])
        y_taps = _even_taps(float(y_mm[0]), float(y_mm[-1]), len(y_mm), in_plane, self.half_extent_mm[1])
        by_column = interpolate_rows(np.ascontiguousarray(self.layer(z_mm).T), x_taps)
        return interpolate_rows(np.ascontiguousarray(by_column.T), y_taps)

    def layer(self, z_mm: float) -> Floats:
        """The lattice (y, x) of the plane at ``z_mm``."""
        taps = bspline_taps(np.array([z_mm]), self.spacing_mm[0], self.half_extent_mm[2])
        return interpolate_rows(self.coefficients, taps)[0]


@lru_cache(maxsize=64)
def _even_taps(first_mm: float, last_mm: float, count: int, spacing_mm: float, half_extent_mm: float) -> Taps:
    """Taps at evenly spaced positions; the slices of a volume share them."""
    first, weights = bspline_taps(np.linspace(first_mm, last_mm, count), spacing_mm, half_extent_mm)
    first.flags.writeable = weights.flags.writeable = False
    return first, weights

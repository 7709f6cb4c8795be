"""Smooth random fields in head coordinates: cubic B-splines over a lattice of normal deviates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Mean over positions of the summed squared cubic B-spline weights, in one dimension.
_WEIGHT_POWER = 151.0 / 315.0
# Half extents (x, y, z) in mm of the space that every field covers, warps and tilts included.
_HALF_EXTENT_MM = (140.0, 140.0, 110.0)


def bspline_weights(position_mm: NDArray[np.floating], spacing_mm: float, half_extent_mm: float) -> Floats:
    """Cubic B-spline weights of lattice nodes (columns) at positions (rows)."""
    nodes = int(np.ceil(2.0 * half_extent_mm / spacing_mm)) + 4
    place = (np.asarray(position_mm, dtype=np.float64) + half_extent_mm) / spacing_mm + 1.0
    place = np.clip(place, 1.0, nodes - 3.0)
    distance = np.abs(place[:, None] - np.arange(nodes))
    near = 2.0 / 3.0 - distance**2 + 0.5 * distance**3
    far = np.clip(2.0 - distance, 0.0, None) ** 3 / 6.0
    return np.where(distance < 1.0, near, far).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class LatticeNoise:
    """Zero-mean field of about unit variance; its correlation length is about one lattice spacing.

    ``coefficients`` is (z, y, x); ``spacing_mm`` is (z, in-plane).
    """

    coefficients: Floats
    spacing_mm: tuple[float, float]

    @classmethod
    def draw(cls, rng: np.random.Generator, in_plane_mm: float, through_plane_mm: float) -> LatticeNoise:
        """Draw a field with the given lattice spacings."""
        spacings = (through_plane_mm, in_plane_mm, in_plane_mm)
        extents = _HALF_EXTENT_MM[::-1]
        shape = tuple(int(np.ceil(2.0 * e / s)) + 4 for e, s in zip(extents, spacings, strict=True))
        coefficients = rng.standard_normal(shape, dtype=np.float32) / np.float32(_WEIGHT_POWER**1.5)
        return cls(coefficients, (through_plane_mm, in_plane_mm))

    def plane(self, z_mm: float, x_mm: Floats, y_mm: Floats) -> Floats:
        """Evaluate on the evenly spaced grid (rows ``y_mm``, columns ``x_mm``) of the plane at ``z_mm``."""
        through, in_plane = self.spacing_mm
        w_z = bspline_weights(np.array([z_mm]), through, _HALF_EXTENT_MM[2])[0]
        used = np.flatnonzero(w_z)
        layer = np.tensordot(w_z[used], self.coefficients[used], axes=1)
        w_x = _even_weights(float(x_mm[0]), float(x_mm[-1]), len(x_mm), in_plane, _HALF_EXTENT_MM[0])
        w_y = _even_weights(float(y_mm[0]), float(y_mm[-1]), len(y_mm), in_plane, _HALF_EXTENT_MM[1])
        return np.asarray(w_y @ layer @ w_x.T, dtype=np.float32)


@lru_cache(maxsize=64)
def _even_weights(
    first_mm: float, last_mm: float, count: int, spacing_mm: float, half_extent_mm: float
) -> Floats:
    """Weights at evenly spaced positions; the slices of a volume share them."""
    weights = bspline_weights(np.linspace(first_mm, last_mm, count), spacing_mm, half_extent_mm)
    weights.flags.writeable = False
    return weights

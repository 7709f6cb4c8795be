"""In-plane resampling as two small matrices, one per axis: linear, widened where pixels grow."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def linear_weights(positions: NDArray[np.float64], size: int) -> NDArray[np.float32]:
    """Weights that sample ``size`` pixels at ``positions`` (continuous pixel indices, evenly spaced).

    Returns (positions, size).  The triangle is one pixel wide each way, or one step of ``positions`` where
    that is wider, so that shrinking averages instead of aliasing.  Beyond the edge lies zero.
    """
    step = abs(float(positions[1] - positions[0])) if len(positions) > 1 else 1.0
    reach = max(1.0, step)
    beyond = math.ceil(reach)
    pixels = np.arange(-beyond, size + beyond)
    distance = np.abs(positions[:, None] - pixels[None, :])
    weights: NDArray[np.float64] = np.clip(1.0 - distance / reach, 0.0, None)
    total = weights.sum(axis=1, keepdims=True)
    np.divide(weights, total, out=weights, where=total > 0)
    return np.asarray(weights[:, beyond : beyond + size], dtype=np.float32)


def resample_planes(
    planes: NDArray[np.float32], row_weights: NDArray[np.float32], column_weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Apply row and column weights to (n, rows, columns) planes."""
    return np.asarray(row_weights @ planes @ column_weights.T, dtype=np.float32)

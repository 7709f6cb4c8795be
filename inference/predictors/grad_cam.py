"""Grad-CAM from a network's own outputs: its last activation and the gradient with respect to it.

Source: Selvaraju et al., Grad-CAM, ICCV 2017, equations 1 and 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inference.preprocessing.resampling import linear_weights, resample_planes


def grad_cams(activation: NDArray[np.float32], gradient: NDArray[np.float32]) -> NDArray[np.float32]:
    """Maps (n, h, w) of pictures that were scored together, from (n, C, h, w); the highest point of all is 1.

    Each channel is weighted by its mean gradient; what speaks against the class is cut off, and where nothing
    speaks for it the maps are zero.
    """
    weights = gradient.mean(axis=(2, 3), dtype=np.float64)
    evidence = np.maximum(
        np.stack(
            [
                np.tensordot(own, maps.astype(np.float64), axes=1)
                for own, maps in zip(weights, activation, strict=True)
            ]
        ),
        0.0,
    )
    highest = evidence.max()
    return np.asarray(evidence / highest if highest > 0 else evidence, dtype=np.float32)


def upsample(plane: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Enlarge (h, w) to (row, column) linearly; pixel areas correspond, the border is held."""
    rows, columns = (
        linear_weights(np.clip((np.arange(target) + 0.5) * source / target - 0.5, 0, source - 1), source)
        for source, target in zip(plane.shape, shape, strict=True)
    )
    enlarged = resample_planes(plane[np.newaxis], rows, columns)[0]
    return np.asarray(np.clip(enlarged, 0.0, 1.0), dtype=np.float32)

"""Grad-CAM against a naive twin, and its place on the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.predictors.grad_cam import grad_cams, upsample


def naive(activation: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    channels, height, width = activation.shape
    total = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            for channel in range(channels):
                total[row, column] += gradient[channel].mean() * activation[channel, row, column]
    total = np.maximum(total, 0)
    return total / total.max() if total.max() > 0 else total


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 5), st.integers(1, 5))
def test_grad_cam_equals_its_naive_twin(seed: int, channels: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    activation = rng.standard_normal((channels, height, width)).astype(np.float32)
    gradient = rng.standard_normal((channels, height, width)).astype(np.float32)
    heat = grad_cams(activation[np.newaxis], gradient[np.newaxis])[0]
    np.testing.assert_allclose(heat, naive(activation, gradient), atol=1e-4)
    assert heat.dtype == np.float32 and heat.min() >= 0 and heat.max() <= 1


def test_what_speaks_against_the_class_leaves_no_heat() -> None:
    activation = np.ones((1, 1, 3, 3), dtype=np.float32)
    assert not grad_cams(activation, -activation).any()


def test_upsampling_keeps_a_flat_map_flat_up_to_its_border() -> None:
    flat = np.full((3, 5), 0.7, dtype=np.float32)
    np.testing.assert_allclose(upsample(flat, (12, 20)), 0.7, atol=1e-6)


def test_upsampling_keeps_the_place_of_a_peak() -> None:
    plane = np.zeros((4, 4), dtype=np.float32)
    plane[1, 2] = 1.0
    large = upsample(plane, (16, 16))
    rows, columns = np.mgrid[0:16, 0:16]
    weight = large.sum()
    assert (large * rows).sum() / weight == pytest.approx(1 * 4 + 1.5, abs=1e-4)
    assert (large * columns).sum() / weight == pytest.approx(2 * 4 + 1.5, abs=1e-4)


def test_upsampling_to_the_same_size_changes_nothing() -> None:
    plane = np.random.default_rng(0).random((5, 7), dtype=np.float32)
    np.testing.assert_allclose(upsample(plane, (5, 7)), plane, atol=1e-6)

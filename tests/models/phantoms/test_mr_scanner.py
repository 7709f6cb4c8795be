import numpy as np
import pytest

from models.phantoms.mr_scanner import SCANNERS, acquire, bias_field, slice_levels_mm


def smooth_object(n: int) -> np.ndarray:
    """A Gaussian bump that fits well within the kept frequencies."""
    axis = np.linspace(-1.0, 1.0, n, endpoint=False)
    return (500.0 * np.exp(-(axis[:, None] ** 2 + axis**2) / 0.08)).astype(np.float32)


def test_without_noise_a_smooth_object_comes_back() -> None:
    plane = smooth_object(64)
    assert np.abs(acquire(plane, 0.0, np.random.default_rng(0), 1) - plane).max() < 0.5


def test_zero_filling_keeps_the_samples_it_started_from() -> None:
    plane = smooth_object(64)
    wide = acquire(plane, 0.0, np.random.default_rng(0), 2)
    assert wide.shape == (128, 128)
    assert np.abs(wide[::2, ::2] - plane).max() < 0.5


def test_noise_in_air_is_rician_and_independent_of_zero_filling() -> None:
    empty = np.zeros((128, 128), np.float32)
    for factor in (1, 2):
        air = acquire(empty, 10.0, np.random.default_rng(3), factor)
        # Rayleigh: mean / standard deviation is sqrt(pi / (4 - pi)) = 1.913; the taper keeps most power.
        assert air.mean() / air.std() == pytest.approx(1.913, abs=0.05)
        assert 9.0 < air.mean() < 12.6


def test_hospitals_differ_in_noise_spacing_thickness_and_contrast() -> None:
    inside, outside = SCANNERS["training"], SCANNERS["external"]
    assert outside.noise > inside.noise
    assert outside.thickness_mm != inside.thickness_mm
    assert outside.step_mm != inside.step_mm
    assert outside.contrast_gain != inside.contrast_gain
    for scanner in SCANNERS.values():
        assert 28 <= scanner.slices <= 30
        assert 4.0 <= scanner.thickness_mm <= 6.0


def test_levels_are_even_and_hold_the_nasopharynx_mid_stack() -> None:
    for scanner in SCANNERS.values():
        levels = slice_levels_mm(scanner)
        assert np.diff(levels) == pytest.approx(np.full(scanner.slices - 1, scanner.step_mm))
        assert 0.4 < np.searchsorted(levels, 0.0) / scanner.slices < 0.6


def test_bias_is_flat_without_amplitude_and_smooth_with_it() -> None:
    grid = np.linspace(-100, 100, 41, dtype=np.float32)
    coefficients = np.random.default_rng(1).standard_normal(8)
    assert bias_field(coefficients, grid, grid, 0.0, 0.0) == pytest.approx(np.ones((41, 41)))
    shaded = bias_field(coefficients, grid, grid, 0.0, 0.1)
    assert shaded.std() > 0.01
    assert np.abs(np.diff(shaded, axis=0)).max() < 0.03

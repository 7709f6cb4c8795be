from dataclasses import replace

import numpy as np
import pytest

from models.phantoms.abdomen.acquisition import reconstruct, transfer
from models.phantoms.abdomen.ct_scanner import scanner_of

SCANNER = scanner_of("lagc-response", "training")


def noise_only(size: int, seed: int = 0) -> np.ndarray:
    flat = np.zeros((min(size, 256),) * 2, dtype=np.float32)
    level = np.full((size, size), 12.0, dtype=np.float32)
    return reconstruct(flat, SCANNER, level, np.random.default_rng(seed), size).astype(float)


def test_the_kernel_keeps_the_mean_and_passes_half_at_its_frequency() -> None:
    mtf = transfer(512, SCANNER.field_mm / 512, SCANNER.mtf_half_per_mm, 0.0)
    assert mtf[0, 0] == pytest.approx(1.0)
    column = round(SCANNER.mtf_half_per_mm * SCANNER.field_mm)
    assert mtf[0, column] == pytest.approx(0.5, abs=0.01)


def test_noise_has_the_asked_deviation_at_full_size_and_less_on_coarse_pixels() -> None:
    assert noise_only(512).std() == pytest.approx(12.0, rel=0.03)
    assert 3.0 < noise_only(128).std() < 9.0
    assert noise_only(512).mean() == pytest.approx(0.0, abs=0.05)


def test_noise_has_little_power_at_low_frequencies_as_filtered_backprojection_leaves_it() -> None:
    power = np.abs(np.fft.rfft2(noise_only(512))) ** 2
    assert power[1:6, 1:6].mean() < 0.2 * power[40:80, 40:80].mean()


def test_zero_filling_keeps_a_constant_and_the_place_of_a_spot() -> None:
    quiet = np.zeros((512, 512), dtype=np.float32)
    painted = np.full((256, 256), 60.0, dtype=np.float32)
    painted[100:104, 60:64] = 400.0
    seen = reconstruct(painted, SCANNER, quiet, np.random.default_rng(0), 512)
    assert seen[300:, 300:].mean() == pytest.approx(60.0, abs=1.0)
    weights = np.clip(seen.astype(float) - 80.0, 0.0, None)
    rows, columns = np.indices(seen.shape)
    assert (weights * rows).sum() / weights.sum() == pytest.approx(2 * 101.5, abs=0.3)
    assert (weights * columns).sum() / weights.sum() == pytest.approx(2 * 61.5, abs=0.3)


def test_a_sharper_kernel_keeps_more_of_an_edge() -> None:
    painted = np.zeros((256, 256), dtype=np.float32)
    painted[:, 128:] = 100.0
    quiet = np.zeros((512, 512), dtype=np.float32)
    slopes = []
    for half in (0.25, 0.45):
        scanner = replace(SCANNER, mtf_half_per_mm=half)
        seen = reconstruct(painted, scanner, quiet, np.random.default_rng(0), 512)
        slopes.append(int(np.diff(seen[200].astype(int))[200:300].max()))
    assert slopes[1] > slopes[0]

"""Readings of a tumour without a network: what each tells, and that the regression is out of fold."""

from __future__ import annotations

import numpy as np
import pytest

from models.phantom_readings import READINGS, found_signal, read_slice

ROWS = np.arange(64)
DISC = np.hypot(*np.meshgrid(ROWS - 32, ROWS - 32)) < 14


def _disc(rng: np.random.Generator, necrosis: float) -> dict[str, float]:
    """Readings of a disc of 90 HU in fat, a share of whose radius is 20 HU."""
    radius = np.hypot(*np.meshgrid(ROWS - 32, ROWS - 32))
    plane = np.where(DISC, 90.0, -100.0)
    plane[radius < 14 * necrosis] = 20.0
    noisy = (plane + rng.normal(0.0, 6.0, plane.shape)).astype(np.int16)
    return dict(zip(READINGS, read_slice(noisy, DISC), strict=True))


def test_a_dead_centre_is_dark_and_no_brighter_inside() -> None:
    rng = np.random.default_rng(3)
    whole, dead = _disc(rng, 0.0), _disc(rng, 0.6)
    assert whole["dark share"] < 0.02 < 0.3 < dead["dark share"]
    assert dead["brighter inside"] < -1.0 < whole["brighter inside"]
    assert whole["mean"] == pytest.approx(90.0, abs=2.0)


def test_gas_inside_a_mask_is_not_read() -> None:
    plane = np.where(DISC, 90, -100).astype(np.int16)
    plane[30:34, 30:34] = -900
    assert read_slice(plane, DISC)[0] == pytest.approx(90.0, abs=1e-6)


def test_noise_tells_nothing_of_a_signal_and_a_monotone_reading_tells_it() -> None:
    rng = np.random.default_rng(5)
    signal = rng.standard_normal(150)
    noise = rng.standard_normal((150, 9))
    assert abs(found_signal(noise, signal)) < 0.25
    assert found_signal(np.column_stack([noise, np.exp(2.0 * signal)]), signal) > 0.9

"""Magnetic resonance scanners of the synthetic hospitals: sampling, coil bias, noise, zero filling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.phantoms.shapes import Floats

FIELD_OF_VIEW_MM = 240.0


@dataclass(frozen=True, slots=True)
class MrScanner:
    """What differs between hospitals.

    ``noise`` is the standard deviation of each complex channel in signal units (fat is about 800),
    ``bias`` the amplitude of the coil's shading, ``contrast_gain`` the effect of the delay after injection.
    """

    manufacturer: str
    model: str
    field_tesla: float
    slices: int
    step_mm: float
    thickness_mm: float
    noise: float
    bias: float
    contrast_gain: float
    signal_scale: float
    repetition_ms: float
    echo_ms: float


SCANNERS: dict[str, MrScanner] = {
    "training": MrScanner(
        "Concilium phantom", "Hospital A", 3.0, 30, 5.0, 5.0, 11.0, 0.07, 1.0, 1.0, 600.0, 10.0
    ),
    "internal": MrScanner(
        "Concilium phantom", "Hospital A, second room", 3.0, 28, 5.5, 5.0, 14.0, 0.09, 0.97, 1.15, 580.0, 11.0
    ),
    "external": MrScanner(
        "Concilium phantom", "Hospital B", 3.0, 28, 5.5, 4.0, 19.0, 0.12, 0.9, 0.7, 700.0, 9.0
    ),
}


def slice_levels_mm(scanner: MrScanner) -> NDArray[np.float64]:
    """Levels of the slices from caudal to cranial; the nasopharynx (0) lies a little above the middle."""
    return np.asarray(
        (np.arange(scanner.slices) - 0.5 * (scanner.slices - 1)) * scanner.step_mm - 2.0, np.float64
    )


def bias_field(
    coefficients: NDArray[np.float64], columns_mm: Floats, rows_mm: Floats, z_mm: float, amplitude: float
) -> Floats:
    """Smooth multiplicative shading of the receive coils from a patient's eight coefficients."""
    x, y, z = columns_mm[None, :] / 120.0, rows_mm[:, None] / 120.0, z_mm / 80.0
    c = coefficients
    linear = c[0] * x + c[1] * y + c[2] * z
    curved = c[3] * x * y + c[4] * x * z + c[5] * y * z + c[6] * (x * x - 0.3) + c[7] * (y * y - 0.3)
    # Surface coils shade towards the lower neck, where the outermost elements end.
    ends = 1.0 - 0.25 * np.clip((-z_mm - 50.0) / 40.0, 0.0, 1.0) ** 2
    return np.asarray(np.exp(amplitude * (linear + curved)) * ends, dtype=np.float32)


@lru_cache(maxsize=4)
def _window(n: int) -> Floats:
    """Raised-cosine taper of the outer quarter of k-space, which tames Gibbs ringing."""
    k = np.abs(np.fft.fftfreq(n)) * 2.0
    edge = np.where(k < 0.75, 1.0, 0.5 + 0.5 * np.cos(np.pi * (k - 0.75) / 0.25 * 0.85))
    return np.outer(edge, edge).astype(np.float32)


def acquire(signal: Floats, noise: float, rng: np.random.Generator, zero_fill: int) -> Floats:
    """Magnitude image of a signal: complex noise in k-space, taper, zero filling by a whole factor.

    The result has ``zero_fill`` times the rows and columns; every ``zero_fill``-th sample lies where one of
    the input does. Noise is Rician in the magnitude.
    """
    from scipy import fft

    n = signal.shape[0]
    k = fft.fft2(signal.astype(np.complex64))
    parts = rng.standard_normal((2, n, n), dtype=np.float32)
    # White complex noise of standard deviation s per pixel and channel has n * s in k-space.
    k += np.complex64(noise * n) * (parts[0] + np.complex64(1j) * parts[1])
    k *= _window(n)
    if zero_fill == 1:
        return np.abs(fft.ifft2(k)).astype(np.float32)
    m, h = n * zero_fill, n // 2
    wide = np.zeros((m, m), dtype=np.complex64)
    wide[:h, :h], wide[:h, -h:] = k[:h, :h], k[:h, h:]
    wide[-h:, :h], wide[-h:, -h:] = k[h:, :h], k[h:, h:]
    return np.asarray(np.abs(fft.ifft2(wide, overwrite_x=True)) * np.float32(zero_fill**2), dtype=np.float32)

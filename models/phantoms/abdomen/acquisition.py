"""From painted Hounsfield units to a reconstructed slice: kernel, quantum noise, sampling."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.phantoms.abdomen.ct_scanner import CtScanner
from models.phantoms.shapes import Floats

LOWEST_HU, HIGHEST_HU = -1024, 3071
_LN2 = float(np.log(2.0))


@lru_cache(maxsize=16)
def transfer(size: int, pixel_mm: float, half_per_mm: float, edge_boost: float) -> Floats:
    """The kernel's modulation transfer (row, column of a real Fourier transform): half at ``half_per_mm``."""
    f = _frequency(size, pixel_mm) / half_per_mm
    boosted = 1.0 + edge_boost * f * f * np.exp(1.0 - f * f)
    mtf = np.exp(-_LN2 * f * f) * boosted
    mtf.flags.writeable = False
    return np.asarray(mtf, dtype=np.float32)


@lru_cache(maxsize=16)
def _noise_amplitude(size: int, pixel_mm: float, half_per_mm: float, edge_boost: float) -> Floats:
    """Amplitude spectrum of unit noise: the ramp's power times the squared transfer (Kijewski and Judy 1987).

    The unit is set on a fine grid, so that coarser pixels, which hold less of the spectrum, are quieter.
    """
    fine = size * max(512 // size, 1)
    scale = _shape(fine, pixel_mm * size / fine, half_per_mm, edge_boost)
    weight = np.full(scale.shape, 2.0)
    weight[:, 0] = weight[:, -1] = 1.0
    unit = float(np.sqrt((weight * scale**2).sum())) / (fine * fine)
    shape = _shape(size, pixel_mm, half_per_mm, edge_boost)
    return np.asarray(shape / (unit * fine * fine) * size * size, dtype=np.float32)


def _shape(size: int, pixel_mm: float, half_per_mm: float, edge_boost: float) -> NDArray[np.float64]:
    f = _frequency(size, pixel_mm)
    return np.sqrt(f) * transfer(size, pixel_mm, half_per_mm, edge_boost)


def _frequency(size: int, pixel_mm: float) -> NDArray[np.float64]:
    rows, columns = np.fft.fftfreq(size, pixel_mm), np.fft.rfftfreq(size, pixel_mm)
    return np.hypot(rows[:, None], columns[None, :])


def reconstruct(
    painted: Floats, scanner: CtScanner, noise_map: Floats, rng: np.random.Generator, size: int
) -> NDArray[np.int16]:
    """The slice on ``size`` rows and columns: blurred by the kernel, zero-filled, noise added.

    ``painted`` is square with at most ``size`` rows; its first sample stays the first. ``noise_map``
    (``size`` squared) is the standard deviation of the noise in HU, before the loss to coarse pixels.
    """
    from scipy import fft

    n = painted.shape[0]
    kernel = scanner.mtf_half_per_mm, scanner.edge_boost
    spectrum = fft.rfft2(painted)
    spectrum *= transfer(n, scanner.field_mm / n, *kernel)
    if n < size:
        wide = np.zeros((size, size // 2 + 1), dtype=np.complex64)
        half = n // 2
        wide[:half, :half] = spectrum[:half, :half]
        wide[-half:, :half] = spectrum[-half:, :half]
        wide *= np.float32((size / n) ** 2)
        spectrum = wide
    signal = fft.irfft2(spectrum, s=(size, size))
    parts = rng.standard_normal((size, size // 2 + 1, 2), dtype=np.float32).view(np.complex64)[..., 0]
    parts *= _noise_amplitude(size, scanner.field_mm / size, *kernel) * np.float32(np.sqrt(0.5))
    signal += noise_map * fft.irfft2(parts, s=(size, size))
    return np.asarray(np.rint(np.clip(signal, LOWEST_HU, HIGHEST_HU)), dtype=np.int16)

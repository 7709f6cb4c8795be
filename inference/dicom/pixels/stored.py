"""Stored pixel integers as int16: the one rule, for pixels copied here and for pixels decoded elsewhere."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.scan import Stack

UNSIGNED_16_SHIFT: Final = 32_768


def is_shifted(bits_stored: int, is_signed: bool) -> bool:
    """True when stored values do not fit int16 and are delivered less 32 768 (the intercept makes up)."""
    return bits_stored == 16 and not is_signed


def to_int16(raw: NDArray[np.generic], bits_stored: int, is_signed: bool) -> NDArray[np.int16]:
    """Map stored integers (8 or 16 bits allocated, any shape) to int16.

    Bits above ``bits_stored`` (overlays, PS3.5 8.1.1) are dropped and the sign is extended from its
    highest bit.
    """
    words: NDArray[np.uint16] = raw.astype(np.uint16, copy=False)
    if is_shifted(bits_stored, is_signed):
        shifted: NDArray[np.int16] = (words ^ np.uint16(0x8000)).view(np.int16)
        return shifted
    if bits_stored == 16:
        return words.view(np.int16)
    if is_signed:
        unused = 16 - bits_stored
        extended: NDArray[np.int16] = (words << np.uint16(unused)).view(np.int16) >> np.int16(unused)
        return extended
    masked: NDArray[np.int16] = (words & np.uint16((1 << bits_stored) - 1)).view(np.int16)
    return masked


def has_bits_above(raw: NDArray[np.generic], bits_stored: int, is_signed: bool) -> bool:
    """True when bits above ``bits_stored`` carry something else than the sign (PS3.5 8.1.1)."""
    width = raw.dtype.itemsize * 8
    if bits_stored >= width or not raw.size:
        return False
    words = raw.view(f"u{raw.dtype.itemsize}")
    if int(words.max()) >> bits_stored == 0:
        return False
    if not is_signed:
        return True
    above = words >> words.dtype.type(bits_stored - 1)
    all_set = (1 << (width - bits_stored + 1)) - 1
    return bool(((above > 1) & (above != all_set)).any())


def physical_values(stack: Stack, index: int, voxels: NDArray[np.int16]) -> NDArray[np.float64] | None:
    """Physical values (row, column) of one slice that was read by itself; None for a gap."""
    frame = stack.frames[index]
    if frame is None:
        return None
    shift = UNSIGNED_16_SHIFT if is_shifted(frame.bits_stored, frame.is_signed) else 0
    values: NDArray[np.float64] = (voxels.astype(np.float64) + shift) * frame.slope + frame.intercept
    return values

"""Colour pictures as grey ones, for looking at: nothing here is measured.

Source: PS3.3 C.7.6.3.1.2 (photometric interpretations), ITU-R BT.601 (weights of luminance).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_LUMINANCE: Final = (0.299, 0.587, 0.114)


def is_colour(photometric: str, samples: int) -> bool:
    """True when a picture is more than one grey value for each pixel."""
    return samples > 1 or photometric == "PALETTE COLOR"


def grey_of_colour(pixels: NDArray[np.generic], photometric: str, bits_stored: int) -> NDArray[np.uint16]:
    """Luminance (row, column), 0 to 255, of a picture (row, column, 3).

    JPEG 2000's reversible and irreversible colour transforms are undone by its decoder.
    """
    if photometric.startswith("YBR_FULL"):
        grey = pixels[..., 0].astype(np.uint16)
    else:
        weighted = pixels.astype(np.float32) @ np.array(_LUMINANCE, np.float32)
        grey = np.rint(weighted).astype(np.uint16)
    shifted: NDArray[np.uint16] = grey >> np.uint16(max(0, bits_stored - 8))
    return shifted


def grey_of_palette(
    indices: NDArray[np.generic], descriptors: NDArray[np.uint16], entries: NDArray[np.uint16]
) -> NDArray[np.uint16]:
    """Luminance (row, column), 0 to 255, of indices into a palette (PS3.3 C.7.6.3.1.5 and .6).

    ``descriptors`` are (3, 3): number of entries, first index, bits; ``entries`` (3, n) words, two
    8-bit entries in each where there are half as many as announced.
    """
    count, first, bits = (int(value) for value in descriptors[0])
    count = count or 1 << 16
    if entries.shape[1] * 2 == count + count % 2 and bits == 8:
        entries = np.ascontiguousarray(entries).astype("<u2").view(np.uint8).astype(np.uint16)
    if entries.shape[1] < count:
        raise ValueError("palette: fewer entries than announced")
    tables = entries[:, :count].astype(np.float32)
    if bits == 16 or tables.max(initial=0) > 255:
        tables /= 257.0
    luminance = np.rint(np.array(_LUMINANCE, np.float32) @ tables).astype(np.uint16)
    start = first - 0x10000 if first >= 0x8000 else first
    places = np.clip(indices.astype(np.int32) - start, 0, count - 1)
    grey: NDArray[np.uint16] = luminance[places]
    return grey

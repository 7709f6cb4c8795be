"""DICOM's run-length coding, bounded by the size of the picture.  Source: PS3.5 annex G."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.pixels.codestreams import CodestreamError

_HEADER_BYTES: Final = 64
_PADDING: Final = 2


def segment_bounds(content: bytes, segments: int) -> list[tuple[int, int]]:
    """First and last byte (exclusive) of each of ``segments`` segments.

    Raises
    ------
    CodestreamError
        When the header counts another number of segments, or places them where they cannot be.
    """
    if len(content) < _HEADER_BYTES:
        raise CodestreamError("truncated")
    count, *offsets = struct.unpack(f"<L{segments}L", content[: 4 + 4 * segments])
    if count != segments or segments > 15 or offsets[0] < _HEADER_BYTES:
        raise CodestreamError("codestream")
    bounds = list(zip(offsets, [*offsets[1:], len(content)], strict=True))
    if any(end <= begin for begin, end in bounds):
        raise CodestreamError("truncated" if bounds[-1][0] >= len(content) else "codestream")
    return bounds


def decode_rle(content: bytes, rows: int, columns: int, samples: int, bytes_each: int) -> NDArray[np.generic]:
    """Stored integers, (row, column, sample): uint8 or uint16.

    Raises
    ------
    CodestreamError
        When a segment does not hold one byte for each pixel.
    """
    planes = [
        _unpacked(content[begin:end], rows * columns)
        for begin, end in segment_bounds(content, samples * bytes_each)
    ]
    pixels = np.empty((rows * columns, samples), np.uint16 if bytes_each == 2 else np.uint8)
    for sample in range(samples):
        of_sample = planes[sample * bytes_each : (sample + 1) * bytes_each]
        if bytes_each == 2:
            high, low = of_sample
            pixels[:, sample] = high.astype(np.uint16) << np.uint16(8) | low
        else:
            pixels[:, sample] = of_sample[0]
    return pixels.reshape(rows, columns, samples)


def _unpacked(segment: bytes, length: int) -> NDArray[np.uint8]:
    """Undo PackBits until ``length`` bytes are there; only padding may follow."""
    unpacked = bytearray()
    position, end = 0, len(segment)
    while len(unpacked) < length and position < end:
        head = segment[position]
        if head < 128:
            unpacked += segment[position + 1 : position + 2 + head]
            position += 2 + head
        else:
            if head > 128:
                unpacked += segment[position + 1 : position + 2] * (257 - head)
            position += 2 if head > 128 else 1
    if len(unpacked) < length or position > end:
        raise CodestreamError("truncated")
    if any(segment[position + _PADDING :]):
        raise CodestreamError("shape")
    return np.frombuffer(unpacked, np.uint8, length)

"""Pixels that may pass as they are: as long as they must be, and nothing written between or above them."""

from __future__ import annotations

import struct
from collections.abc import Collection
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import UID

from inference.deidentification.elements import Pixels
from inference.deidentification.holding import HeldBackError
from inference.deidentification.source_object import SourceObject
from inference.dicom.syntaxes import STRUCTURE_SET

_ITEM_HEAD: Final = 8
_CHUNK: Final = 1 << 22


def checked_pixels(source: SourceObject, words: Collection[bytes]) -> Pixels | None:
    """The pixels of an object without bytes that are none; None for an object that has none.

    ``words`` name the patient: a compressed frame whose comments repeat one is held back.

    Raises
    ------
    HeldBackError
    """
    pixels, dataset = source.pixels, source.header
    if pixels is None:
        if source.sop_class != STRUCTURE_SET:
            raise HeldBackError("no_pixels")
        return None
    if pixels.is_encapsulated != UID(source.syntax).is_compressed and not _is_deflated(source.syntax):
        raise HeldBackError("syntax_mismatch")
    if pixels.is_encapsulated:
        _check_offset_table(pixels.value, _number(dataset, "NumberOfFrames", 1))
        _look_for(words, pixels.value)
        return pixels
    length = _native_length(dataset)
    if length > len(pixels.value):
        raise HeldBackError("pixel_extent")
    value: bytes | memoryview = memoryview(pixels.value)[:length]
    _refuse_hidden_bits(dataset, value, is_big_endian=source.is_big_endian)
    if length % 2:
        value = bytes(value) + b"\0"
    return Pixels(pixels.vr, value, False, is_padded=bool(length % 2))


def _is_deflated(syntax: str) -> bool:
    return bool(UID(syntax).is_deflated)


def _native_length(dataset: Dataset) -> int:
    bits = (
        _number(dataset, "Rows")
        * _number(dataset, "Columns")
        * _number(dataset, "SamplesPerPixel", 1)
        * _number(dataset, "NumberOfFrames", 1)
        * _number(dataset, "BitsAllocated")
    )
    if bits <= 0:
        raise HeldBackError("pixel_extent")
    return (bits + 7) // 8


def _number(dataset: Dataset, keyword: str, default: int = 0) -> int:
    value = dataset.get(keyword)
    if value is None:
        return default
    try:
        return int(value)
    except (TypeError, ValueError):
        raise HeldBackError("malformed") from None


def _refuse_hidden_bits(dataset: Dataset, value: bytes | memoryview, *, is_big_endian: bool) -> None:
    """Bits above the stored ones are zero or the sign; anything else may be an overlay with text in it."""
    allocated, stored = _number(dataset, "BitsAllocated"), _number(dataset, "BitsStored")
    if allocated == 1:
        return
    if allocated not in (8, 16) or not 1 <= stored <= allocated:
        raise HeldBackError("pixel_extent")
    if stored == allocated:
        return
    if _number(dataset, "HighBit") != stored - 1:
        raise HeldBackError("hidden_bits")
    kind = np.dtype(f"{'>' if is_big_endian else '<'}u{allocated // 8}")
    padding = _padding_words(dataset, allocated)
    above = np.uint16((1 << allocated) - (1 << stored))
    with_sign = np.uint16(above | 1 << (stored - 1))
    for start in range(0, len(value), _CHUNK):
        voxels = np.frombuffer(value[start : start + _CHUNK], kind)
        hidden = (voxels & above) != 0
        if not hidden.any():
            continue
        odd = voxels[hidden]
        is_sign = (odd & with_sign) == with_sign
        if not bool(np.all(is_sign | np.isin(odd, padding))):
            raise HeldBackError("hidden_bits")


def _padding_words(dataset: Dataset, allocated: int) -> list[int]:
    """The padding value may use every bit."""
    words = [dataset.get("PixelPaddingValue"), dataset.get("PixelPaddingRangeLimit")]
    return [word & ((1 << allocated) - 1) for word in words if isinstance(word, int)]


def _check_offset_table(value: bytes | memoryview, frames: int) -> None:
    """The first item is a table of ascending offsets, or empty, and nothing else."""
    size = int.from_bytes(value[4:8], "little")
    table = value[_ITEM_HEAD : _ITEM_HEAD + size]
    if len(value) <= _ITEM_HEAD + size:
        raise HeldBackError("pixel_extent")
    if size == 0:
        return
    if size != 4 * frames:
        raise HeldBackError("pixel_extent")
    offsets = struct.unpack(f"<{frames}L", table)
    if offsets[0] != 0 or list(offsets) != sorted(set(offsets)) or offsets[-1] >= len(value):
        raise HeldBackError("pixel_extent")


def _look_for(words: Collection[bytes], value: bytes | memoryview) -> None:
    content = bytes(value)
    if any(word in content for word in words):
        raise HeldBackError("identity_in_pixels")

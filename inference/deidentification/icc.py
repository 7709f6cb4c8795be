"""A colour profile without its words: descriptions and copyright lines become blanks, numbers stay."""

from __future__ import annotations

import struct
from typing import Final

_HEADER: Final = 128
_NUMERIC: Final = frozenset({
    b"XYZ ", b"curv", b"para", b"sf32", b"uf32", b"mft1", b"mft2", b"mAB ", b"mBA ", b"chrm", b"meas",
})  # fmt: skip
_ENTRY: Final = struct.Struct(">4sLL")
_MOST_TAGS: Final = 64
# Bytes of the header that a maker may fill: preferred CMM, date, device maker and model, creator, profile
# id, reserved. Source: ICC.1:2022, 7.2.
_FREE_FIELDS: Final = ((4, 8), (24, 36), (48, 56), (80, 128))


def wordless_profile(profile: bytes) -> bytes | None:
    """The profile with only its numbers; None when it is none."""
    if len(profile) < _HEADER + 4 or profile[36:40] != b"acsp":
        return None
    size = int.from_bytes(profile[:4], "big")
    (count,) = struct.unpack_from(">L", profile, _HEADER)
    table_end = _HEADER + 4 + count * _ENTRY.size
    if not table_end <= size <= len(profile) or count > _MOST_TAGS:
        return None
    clean = bytearray(size)
    clean[:table_end] = profile[:table_end]
    for begin, end in _FREE_FIELDS:
        clean[begin:end] = bytes(end - begin)
    for index in range(count):
        signature, offset, length = _ENTRY.unpack_from(profile, _HEADER + 4 + index * _ENTRY.size)
        if not signature.isascii() or offset < table_end or offset + length > size or length < 8:
            return None
        kind = profile[offset : offset + 4]
        clean[offset : offset + length] = (
            profile[offset : offset + length] if kind in _NUMERIC else _blank(length)
        )
    return bytes(clean) + b"\0" * (size % 2)


def _blank(length: int) -> bytes:
    return (b"text" + bytes(4)).ljust(length, b" ")[: length - 1] + b"\0"

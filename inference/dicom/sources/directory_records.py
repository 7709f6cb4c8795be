"""The file references of a DICOMDIR, found by walking its directory records.  Runs in the reader process.

Source: PS3.3 F.3 (Basic Directory IOD), PS3.10 chapter 8.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

_LARGEST: Final = 64 << 20
_MOST_REFERENCES: Final = 100_000
_MOST_LETTERS: Final = 2 << 20
_LONGEST_REFERENCE: Final = 1024
_DEEPEST: Final = 16

_RECORDS: Final = 0x00041220
_IN_USE: Final = 0x00041410
_FILE_ID: Final = 0x00041500
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_UNDEFINED: Final = 0xFFFFFFFF
_LONG_LENGTH_VRS: Final = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)


class _BrokenOffError(Exception):
    """The records end or contradict themselves; what was read before counts."""


def directory_references(stream: BinaryIO) -> tuple[str, ...]:
    """Referenced File IDs (0004,1500) of the records in use, as written, in the order of the file.

    Their components are separated by backslashes.  What follows a broken record is not read.
    """
    data = stream.read(_LARGEST)
    references: list[str] = []
    letters = 0
    try:
        for reference in _references(data):
            letters += len(reference)
            if len(references) == _MOST_REFERENCES or letters > _MOST_LETTERS:
                break
            references.append(reference)
    except (_BrokenOffError, struct.error):
        pass
    return tuple(references)


def _references(data: bytes) -> Iterator[str]:
    offset = 132 if data[128:132] == b"DICM" else 0
    while data[offset : offset + 2] == b"\x02\x00":
        _, _, length, begin = _head(data, offset, explicit=True)
        offset = begin + length
    explicit = data[offset + 4 : offset + 6].isalpha()
    while offset < len(data):
        tag, _, length, begin = _head(data, offset, explicit)
        if tag == _RECORDS:
            yield from _of_records(data, begin, length, explicit)
            return
        offset = _behind(data, length, begin, explicit, 1)


def _of_records(data: bytes, offset: int, length: int, explicit: bool) -> Iterator[str]:
    end = len(data) if length == _UNDEFINED else min(len(data), offset + length)
    while offset < end:
        tag, _, length, begin = _head(data, offset, explicit)
        if tag == _SEQUENCE_END:
            return
        if tag != _ITEM:
            raise _BrokenOffError
        offset, reference, in_use = begin, "", True
        item_end = end if length == _UNDEFINED else min(end, begin + length)
        while offset < item_end:
            tag, _, length, begin = _head(data, offset, explicit)
            if tag == _ITEM_END:
                offset = begin
                break
            if tag == _FILE_ID:
                raw = data[begin : begin + min(length, _LONGEST_REFERENCE)]
                reference = raw.decode("latin-1").strip(" \0")
            elif tag == _IN_USE and length == 2:
                in_use = data[begin : begin + 2] != b"\0\0"
            offset = _behind(data, length, begin, explicit, 1)
        if reference and in_use:
            yield reference


def _head(data: bytes, offset: int, explicit: bool) -> tuple[int, bytes, int, int]:
    """Tag, VR, length and the offset of the value."""
    group, number = struct.unpack_from("<HH", data, offset)
    tag = group << 16 | number
    if group == 0xFFFE or not explicit:
        return tag, b"", struct.unpack_from("<L", data, offset + 4)[0], offset + 8
    vr = data[offset + 4 : offset + 6]
    if vr in _LONG_LENGTH_VRS:
        return tag, vr, struct.unpack_from("<L", data, offset + 8)[0], offset + 12
    return tag, vr, struct.unpack_from("<H", data, offset + 6)[0], offset + 8


def _behind(data: bytes, length: int, begin: int, explicit: bool, depth: int) -> int:
    """The offset behind a value; one of undefined length is a sequence and is walked."""
    if length != _UNDEFINED:
        return begin + length
    if depth > _DEEPEST:
        raise _BrokenOffError
    offset = begin
    while True:
        tag, _, length, begin = _head(data, offset, explicit)
        if tag == _SEQUENCE_END:
            return begin
        if tag != _ITEM:
            raise _BrokenOffError
        offset = begin
        if length != _UNDEFINED:
            offset += length
            continue
        while True:
            tag, _, length, begin = _head(data, offset, explicit)
            if tag == _ITEM_END:
                offset = begin
                break
            offset = _behind(data, length, begin, explicit, depth + 1)

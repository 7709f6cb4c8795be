"""What may follow the pixels: further elements, or nothing; else these are not the pixels."""

from __future__ import annotations

import struct
from typing import Final

from inference.dicom.headers.elements import EXPLICIT_BE, IMPLICIT_LE, PIXEL_DATA

_UNDEFINED: Final = 0xFFFFFFFF
_SHORT_HEAD, _LONG_HEAD = 8, 12
_LONG_LENGTH_VRS: Final = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)


def ends_as_it_should(tail: bytes | memoryview, syntax: str) -> bool:
    """True when these bytes are elements with ascending tags above the pixel data, or zeros, or none.

    A length that is wrong, or a pixel element in the wrong place, would make pixels of other bytes.
    """
    if not any(tail):
        return True
    order = ">" if syntax == EXPLICIT_BE else "<"
    place, last = 0, PIXEL_DATA
    while place < len(tail):
        if place + _SHORT_HEAD > len(tail):
            return not any(tail[place:])
        group, number = struct.unpack_from(order + "HH", tail, place)
        tag = group << 16 | number
        if tag <= last:
            return not any(tail[place:])
        begin, length = _extent(tail, place, order, is_explicit=syntax != IMPLICIT_LE)
        if length == _UNDEFINED:
            return True  # a sequence: the last thing that PS3.10 puts there is a signature
        place, last = begin + length, tag
        if place > len(tail):
            return False
    return True


def _extent(tail: bytes | memoryview, place: int, order: str, *, is_explicit: bool) -> tuple[int, int]:
    """Where the value of an element begins, and its length; a length beyond all bytes when it has no head."""
    if not is_explicit:
        return place + _SHORT_HEAD, struct.unpack_from(order + "L", tail, place + 4)[0]
    vr = bytes(tail[place + 4 : place + 6])
    if vr not in _LONG_LENGTH_VRS:
        length = struct.unpack_from(order + "H", tail, place + 6)[0]
        return place + _SHORT_HEAD, length if vr.isalpha() and vr.isupper() else len(tail) + 1
    if place + _LONG_HEAD > len(tail):
        return place, len(tail) + 1
    return place + _LONG_HEAD, struct.unpack_from(order + "L", tail, place + 8)[0]

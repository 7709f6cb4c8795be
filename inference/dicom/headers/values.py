"""Numbers and texts from the bytes of one element, whether written as text or in binary."""

from __future__ import annotations

import math
import struct
from types import MappingProxyType
from typing import Final

from inference.dicom.headers.elements import Element

_BINARY_CODES: Final = MappingProxyType(
    {
        b"US": "H",
        b"SS": "h",
        b"UL": "L",
        b"SL": "l",
        b"FL": "f",
        b"FD": "d",
        b"UV": "Q",
        b"SV": "q",
    }
)

IMPLICIT_VRS: Final = MappingProxyType(
    {
        0x00189075: b"CS",
        0x00189079: b"FD",
        0x00189082: b"FD",
        0x00189087: b"FD",
        0x00189089: b"FD",
        0x0019100A: b"US",
        0x00209057: b"UL",
        0x00209128: b"UL",
        0x0020930D: b"FD",
        0x00209153: b"FD",
        0x00209156: b"US",
        0x00209162: b"US",
        0x00209241: b"FL",
        0x00209245: b"FL",
        0x00209163: b"US",
        0x00209228: b"UL",
        0x00409224: b"FD",
        0x00409225: b"FD",
        0x20011003: b"FL",
        0x2005100E: b"FL",
    }
)
"""Binary VRs of the tags that are read, for syntaxes that do not write the VR."""


def binary_numbers(element: Element, tag: int, *, big: bool) -> tuple[float, ...] | None:
    """The numbers of an element with a binary VR; None when it holds text."""
    vr = element.vr if element.vr not in (b"", b"UN") else IMPLICIT_VRS.get(tag, b"")
    code = _BINARY_CODES.get(vr)
    if code is None:
        return None
    count = len(element.value) // struct.calcsize("<" + code)
    return struct.unpack_from(f"{'>' if big else '<'}{count}{code}", element.value)


def shown_number(value: float) -> str:
    """A number as text: whole numbers without a point, others with at most seven digits."""
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.7g}"

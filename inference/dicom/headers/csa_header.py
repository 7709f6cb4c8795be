"""The CSA header of Siemens MR images: a list of named values, read within its bounds.

Runs in the reader process.  Source: the layout as nibabel and GDCM document it; there is no other.
"""

from __future__ import annotations

import re
import struct
from typing import Final

_MAGIC: Final = b"SV10"
_TAG: Final = struct.Struct("<64s4x4sii4x")
_ITEM: Final = struct.Struct("<4i")
_MOST_TAGS: Final = 1000
_MOST_ITEMS: Final = 1000
_PROTOCOL_BEGIN, _PROTOCOL_END = b"### ASCCONV BEGIN", b"### ASCCONV END"
_POSITION: Final = re.compile(
    rb"^[ \t]{0,8}sSliceArray\.asSlice\[(\d{1,4})\]\.sPosition\.d(Sag|Cor|Tra)[ \t]{0,32}=[ \t]{0,32}"
    rb"(-?[\d.eE+-]{1,32})[ \t\r]{0,8}$",
    re.MULTILINE,
)
_AXES: Final = (b"Sag", b"Cor", b"Tra")


def csa_values(data: bytes) -> dict[str, tuple[str, ...]]:
    """Names and texts of a CSA header, of its first kind or of the second (``SV10``).

    What is cut short or out of bounds ends the list; an empty mapping is no CSA header.
    """
    is_second = data[:4] == _MAGIC
    offset = 8 if is_second else 0
    if len(data) < offset + 8:
        return {}
    count, check = struct.unpack_from("<II", data, offset)
    if check not in (77, 205) or count > _MOST_TAGS:
        return {}
    offset += 8
    values: dict[str, tuple[str, ...]] = {}
    base: int | None = None
    for _ in range(count):
        if offset + _TAG.size > len(data):
            break
        name, _, _, items = _TAG.unpack_from(data, offset)
        offset += _TAG.size
        base = items if base is None else base
        if not 0 <= items <= _MOST_ITEMS:
            break
        texts: list[str] = []
        for _ in range(items):
            if offset + _ITEM.size > len(data):
                return values
            first, second, *_ = _ITEM.unpack_from(data, offset)
            offset += _ITEM.size
            length = second if is_second else first - base
            if length < 0 or offset + length > len(data):
                return values
            text = data[offset : offset + length].split(b"\0")[0].decode("latin-1").strip()
            texts += [text] if text else []
            offset += (length + 3) // 4 * 4
        values[name.split(b"\0")[0].decode("latin-1")] = tuple(texts)
    return values


def slice_positions(data: bytes) -> list[tuple[float, float, float]]:
    """Centres of the slices (LPS, mm) as the protocol in a CSA series header states them, in its order.

    Coordinates that are not written are zero.
    """
    begin = data.find(_PROTOCOL_BEGIN)
    end = data.find(_PROTOCOL_END, begin)
    if begin < 0 or end < 0:
        return []
    found: dict[int, list[float]] = {}
    for index, axis, text in _POSITION.findall(data[begin:end]):
        try:
            found.setdefault(int(index), [0.0, 0.0, 0.0])[_AXES.index(axis)] = float(text)
        except ValueError:
            return []
    places = [found.get(index, [0.0, 0.0, 0.0]) for index in range(max(found, default=-1) + 1)]
    return [(place[0], place[1], place[2]) for place in places]

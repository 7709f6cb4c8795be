"""A cleaned object as plain values, and the bytes that a file of it consists of.  Source: PS3.5 chapter 7."""

from __future__ import annotations

import struct
import uuid
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from inference.deidentification.values import padded
from inference.dicom.headers.elements import DEFLATED_LE, EXPLICIT_BE, IMPLICIT_LE, PIXEL_DATA
from inference.version import NAME, VERSION

IMPLEMENTATION_UID: Final = f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, NAME).int}"
_LONG_LENGTH_VRS: Final = frozenset(
    ("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV")
)
_UNDEFINED: Final = 0xFFFFFFFF
_PREAMBLE: Final = bytes(128) + b"DICM"


@dataclass(frozen=True, slots=True)
class Element:
    """One attribute: bytes in the object's byte order, or the items of a sequence."""

    tag: int
    vr: str
    value: bytes | tuple[tuple[Element, ...], ...]


@dataclass(frozen=True, slots=True)
class Pixels:
    """The value of (7FE0,0010) as it lies in the source; encapsulated items without their delimiter."""

    vr: str
    value: bytes | memoryview
    is_encapsulated: bool
    is_padded: bool = False


@dataclass(frozen=True, slots=True)
class EncodedObject:
    """A whole file; ``pixel_offset`` is where the pixels begin in it, -1 where they lie in deflated bytes."""

    parts: tuple[bytes | memoryview, ...]
    pixel_offset: int

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(map(len, self.parts))


def encode_object(
    elements: Sequence[Element], pixels: Pixels | None, *, syntax: str, sop_class: str, sop_uid: str
) -> EncodedObject:
    """A file with an empty preamble, a meta header of our own, and these elements in the order of their tags.

    ``elements`` lie below the pixel data and ascend.
    """
    writer = _Writer(explicit=syntax != IMPLICIT_LE, big=syntax == EXPLICIT_BE)
    head = _PREAMBLE + _meta(syntax, sop_class, sop_uid)
    body = writer.elements(elements)
    if pixels is None:
        parts: list[bytes | memoryview] = [body]
    else:
        body += writer.head(
            PIXEL_DATA, pixels.vr, _UNDEFINED if pixels.is_encapsulated else len(pixels.value)
        )
        tail = writer.delimiter() if pixels.is_encapsulated else b""
        parts = [body, pixels.value, tail]
    if syntax == DEFLATED_LE:
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        packed = b"".join(packer.compress(part) for part in parts) + packer.flush()
        return EncodedObject((head, packed + b"\0" * (len(packed) % 2)), -1)
    return EncodedObject((head, *parts), len(head) + len(body) if pixels is not None else -1)


def _meta(syntax: str, sop_class: str, sop_uid: str) -> bytes:
    writer = _Writer(explicit=True, big=False)
    body = writer.elements(
        [
            Element(0x00020001, "OB", b"\0\1"),
            Element(0x00020002, "UI", sop_class.encode("ascii")),
            Element(0x00020003, "UI", sop_uid.encode("ascii")),
            Element(0x00020010, "UI", syntax.encode("ascii")),
            Element(0x00020012, "UI", IMPLEMENTATION_UID.encode("ascii")),
            Element(0x00020013, "SH", f"CONCILIUM {VERSION}"[:16].encode("ascii")),
        ]
    )
    return writer.elements([Element(0x00020000, "UL", struct.pack("<L", len(body)))]) + body


class _Writer:
    """Elements to bytes, for one transfer syntax."""

    def __init__(self, *, explicit: bool, big: bool) -> None:
        order = ">" if big else "<"
        self._explicit = explicit
        self._tag = struct.Struct(order + "HH")
        self._short = struct.Struct(order + "H")
        self._long = struct.Struct(order + "L")

    def elements(self, elements: Iterable[Element]) -> bytes:
        """The elements one behind the other; sequences and items with their lengths."""
        return b"".join(map(self._element, elements))

    def _element(self, element: Element) -> bytes:
        if isinstance(element.value, bytes):
            value = padded(element.value, element.vr)
        else:
            value = b"".join(self._item(item) for item in element.value)
        return self.head(element.tag, element.vr, len(value)) + value

    def _item(self, item: tuple[Element, ...]) -> bytes:
        body = self.elements(item)
        return self._tag.pack(0xFFFE, 0xE000) + self._long.pack(len(body)) + body

    def head(self, tag: int, vr: str, length: int) -> bytes:
        """Tag, representation where one is written, and length."""
        head = self._tag.pack(tag >> 16, tag & 0xFFFF)
        if not self._explicit:
            return head + self._long.pack(length)
        if vr in _LONG_LENGTH_VRS:
            return head + vr.encode("ascii") + b"\0\0" + self._long.pack(length)
        return head + vr.encode("ascii") + self._short.pack(length)

    def delimiter(self) -> bytes:
        """The end of a sequence of undefined length."""
        return self._tag.pack(0xFFFE, 0xE0DD) + self._long.pack(0)

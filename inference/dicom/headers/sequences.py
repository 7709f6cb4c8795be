"""Items of a DICOM sequence, read from its bytes within bounds; what is not wanted is stepped over.

Runs in the reader process, on sequences whose extent the header walk has checked.  Source: PS3.5 7.5.
"""

from __future__ import annotations

import struct
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Final

from inference.dicom.headers.elements import Element, MalformedError, SequenceBytes

_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_UNDEFINED: Final = 0xFFFFFFFF
_LONG_LENGTH_VRS: Final = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
_DEEPEST: Final = 16
_LONGEST_VALUE: Final = 1 << 16
_MOST_ITEMS: Final = 1 << 16


@dataclass(slots=True)
class Item:
    """One item: the wanted elements, and the items of the wanted sequences in it."""

    elements: dict[int, Element] = field(default_factory=dict)
    sequences: dict[int, list[Item]] = field(default_factory=dict)

    def first(self, *tags: int) -> Item | None:
        """The first item of the sequence named by ``tags``, one level for each; None when there is none."""
        item: Item | None = self
        for tag in tags:
            items = item.sequences.get(tag) if item is not None else None
            item = items[0] if items else None
        return item


def read_items(
    sequence: SequenceBytes, *, big: bool, wanted: Container[int], nested: Container[int]
) -> list[Item]:
    """The items of ``sequence`` with the ``wanted`` elements and the ``nested`` sequences.

    Raises
    ------
    MalformedError
        When lengths lead out of the bytes, items nest deeper than 16 levels, or there are too many.
    """
    reader = _Reader(sequence.value, big, wanted, nested)
    items, _ = reader.items(0, len(sequence.value), sequence.is_explicit, 1, keep=True)
    return items


class _Reader:
    """One pass over the bytes of a sequence."""

    def __init__(self, data: bytes, big: bool, wanted: Container[int], nested: Container[int]) -> None:
        self._data = data
        order = ">" if big else "<"
        self._implicit = struct.Struct(order + "HHL")
        self._explicit = struct.Struct(order + "HH2sH")
        self._long = struct.Struct(order + "L")
        self._wanted = wanted
        self._nested = nested
        self._count = 0

    def items(self, offset: int, end: int, explicit: bool, depth: int, keep: bool) -> tuple[list[Item], int]:
        """Items from ``offset`` to ``end`` or to the delimiter, and the offset behind them."""
        if depth > _DEEPEST:
            raise MalformedError("nesting")
        found: list[Item] = []
        while offset + 8 <= end:
            group, number, length = self._implicit.unpack_from(self._data, offset)
            tag, offset = group << 16 | number, offset + 8
            if tag == _SEQUENCE_END:
                return found, offset
            self._count += 1
            if tag != _ITEM or self._count > _MOST_ITEMS:
                raise MalformedError("item")
            item_end = end if length == _UNDEFINED else offset + length
            if item_end > end:
                raise MalformedError("length")
            item = Item()
            offset = self._item(item, offset, item_end, explicit, depth, keep)
            if keep:
                found.append(item)
        return found, end

    def _item(self, item: Item, offset: int, end: int, explicit: bool, depth: int, keep: bool) -> int:
        """Fill ``item``; the offset behind it."""
        while offset + 8 <= end:
            tag, vr, length, begin = self._head(offset, explicit)
            if tag == _ITEM_END:
                return begin
            if length == _UNDEFINED or vr == b"SQ" or tag in self._nested:
                wanted = keep and tag in self._nested
                stop = end if length == _UNDEFINED else begin + length
                if stop > end:
                    raise MalformedError("length")
                if wanted or length == _UNDEFINED:
                    has_vr = explicit and vr != b"UN"
                    items, offset = self.items(begin, stop, has_vr, depth + 1, wanted)
                    if wanted:
                        item.sequences[tag] = items
                if length != _UNDEFINED:
                    offset = stop
                continue
            offset = begin + length
            if offset > end:
                raise MalformedError("length")
            if keep and tag in self._wanted:
                item.elements[tag] = Element(vr, self._data[begin : begin + min(length, _LONGEST_VALUE)])
        return end

    def _head(self, offset: int, explicit: bool) -> tuple[int, bytes, int, int]:
        """Tag, VR, length and the offset of the value."""
        group, number, length = self._implicit.unpack_from(self._data, offset)
        tag = group << 16 | number
        if group == 0xFFFE or not explicit:
            return tag, b"", length, offset + 8
        _, _, vr, short = self._explicit.unpack_from(self._data, offset)
        if not (vr.isalpha() and vr.isupper()):
            raise MalformedError("value representation")
        if vr in _LONG_LENGTH_VRS:
            if offset + 12 > len(self._data):
                raise MalformedError("end")
            return tag, vr, self._long.unpack_from(self._data, offset + 8)[0], offset + 12
        return tag, vr, short, offset + 8

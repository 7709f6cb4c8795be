"""An object as it is stored: bytes by tag, and items within items, before anything makes sense of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from inference.deidentification.values import stripped

DEEPEST: Final = 16


@dataclass(frozen=True, slots=True)
class RawValue:
    """One value: its representation as stated, or by the dictionary where none is (``UN``: by neither).

    ``value`` is bytes in the byte order ``is_little_endian``, or the items of a sequence.
    """

    vr: str
    value: bytes | tuple[RawItem, ...]
    is_little_endian: bool


RawItem = dict[int, RawValue]


def raw_item(dataset: Dataset, depth: int = 0) -> RawItem:
    """Take the values out of a data set that nobody has asked anything yet.

    Asking pydicom for one value replaces stored bytes, sometimes of another element too, so all are taken
    before the first sequence is opened.
    """
    found = {int(tag): dataset.get_item(tag) for tag in list(dataset.keys())}
    item: RawItem = {}
    for tag, element in found.items():
        known = dictionary_VR(tag) if dictionary_has_tag(tag) else "UN"
        stated = known if element.VR in (None, "UN") else str(element.VR)
        if stated == "SQ" and depth < DEEPEST:
            item[tag] = RawValue("SQ", _items(dataset, tag, depth), True)
        elif isinstance(element, RawDataElement) and isinstance(element.value, bytes):
            item[tag] = RawValue(stated, element.value, element.is_little_endian)
        else:
            item[tag] = RawValue(stated, b"", True)  # an empty value that pydicom has made sense of already
    return item


def _items(dataset: Dataset, tag: int, depth: int) -> tuple[RawItem, ...]:
    try:
        items = list(dataset[tag].value)
    except Exception:
        if tag >> 16 & 1:
            return ()  # a private sequence that cannot be read is removed like any other
        raise
    return tuple(raw_item(item, depth + 1) for item in items)


def text_of(item: RawItem, tag: int) -> bytes:
    """The bytes of a text value without padding; empty when it is absent or no text."""
    found = item.get(tag)
    return stripped(found.value) if found is not None and isinstance(found.value, bytes) else b""


def unsigned_of(item: RawItem, tag: int) -> int | None:
    """The first of the values of an element of 16-bit numbers; None when there is none."""
    found = item.get(tag)
    if found is None or not isinstance(found.value, bytes) or len(found.value) < 2:
        return None
    return int.from_bytes(found.value[:2], "little" if found.is_little_endian else "big")

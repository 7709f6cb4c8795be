"""Scales of pixel values beside Modality rescale: named, never applied.

Pixel Value Transformation (or rescale) is used for display; Philips' private slope (2005,100E) and Real
World Value Mapping lead to other numbers.  Source: Chenevert et al., Transl Oncol 2014;7:65-71.
Runs in the reader process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from inference.dicom.headers.elements import Element, Header
from inference.dicom.headers.private_tags import private_element
from inference.dicom.headers.sequences import Item, read_items

REAL_WORLD_VALUES: Final = 0x00409096
_UNITS, _CODE = 0x004008EA, 0x00080100
_INTERCEPT, _SLOPE = 0x00409224, 0x00409225
_HOUNSFIELD: Final = "[hnsf'U]"
_PHILIPS_GROUPS: Final = (0x2005140F, 0x2005140E)
_LONGEST_UNIT: Final = 64


def named_scales(header: Header, groups: Sequence[Item]) -> tuple[str, ...]:
    """What other scales a file carries, in words that need no translation.

    ``groups`` are items of functional groups in which they may stand.  Hounsfield units as a real-world
    value are what a CT has anyway.
    """
    layers = [header.elements]
    mapped: list[Item] = []
    top = header.sequences.get(REAL_WORLD_VALUES)
    if top is not None:
        nested = (_UNITS,)
        mapped += read_items(top, big=header.is_big_endian, wanted=(_CODE, _SLOPE, _INTERCEPT), nested=nested)
    for item in groups:
        mapped += item.sequences.get(REAL_WORLD_VALUES, [])
        layers += [found.elements for tag in _PHILIPS_GROUPS if (found := item.first(tag)) is not None]
    names: dict[str, None] = {}
    if any(private_element(elements, "scale slope, Philips") is not None for elements in layers):
        names["Philips (2005,100E)"] = None
    for item in mapped:
        units = item.first(_UNITS)
        unit = _text(units.elements.get(_CODE)) if units is not None else ""
        if unit != _HOUNSFIELD:
            names[f"Real World Value ({unit or '–'})"] = None
    return tuple(names)[:8]


def _text(element: Element | None) -> str:
    raw = element.value if element is not None else b""
    text = raw.decode("ascii", "replace").strip(" \0")[:_LONGEST_UNIT]
    return "".join(letter for letter in text if letter.isprintable())

"""Private elements, found through the creator that reserved their block (PS3.5 7.8.1).

Sources: the conformance statements of Siemens (Numaris/4), Philips (Achieva, Ingenia) and GE (DV).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from inference.dicom.headers.elements import Element
from inference.dicom.headers.values import binary_numbers, shown_number

_BLOCKS: Final = range(0x10, 0x16)
_ELEMENTS: Final = MappingProxyType(
    {
        "mosaic tiles": (0x0019, "SIEMENS MR HEADER", 0x0A),
        "b-value, Siemens": (0x0019, "SIEMENS MR HEADER", 0x0C),
        "CSA image header": (0x0029, "SIEMENS CSA HEADER", 0x10),
        "CSA series header": (0x0029, "SIEMENS CSA HEADER", 0x20),
        "b-value, GE": (0x0043, "GEMS_PARM_01", 0x39),
        "b-value, Philips": (0x2001, "Philips Imaging DD 001", 0x03),
        "scale slope, Philips": (0x2005, "Philips MR Imaging DD 001", 0x0E),
    }
)
_B_VALUE: Final = 0x00189087
_B_VALUE_CREATORS: Final = frozenset(
    group << 16 | block for name, (group, _, _) in _ELEMENTS.items() if "b-value" in name for block in _BLOCKS
)
_GE_FLAG: Final = 1_000_000_000
"""GE adds it to a b-value that is stored as such."""


def _tags(*names: str) -> frozenset[int]:
    creators = {_ELEMENTS[name][0] << 16 | block for name in names for block in _BLOCKS}
    numbers = {
        _ELEMENTS[name][0] << 16 | block << 8 | _ELEMENTS[name][2] for name in names for block in _BLOCKS
    }
    return frozenset(creators | numbers)


SMALL_PRIVATE_TAGS: Final = _tags(*(name for name in _ELEMENTS if not name.startswith("CSA")))
"""Creators and elements that every header is read for."""

CSA_TAGS: Final = _tags("CSA image header", "CSA series header", "mosaic tiles")
"""Creators and elements that only a mosaic is read for: they are long."""

PHILIPS_SCALE_TAGS: Final = _tags("scale slope, Philips")


def private_element(elements: Mapping[int, Element], name: str) -> tuple[int, Element] | None:
    """Tag and element called ``name`` here; None when no block of its creator holds it."""
    group, creator, number = _ELEMENTS[name]
    for block in _BLOCKS:
        reserved = elements.get(group << 16 | block)
        if reserved is None or reserved.value.decode("ascii", "replace").strip(" \0") != creator:
            continue
        tag = group << 16 | block << 8 | number
        if tag in elements:
            return tag, elements[tag]
    return None


def private_number(elements: Mapping[int, Element], name: str, *, big: bool) -> float | None:
    """The first number of a private element, binary or text."""
    found = private_element(elements, name)
    if found is None:
        return None
    tag, element = found
    numbers = binary_numbers(element, tag, big=big)
    if numbers is not None:
        return numbers[0] if numbers else None
    try:
        return float(element.value.decode("ascii", "replace").split("\\")[0].strip(" \0"))
    except ValueError:
        return None


def with_private_b_value(elements: dict[int, Element], *, big: bool) -> dict[int, Element]:
    """``elements``, with the diffusion b-value (s/mm²) that only a maker's own element states."""
    if _B_VALUE in elements or elements.keys().isdisjoint(_B_VALUE_CREATORS):
        return elements
    for maker in ("Siemens", "GE", "Philips"):
        value = private_number(elements, f"b-value, {maker}", big=big)
        if value is not None and value >= 0:
            text = shown_number(value % _GE_FLAG if maker == "GE" else value)
            return elements | {_B_VALUE: Element(b"DS", text.encode("ascii"))}
    return elements

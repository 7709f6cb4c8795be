"""Contrast as enhanced objects state it: an agent in a sequence, and per frame whether it was given.

Laid out under the tags of a classic image.  Source: PS3.3 C.7.6.4b, C.7.6.16.2.12.
Runs in the reader process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from inference.dicom.headers.elements import Element, Header
from inference.dicom.headers.sequences import Item, read_items
from inference.dicom.headers.tags import TAGS

_AGENTS: Final = 0x00180012
_ROUTES: Final = 0x00180014
_MEANING: Final = 0x00080104
_VOLUME: Final = 0x00181041
_USAGE: Final = 0x00189341
_ADMINISTERED: Final = 0x00189342
_NOT_GIVEN: Final = b"NO"


def with_contrast(header: Header, groups: Sequence[Item]) -> dict[int, Element]:
    """The file's elements, with what sequences say of contrast where the classic tags are silent.

    ``groups`` are items of functional groups; where every use of an agent that they state is "not
    administered", the agent reads ``NO``.
    """
    agents = header.sequences.get(_AGENTS)
    if agents is None or _is_stated(header.elements, "ContrastBolusAgent"):
        return header.elements
    elements = dict(header.elements)
    wanted, nested = (_MEANING, _VOLUME), (_ROUTES,)
    for item in read_items(agents, big=header.is_big_endian, wanted=wanted, nested=nested)[:1]:
        if _MEANING in item.elements:
            elements[TAGS["ContrastBolusAgent"]] = item.elements[_MEANING]
        if _VOLUME in item.elements and not _is_stated(elements, "ContrastBolusVolume"):
            elements[TAGS["ContrastBolusVolume"]] = item.elements[_VOLUME]
        route = item.first(_ROUTES)
        if route is not None and _MEANING in route.elements:
            elements.setdefault(TAGS["ContrastBolusRoute"], route.elements[_MEANING])
    given = {
        use.elements[_ADMINISTERED].value.strip(b" \0")
        for group in groups
        for use in group.sequences.get(_USAGE, [])
        if _ADMINISTERED in use.elements
    }
    if given == {_NOT_GIVEN}:
        elements[TAGS["ContrastBolusAgent"]] = Element(b"LO", _NOT_GIVEN)
    return elements


def _is_stated(elements: dict[int, Element], keyword: str) -> bool:
    element = elements.get(TAGS[keyword])
    return element is not None and bool(element.value.strip(b" \0"))

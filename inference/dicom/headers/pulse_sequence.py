"""The pulse sequence of an enhanced MR object in the words of a classic one.

Enhanced objects say SPIN, GRADIENT or BOTH where classic ones list SE, GR, IR and EP.  Source: PS3.3
C.8.13.4 and C.8.13.5.1, C.8.3.1.  Runs in the reader process.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from inference.dicom.headers.elements import Element
from inference.dicom.headers.tags import TAGS

_KINDS: Final = MappingProxyType({b"SPIN": (b"SE",), b"GRADIENT": (b"GR",), b"BOTH": (b"SE", b"GR")})
_ADDED: Final = (("InversionRecovery", b"IR"), ("EchoPlanarPulseSequence", b"EP"))


def with_scanning_sequence(elements: dict[int, Element]) -> dict[int, Element]:
    """``elements`` with Scanning Sequence, where only the attributes of enhanced objects state it."""
    stated = elements.get(TAGS["EchoPulseSequence"])
    if stated is None or TAGS["ScanningSequence"] in elements:
        return elements
    kinds = list(_KINDS.get(stated.value.strip(b" \0"), ()))
    for keyword, word in _ADDED:
        element = elements.get(TAGS[keyword])
        if element is not None and element.value.strip(b" \0") == b"YES":
            kinds.append(word)
    return elements | {TAGS["ScanningSequence"]: Element(b"CS", b"\\".join(kinds))} if kinds else elements

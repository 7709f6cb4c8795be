"""Attributes with a rule of their own: labels, a few words of the trade, tables, and our own statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from inference.deidentification import codes
from inference.deidentification.elements import Element
from inference.deidentification.icc import wordless_profile
from inference.deidentification.options import DeidentifyOptions
from inference.deidentification.profile import TIMEZONE_OFFSET
from inference.deidentification.raw_item import RawItem, text_of, unsigned_of
from inference.deidentification.values import is_zone
from inference.version import NAME, VERSION

MANUFACTURER: Final = 0x00080070
_CONTRAST_AGENT: Final = 0x00180010
_CONTENT_LABEL: Final = 0x00700080
_STACK_ID: Final = 0x00209056
_ROI_NAME, _ROI_NUMBER = 0x30060026, 0x30060022
_SEGMENT_LABEL, _SEGMENT_NUMBER = 0x00620005, 0x00620004
_RESCALE_TYPE, _MODALITY_LUT_TYPE = 0x00281054, 0x00283004
_ICC_PROFILE: Final = 0x00282000
_LUT_DESCRIPTOR, _LUT_DATA = 0x00283002, 0x00283006
_PALETTES: Final = {0x00281201: 0x00281101, 0x00281202: 0x00281102, 0x00281203: 0x00281103}
TABLES: Final = frozenset({_ICC_PROFILE, _LUT_DATA, *_PALETTES})
CODE_ITEM_TAGS: Final = range(0x00080100, 0x00080125)
"""Everything that describes a code: of it only value, scheme and meaning are written."""

_MAKERS: Final = (
    "SIEMENS", "GE MEDICAL SYSTEMS", "PHILIPS", "CANON", "TOSHIBA", "HITACHI", "FUJIFILM", "UIH", "NEUSOFT",
    "SHIMADZU", "HOLOGIC", "MINDRAY", "VARIAN", "ELEKTA", "MIM", "BRAINLAB", "RAYSEARCH",
)  # fmt: skip
_UNITS: Final = frozenset(
    {b"HU", b"US", b"OD", b"HU_MOD", b"PCT", b"Z_EFF", b"ED", b"EDW", b"MGML", b"BQML", b"NONE", b"CNTS"}
)
"""Units of stored values that are words of the standard. Source: PS3.3 C.11.1.1.2 and C.8.9.1.1.3."""
_NO_AGENT: Final = frozenset({b"", b"NO", b"NONE", b"N", b"WITHOUT", b"NO CONTRAST"})


@dataclass(slots=True)
class Labels:
    """Labels of one object by the order in which they first occur, so that equal ones stay equal."""

    _seen: dict[bytes, bytes] = field(default_factory=dict)

    def number(self, label: bytes) -> bytes:
        """1 for the first label, 2 for the second …"""
        return self._seen.setdefault(label, str(len(self._seen) + 1).encode("ascii"))


def own_value(tag: int, value: bytes, labels: Labels, item: RawItem) -> bytes | None:
    """What stands in place of ``value``; None where the profile decides."""
    if tag == MANUFACTURER:
        return maker(value)
    if tag == _CONTENT_LABEL:
        return b"REMOVED"  # a code string by its form, but somebody typed it
    if tag == _STACK_ID:
        return labels.number(value)
    if tag == _ROI_NAME:
        return b"ROI " + _digits(item, _ROI_NUMBER)
    if tag == _SEGMENT_LABEL:
        return f"Segment {unsigned_of(item, _SEGMENT_NUMBER) or 0}".encode("ascii")
    if tag in (_RESCALE_TYPE, _MODALITY_LUT_TYPE):
        return value if value.upper() in _UNITS else b"US"
    if tag == TIMEZONE_OFFSET:
        return value if is_zone(value) else b""
    if tag == _CONTRAST_AGENT:
        return b"" if value.upper() in _NO_AGENT else b"REMOVED"
    return None


def maker(value: bytes) -> bytes:
    """The manufacturer by a name of our own list; empty for one that is not on it.

    How pixels are scaled depends on the maker, and whatever else was typed into the field does not.
    """
    text = value.decode("latin-1").upper()
    if text == "GE" or text.startswith("GE "):
        return b"GE MEDICAL SYSTEMS"
    return next((name.encode("ascii") for name in _MAKERS if text.startswith(name)), b"")


def cleaned_code(item: RawItem) -> list[Element]:
    """Value, scheme and meaning of an item that is a coded concept; nothing for any other item."""
    tag = next((tag for tag in sorted(codes.CODE_TAGS) if tag in item), None)
    if tag is None:
        return []
    value, scheme, meaning = codes.known_code(text_of(item, tag), text_of(item, codes.CODING_SCHEME))
    return [
        Element(codes.CODE_VALUE, "SH", value),
        Element(codes.CODING_SCHEME, "SH", scheme),
        Element(codes.CODE_MEANING, "LO", meaning),
    ]


def checked_table(tag: int, value: bytes, item: RawItem) -> bytes | None:
    """A lookup table of the length that its descriptor states, or a colour profile without words."""
    if tag == _ICC_PROFILE:
        return wordless_profile(value)
    entries = unsigned_of(item, _PALETTES.get(tag, _LUT_DESCRIPTOR))
    if entries is None:
        return None
    entries = entries or 1 << 16
    return value if len(value) in (entries, entries + entries % 2, 2 * entries) else None


def statement(pseudonym: str, options: DeidentifyOptions) -> list[Element]:
    """Who the patient is now, and what was done. Source: PS3.3 C.7.1.1 and C.12.1, PS3.15 E.1.1."""
    name = pseudonym.encode("ascii")
    items = tuple(
        (
            Element(codes.CODE_VALUE, "SH", value.encode("ascii")),
            Element(codes.CODING_SCHEME, "SH", b"DCM"),
            Element(codes.CODE_MEANING, "LO", meaning[:64].encode("ascii")),
        )
        for value, meaning in options.method_codes
    )
    method = f"{NAME} {VERSION}: PS3.15 Annex E Basic Profile, unknown removed"
    return [
        Element(0x00100010, "PN", name),
        Element(0x00100020, "LO", name),
        Element(0x00120062, "CS", b"YES"),
        Element(0x00120063, "LO", method[:64].encode("ascii")),
        Element(0x00120064, "SQ", items),
        Element(0x00280303, "CS", options.temporal_information.encode("ascii")),
    ]


def _digits(item: RawItem, tag: int) -> bytes:
    text = text_of(item, tag)
    return text if text.isdigit() else b"0"

"""Code strings that people type: they stay only when they are words of the trade."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from inference.guard.body_part import BODY_PARTS, canonical_body_part

BODY_PART: Final = 0x00180015
_PATIENT_SEX: Final = 0x00100040
_SEXES: Final = frozenset({b"M", b"F", b"O"})
STANDARD_WORDS: Final = frozenset(
    {b"ORIGINAL", b"DERIVED", b"PRIMARY", b"SECONDARY", b"AXIAL", b"LOCALIZER", b"MIXED", b"NONE", b"VOLUME"}
)
"""Values of Image Type that stay even where a name or an institution shares the word."""
_WHOLE: Final = frozenset({"PARTIALBODY", "WHOLEBODY", "BODY", "OTHER", "UNKNOWN", "NONE"})
_ANATOMY: Final = (4, 4028, 4030, 4031)
"""Context groups of PS3.16 with regions of the body."""


def is_word_of_the_trade(tag: int, value: bytes) -> bool:
    """False for a body part that no list has, or a sex that is none; True for every other attribute.

    Body Part Examined has defined terms, but stations let their users type into it.
    """
    if tag == _PATIENT_SEX:
        return value in _SEXES
    if tag != BODY_PART or not value:
        return True
    letters = re.sub(r"[^A-Z]", "", value.decode("ascii"))
    known = canonical_body_part(letters) in BODY_PARTS or letters in _WHOLE or letters in _regions()
    return known and not re.search(rb"[0-9]", value)


@cache
def _regions() -> frozenset[str]:
    from pydicom.sr._cid_dict import cid_concepts

    names = {name for group in _ANATOMY for names in cid_concepts[group].values() for name in names}
    return frozenset(re.sub(r"[^A-Z]", "", name.upper()) for name in names)

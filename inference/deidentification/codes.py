"""Coded concepts: a code that the dictionary knows stays, with the dictionary's own words for it."""

from __future__ import annotations

from functools import cache
from typing import Final

CODE_VALUE: Final = 0x00080100
CODING_SCHEME: Final = 0x00080102
CODE_MEANING: Final = 0x00080104
CODE_TAGS: Final = frozenset({CODE_VALUE, 0x00080119, 0x00080120})
"""An item that holds one of these is a coded concept."""

REMOVED_CODE: Final = (b"REMOVED", b"99CONCILIUM", b"Removed by de-identification")
_SHORT_VALUE: Final = 16
_LONGEST_MEANING: Final = 64


def known_code(value: bytes, scheme: bytes) -> tuple[bytes, bytes, bytes]:
    """Value, scheme and meaning of a concept in the dictionary; :data:`REMOVED_CODE` for every other.

    The meaning never comes from the file: a site may have written anything there.
    """
    try:
        code, designator = value.decode("ascii"), scheme.decode("ascii")
    except UnicodeDecodeError:
        return REMOVED_CODE
    meaning = _meanings().get((designator, code), "")
    if not meaning or len(code) > _SHORT_VALUE:
        return REMOVED_CODE
    return value, scheme, meaning.encode("ascii", "replace")[:_LONGEST_MEANING].rstrip()


@cache
def _meanings() -> dict[tuple[str, str], str]:
    from pydicom.sr._concepts_dict import concepts
    from pydicom.sr._snomed_dict import mapping

    dictionary: dict[str, dict[str, dict[str, tuple[str, list[int]]]]] = concepts  # type: ignore[assignment]
    known = {
        (scheme, code): meaning
        for scheme, by_keyword in dictionary.items()
        for codes in by_keyword.values()
        for code, (meaning, _) in codes.items()
    }
    for old, new in mapping["SRT"].items():
        meaning = known.get(("SCT", new), "")
        for scheme in ("SRT", "SNM3", "99SDM"):
            known[scheme, old] = meaning
    return known

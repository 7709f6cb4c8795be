"""What kind of picture an Image Type (0008,0008) names, by its values."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

PictureKind = Literal["", "localiser", "mosaic", "reformatted"]

_LOCALISERS: Final = frozenset({"LOCALIZER", "LOCALISER", "SCOUT", "TOPOGRAM", "SURVIEW"})
_REFORMATTED: Final = frozenset(
    {
        "MPR",
        "CSMPR",
        "CPR",
        "MIP",
        "CSMIP",
        "MINIP",
        "MNIP",
        "AIP",
        "IP",
        "RESAMPLED",
        "REFORMATTED",
        "PROJECTION",
        "VRT",
        "PERFUSION",
    }
)
_WORD: Final = re.compile(r"[A-Z0-9]+")


@lru_cache(maxsize=256)
def picture_kind(image_type: tuple[str, ...]) -> PictureKind:
    """The kind that a value names as a word of its own (``PROJECTION IMAGE``, ``MPR_THICK``); empty for none.

    DERIVED alone says nothing: every recompressed picture carries it.
    """
    words = {word for value in image_type for word in _WORD.findall(value.upper())}
    if words & _LOCALISERS:
        return "localiser"
    if "MOSAIC" in words:
        return "mosaic"
    return "reformatted" if words & _REFORMATTED else ""

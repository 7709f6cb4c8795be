"""Which of a file's segments is the tumour: told by the user, or plain where there is only one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from inference.errors import InputError
from inference.masks.codecs.imported import ImportedMask, ImportedSegment

_TUMOUR_WORDS: Final = re.compile(
    r"(?<![a-z])(gtv|tumou?r|neoplasm|lesion|cancer|carcinoma|malignan\w*)|肿瘤|原发灶|病灶|癌", re.IGNORECASE
)
_TUMOUR_CODES: Final = frozenset(
    {("SCT", "86049000"), ("SCT", "108369006"), ("SRT", "M-80003"), ("SRT", "M-8000/3")}
)
_MOST_NAMED: Final = 12


def is_named_like_tumour(segment: ImportedSegment) -> bool:
    """True when label, code or type of a segment says tumour; planning volumes (CTV, PTV) do not."""
    value, scheme, meaning = segment.kind
    said = f"{segment.label} {meaning}"
    return bool(_TUMOUR_WORDS.search(said)) or (scheme, value) in _TUMOUR_CODES


def to_preselect(segments: Sequence[ImportedSegment]) -> tuple[int, ...]:
    """Number of the one segment, or of the one of several that is named like a tumour; else nothing."""
    if len(segments) == 1:
        return (segments[0].number,)
    named = [segment.number for segment in segments if is_named_like_tumour(segment)]
    return tuple(named) if len(named) == 1 else ()


def choose_segments(imported: ImportedMask, wanted: str | None, file: str) -> tuple[int, ...]:
    """Numbers of the segments that ``wanted`` names, by number or label, separated by commas.

    Raises
    ------
    InputError
        When nothing is wanted and there are several, or what is wanted is not there.
    """
    segments = imported.segments
    choices = "; ".join(f"{one.number} {one.label}".strip() for one in segments[:_MOST_NAMED])
    if wanted is None:
        if len(segments) == 1:
            return (segments[0].number,)
        raise InputError("intake.mask.several_segments", file=file, count=len(segments), choices=choices)
    numbers: list[int] = []
    for name in (part.strip() for part in wanted.split(",")):
        found = [one.number for one in segments if name in (str(one.number), one.label)]
        if len(found) != 1:
            raise InputError("intake.mask.no_such_segment", file=file, wanted=name, choices=choices)
        numbers += found
    return tuple(dict.fromkeys(numbers))

"""Arabic and Hebrew in a line that otherwise runs from left to right: joined letters, in the order drawn.

A PDF draws one glyph after the other from left to right; a window's toolkit does all this by itself.
Enough for names; numbers inside such text are not expected.  Source: Unicode annex 9 (levels 0 and 1 only)
and the presentation forms of blocks FB50 and FE70.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache

_RIGHT_TO_LEFT = ("R", "AL")
_LAM, _ALEFS = "\u0644", "\u0622\u0623\u0625\u0627"
_FORMS = ("<isolated>", "<final>", "<initial>", "<medial>")
_BLOCKS = (range(0xFB50, 0xFDFF), range(0xFE70, 0xFEFD))


@cache
def _forms() -> dict[str, dict[str, str]]:
    """For each letter (or lam with alef) its presentation forms by kind."""
    found: dict[str, dict[str, str]] = {}
    for block in _BLOCKS:
        for point in block:
            kind, _, rest = unicodedata.decomposition(chr(point)).partition(" ")
            letters = "".join(chr(int(word, 16)) for word in rest.split())
            is_letter = len(letters) == 1 or (
                len(letters) == 2 and letters[0] == _LAM and letters[1] in "آأإا"
            )
            if kind in _FORMS and is_letter:
                found.setdefault(letters, {}).setdefault(kind, chr(point))
    return found


def visual_order(text: str, has_glyph: Callable[[str], bool]) -> str:
    """``text`` as it is drawn from left to right; unchanged without right-to-left letters."""
    if not any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text):
        return text
    drawn, start = "", 0
    while start < len(text):
        if unicodedata.bidirectional(text[start]) not in _RIGHT_TO_LEFT:
            drawn += text[start]
            start += 1
            continue
        end = _run_end(text, start)
        drawn += "".join(reversed(_clusters(_joined(text[start:end], has_glyph))))
        start = end
    return drawn


def _run_end(text: str, start: int) -> int:
    """Behind the last right-to-left letter before a left-to-right one or a digit; marks go with letters."""
    end = start
    for place in range(start, len(text)):
        kind = unicodedata.bidirectional(text[place])
        if kind in _RIGHT_TO_LEFT or (kind == "NSM" and end == place):
            end = place + 1
        elif kind in ("L", "EN", "AN"):
            break
    return end


def _clusters(text: str) -> list[str]:
    """Letters, each with the marks on it."""
    clusters: list[str] = []
    for char in text:
        if clusters and unicodedata.combining(char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _joined(text: str, has_glyph: Callable[[str], bool]) -> str:
    """Arabic letters in the form that their neighbours ask for."""
    forms = _forms()
    clusters = _clusters(text)
    units: list[str] = []
    for cluster in clusters:
        if units and units[-1] == _LAM and _LAM + cluster in forms:
            units[-1] += cluster
        else:
            units.append(cluster)
    bases = [unit if unit in forms else unit[0] for unit in units]
    shown = ""
    for place, (unit, base) in enumerate(zip(units, bases, strict=True)):
        own = forms.get(base, {})
        before = place > 0 and "<initial>" in forms.get(bases[place - 1], {}) and "<final>" in own
        after = place + 1 < len(bases) and "<initial>" in own and "<final>" in forms.get(bases[place + 1], {})
        kind = _FORMS[int(before) + 2 * int(after)]
        form = own.get(kind, base)
        shown += (form if has_glyph(form) else base) + unit[len(base) :]
    return shown

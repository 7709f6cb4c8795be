"""Setting text on paper: which face has a character, how wide a text is, where it may break."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from reports.fonts import Face
from reports.right_to_left import visual_order

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

EMBOLDEN: Final = {Face.REGULAR: 0.0, Face.SEMIBOLD: 0.022, Face.BOLD: 0.034}
"""Outline of Chinese text per point of size, since its face has one weight."""

_FALLBACKS: Final = (Face.CHINESE, Face.KOREAN, Face.ARABIC)
_NEVER_FIRST: Final = frozenset("，。、；：！？）》」』】〕”’％·…,.;:!?)]}%")
_NEVER_LAST: Final = frozenset("（《「『【〔“‘([{")
_UNPRINTED: Final = ("Cc", "Cf")
_NO_BREAK_SPACE: Final = "\u00a0"
_IDEOGRAPH_START: Final = 0x2E80
_FILL_AND_STROKE: Final = 2
_FILL: Final = 0


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one face."""

    text: str
    face: Face


@cache
def _glyphs(face: Face) -> frozenset[int]:
    """Register the face with ReportLab, once, and say which characters it has."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(face.value, str(face.file))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def printable(text: str) -> str:
    """``text`` with every character that no bundled face has written as its code point, ``[U+2000B]``.

    Nothing is dropped in silence: a rare character of a name stays traceable.  Control characters go, odd
    spaces become plain ones, and letters are composed.
    """
    shown = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if char in (" ", "\n", _NO_BREAK_SPACE):
            shown.append(char)
        elif category == "Zs":
            shown.append(" ")
        elif category not in _UNPRINTED:
            shown.append(char if _has_glyph(char) else f"[U+{ord(char):04X}]")
    return "".join(shown)


def _has_glyph(char: str) -> bool:
    return any(ord(char) in _glyphs(face) for face in (Face.REGULAR, *_FALLBACKS))


def _fallback(char: str) -> Face:
    """The first face beside the wanted one that has a character."""
    return next((face for face in _FALLBACKS if ord(char) in _glyphs(face)), Face.CHINESE)


@lru_cache(maxsize=4096)
def runs(text: str, face: Face) -> tuple[Run, ...]:
    """Split a line into runs of one face: ``face`` where it has the character, a fallback elsewhere.

    Right-to-left letters come in the order in which they are drawn.
    """
    found: list[Run] = []
    for char in visual_order(printable(text), _has_glyph):
        is_own = ord(char) in _glyphs(face) and not _follows_chinese(char, found)
        chosen = face if is_own else _fallback(char)
        if found and found[-1].face is chosen:
            found[-1] = Run(found[-1].text + char, chosen)
        else:
            found.append(Run(char, chosen))
    return tuple(found)


def _follows_chinese(char: str, found: list[Run]) -> bool:
    """Quotation marks and dashes are as wide as an ideograph where they stand in Chinese text."""
    return (
        char in "—…" and bool(found) and found[-1].face is Face.CHINESE and ord(char) in _glyphs(Face.CHINESE)
    )


@lru_cache(maxsize=16384)
def text_width(text: str, size: float, face: Face = Face.REGULAR, tracking: float = 0.0) -> float:
    """Width of one line in points; ``tracking`` is added after every character."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    pieces = runs(text, face)
    width = sum(stringWidth(piece.text, piece.face.value, size) for piece in pieces)
    return float(width + tracking * sum(len(piece.text) for piece in pieces))


def draw_text(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    size: float,
    face: Face,
    colour: str,
    tracking: float = 0.0,
) -> None:
    """Draw one line with its baseline at ``(x, y)`` in the canvas's own frame (y up)."""
    line = canvas.beginText(x, y)
    line.setFillColor(colour)
    line.setStrokeColor(colour)
    line.setCharSpace(tracking)
    outline = EMBOLDEN.get(face, 0.0) * size
    canvas.saveState()
    canvas.setDash()
    canvas.setLineWidth(outline)
    for piece in runs(text, face):
        heavy = outline > 0 and piece.face is Face.CHINESE
        line.setTextRenderMode(_FILL_AND_STROKE if heavy else _FILL)
        line.setFont(piece.face.value, size)
        line.textOut(piece.text)
    line.setTextRenderMode(_FILL)
    line.setCharSpace(0)
    canvas.drawText(line)
    canvas.restoreState()


def wrap(text: str, width: float, size: float, face: Face = Face.REGULAR, tracking: float = 0.0) -> list[str]:
    """Break ``text`` into lines of at most ``width`` points.

    Lines break at spaces, after slashes, after hyphens but those of a number (``5-year``), and between
    ideographs; no line begins with closing punctuation or ends with an opening bracket.  A word that is
    longer than the line is cut.
    """
    lines: list[str] = []
    for paragraph in printable(text).split("\n"):
        line = ""
        for unit in _units(paragraph):
            if text_width((line + unit).rstrip(), size, face, tracking) <= width:
                line += unit
                continue
            if line.strip():
                lines.append(line.rstrip())
            *full, line = _cut(unit.lstrip(), width, size, face, tracking)
            lines += full
        lines.append(line.rstrip())
    return lines


def _units(paragraph: str) -> Iterator[str]:
    """The smallest pieces between which a line may break, each with the spaces that follow it."""
    unit = ""
    for char in paragraph:
        if unit and _may_break(unit[-2:-1], unit[-1], char):
            yield unit
            unit = ""
        unit += char
    if unit:
        yield unit


def _may_break(earlier: str, before: str, after: str) -> bool:
    if after == " " or after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    if before == " " or _is_ideograph(after) or _is_ideograph(before):
        return True
    return before in "-/–" and not after.isdigit() and not (before == "-" and earlier.isdigit())


def _is_ideograph(char: str) -> bool:
    return ord(char) >= _IDEOGRAPH_START


def _cut(unit: str, width: float, size: float, face: Face, tracking: float) -> list[str]:
    pieces = [""]
    for char in unit:
        if pieces[-1] and text_width(pieces[-1] + char.rstrip(), size, face, tracking) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces

"""Correct, wrong and undeterminable as one stacked bar for each side, and the part that rests on a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reports.figures.drawing import Drawing, Line, Rect, Shape, Text
from reports.figures.style import PAPER, FigureStyle
from reports.fonts import Face
from reports.typesetting import text_width

_NAME_ROOM: Final = 82.0
_BAR_HEIGHT: Final = 19.0
_BELOW_BAR: Final = 24.0
_LEGEND_HEIGHT: Final = 12.0
_SIZE: Final = 7.6
_SMALL_SIZE: Final = 6.6
_HATCH_STEP: Final = 4.2
_SWATCH: Final = 8.0
_WRONG_TINT: Final = "#f3dedb"


@dataclass(frozen=True, slots=True)
class VerdictBar:
    """One side: its name and its patients; ``untested`` of them, from ``untested_from`` on, rest on a claim.

    Correct comes first, then wrong, then undeterminable; ``untested_from`` counts patients from the left.
    """

    name: str
    correct: int
    wrong: int
    undeterminable: int
    untested_from: int = 0
    untested: int = 0

    @property
    def total(self) -> int:
        """All patients."""
        return self.correct + self.wrong + self.undeterminable


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """Names of the three parts, and the template (``{count}``) of the line under what rests on a claim."""

    correct: str
    wrong: str
    undeterminable: str
    untested: str


def verdict_bars(
    bars: Sequence[VerdictBar], words: VerdictWords, width: float, style: FigureStyle = PAPER
) -> Drawing:
    """Bars below each other, all of one length, with a legend beneath; told apart by pattern, not by colour.

    Correct: filled.  Wrong: hatched.  Undeterminable: empty.  A bracket under a bar marks what rests on a
    prediction that nobody tested.
    """
    shapes: list[Shape] = []
    top = 0.0
    for bar in bars:
        shapes += _bar(bar, words, top, width, style)
        top += _BAR_HEIGHT + (_BELOW_BAR if bar.untested else _BELOW_BAR / 2)
    shapes += _legend(words, top, style)
    parts = (
        f"{bar.name}: {words.correct} {bar.correct}, {words.wrong} {bar.wrong}, "
        f"{words.undeterminable} {bar.undeterminable}"
        for bar in bars
    )
    return Drawing(width, top + _LEGEND_HEIGHT, shapes, " · ".join(parts))


def _bar(bar: VerdictBar, words: VerdictWords, top: float, width: float, style: FigureStyle) -> list[Shape]:
    middle = top + _BAR_HEIGHT / 2 + _SIZE * 0.36
    shapes: list[Shape] = [Text(0, middle, bar.name, _SIZE, style.ink, face=Face.SEMIBOLD)]
    if not bar.total:
        return shapes
    step = (width - _NAME_ROOM) / bar.total
    x = _NAME_ROOM
    for count, kind in ((bar.correct, "correct"), (bar.wrong, "wrong"), (bar.undeterminable, "")):
        if count:
            shapes += _part(Rect(x, top, count * step, _BAR_HEIGHT), kind, style)
            shapes += _count(str(count), x + count * step / 2, middle, count * step, kind, style)
        x += count * step
    if bar.untested:
        left = _NAME_ROOM + bar.untested_from * step
        text = words.untested.format(count=bar.untested)
        shapes += _bracket(left, bar.untested * step, top + _BAR_HEIGHT, text, width, style)
    return shapes


def _part(place: Rect, kind: str, style: FigureStyle) -> list[Shape]:
    fill = {"correct": style.accent, "wrong": _WRONG_TINT, "": style.ground}[kind]
    stroke = {"correct": style.accent, "wrong": style.refused, "": style.quiet}[kind]
    shapes: list[Shape] = [Rect(place.x, place.y, place.width, place.height, fill=fill)]
    if kind == "wrong":
        shapes += _hatch(place, style.refused)
    shapes.append(
        Rect(place.x + 0.3, place.y + 0.3, max(0.0, place.width - 0.6), place.height - 0.6, None, stroke, 0.6)
    )
    return shapes


def _hatch(place: Rect, colour: str) -> list[Shape]:
    """Lines at 45°, clipped to the rectangle."""
    lines: list[Shape] = []
    start = _HATCH_STEP / 2
    while start < place.width + place.height:
        from_x, from_y = min(start, place.width), max(0.0, start - place.width)
        to_x, to_y = max(0.0, start - place.height), min(start, place.height)
        lines.append(Line(place.x + from_x, place.y + from_y, place.x + to_x, place.y + to_y, colour, 0.5))
        start += _HATCH_STEP
    return lines


def _count(text: str, x: float, y: float, room: float, kind: str, style: FigureStyle) -> list[Shape]:
    wide = text_width(text, _SIZE, Face.SEMIBOLD)
    if wide + 2 > room:
        return []
    ink = style.ground if kind == "correct" else style.ink
    label = Text(x, y, text, _SIZE, ink, "middle", Face.SEMIBOLD)
    if kind != "wrong":
        return [label]
    plate = Rect(x - wide / 2 - 3, y - _SIZE, wide + 6, _SIZE * 1.3, fill=style.ground, radius=2)
    return [plate, label]


def _bracket(
    left: float, length: float, top: float, text: str, width: float, style: FigureStyle
) -> list[Shape]:
    y = top + 5
    room = text_width(text, _SMALL_SIZE)
    centre = min(max(left + length / 2, room / 2), width - room / 2)
    return [
        Line(left + 0.5, top + 2, left + 0.5, y, style.ink, 0.7),
        Line(left + 0.5, y, left + length - 0.5, y, style.ink, 0.7, (2.0, 1.4)),
        Line(left + length - 0.5, top + 2, left + length - 0.5, y, style.ink, 0.7),
        Text(centre, y + 8, text, _SMALL_SIZE, style.ink, "middle"),
    ]


def _legend(words: VerdictWords, top: float, style: FigureStyle) -> list[Shape]:
    shapes: list[Shape] = []
    x = _NAME_ROOM
    for kind, word in (("correct", words.correct), ("wrong", words.wrong), ("", words.undeterminable)):
        shapes += _part(Rect(x, top + 1, _SWATCH * 1.6, _SWATCH), kind, style)
        shapes.append(Text(x + _SWATCH * 1.6 + 4, top + _SWATCH, word, _SMALL_SIZE, style.quiet))
        x += _SWATCH * 1.6 + 4 + text_width(word, _SMALL_SIZE) + 14
    return shapes

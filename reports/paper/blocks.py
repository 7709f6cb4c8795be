"""Blocks: what knows its height at a given width and can be drawn; the pieces a page is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from reports.figures.drawing import Drawing, Line, Rect
from reports.paper.sheet import BODY, HAIRLINE, Align, Sheet, TextStyle

_BASELINE: Final = 0.36
"""How far the baseline lies below the middle of a line, per point of size."""

_BULLET_ROOM: Final = 9.0


class Block(Protocol):
    """A rectangle on paper."""

    def height(self, width: float) -> float:
        """Height at this width, in points."""

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        """Draw with the top left corner at ``(x, top)``."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty space; dropped at the top of a page."""

    points: float

    def height(self, width: float) -> float:
        """Its points, at any width."""
        return self.points

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph; with ``bullet`` it hangs behind a dot."""

    text: str
    style: TextStyle = BODY
    align: Align = "left"
    bullet: bool = False

    def height(self, width: float) -> float:
        """Lines times leading."""
        return len(self._lines(width)) * self.style.leading

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        """Line by line."""
        indent = _BULLET_ROOM if self.bullet else 0.0
        if self.bullet:
            sheet.text(x + 1, baseline(top, self.style), "•", self.style)
        for number, line in enumerate(self._lines(width)):
            at = baseline(top + number * self.style.leading, self.style)
            sheet.text(x + indent, at, line, self.style, self.align, width - indent)

    def _lines(self, width: float) -> list[str]:
        return self.style.lines(self.text, width - (_BULLET_ROOM if self.bullet else 0.0))


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing that fits itself to the width."""

    draw_at: Callable[[float], Drawing]

    def height(self, width: float) -> float:
        """Height of the drawing at this width."""
        return self.draw_at(width).height

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        """The drawing."""
        sheet.drawing(self.draw_at(width), x, top)


@dataclass(frozen=True, slots=True)
class Mark:
    """A small drawing centred on the first line of the text beside it."""

    drawing: Drawing
    style: TextStyle = BODY

    def height(self, width: float) -> float:
        """One line of the text beside it."""
        return self.style.leading

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        """The drawing, in the middle of the line."""
        sheet.drawing(self.drawing, x, top + (self.style.leading - self.drawing.height) / 2)


@dataclass(frozen=True, slots=True)
class Stack:
    """Blocks below each other that stay together on a page."""

    blocks: Sequence[Block]

    def height(self, width: float) -> float:
        """Sum of the heights."""
        return sum(block.height(width) for block in self.blocks)

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        """Top to bottom."""
        for block in self.blocks:
            block.draw(sheet, x, top, width)
            top += block.height(width)


@dataclass(frozen=True, slots=True)
class Table(Stack):
    """Rows under a first one that names their columns, which returns where they go on over a page."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Blocks beside each other; ``shares`` divide the width that the gutters leave."""

    blocks: Sequence[Block]
    shares: Sequence[float]
    gutter: float = 10.0

    def widths(self, width: float) -> list[float]:
        """Width of every column."""
        room = width - self.gutter * (len(self.blocks) - 1)
        total = sum(self.shares)
        return [room * share / total for share in self.shares]

    def height(self, width: float) -> float:
        """The tallest column."""
        pairs = zip(self.blocks, self.widths(width), strict=True)
        return max((block.height(each) for block, each in pairs), default=0.0)

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        """Left to right, tops aligned."""
        for block, each in zip(self.blocks, self.widths(width), strict=True):
            block.draw(sheet, x, top, each)
            x += each + self.gutter


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: cells, room above and below, a tint when marked, a hairline beneath."""

    cells: Columns
    room: float = 2.6
    tint: str | None = None
    edge: str | None = None
    inset: float = 6.0

    def height(self, width: float) -> float:
        """The tallest cell and the room around it."""
        return self.cells.height(width - 2 * self.inset) + 2 * self.room

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        """Tint, edge, hairline, cells."""
        height = self.height(width)
        if self.tint:
            sheet.shapes([Rect(x, top, width, height, fill=self.tint)])
        if self.edge:
            sheet.shapes([Rect(x, top, 2.2, height, fill=self.edge)])
        sheet.shapes([Line(x, top + height, x + width, top + height, HAIRLINE, 0.5)])
        self.cells.draw(sheet, x + self.inset, top + self.room, width - 2 * self.inset)


@dataclass(frozen=True, slots=True)
class Card:
    """A block on a tinted ground with a bar at its left; ``room`` is left above and below the content."""

    content: Block
    tint: str
    edge: str | None = None
    outline: str | None = None
    padding: float = 11.0
    room: float = 9.0
    radius: float = 3.0
    least_height: float = 0.0

    def height(self, width: float) -> float:
        """The content and the room around it."""
        return max(self.least_height, self.content.height(width - 2 * self.padding) + 2 * self.room)

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        """Ground, bar, content."""
        height = self.height(width)
        sheet.shapes([Rect(x, top, width, height, self.tint, self.outline, 0.6, self.radius)])
        if self.edge:
            sheet.shapes([Rect(x, top, 3.0, height, fill=self.edge)])
        self.content.draw(sheet, x + self.padding, top + self.room, width - 2 * self.padding)


def baseline(top: float, style: TextStyle) -> float:
    """Where the baseline of a line lies whose box begins at ``top``."""
    return top + style.leading / 2 + style.size * _BASELINE

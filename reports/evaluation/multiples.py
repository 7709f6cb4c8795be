"""Small multiples: the same drawing for several models, in rows of even columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from reports.figures.drawing import Drawing
from reports.paper.blocks import Block, Columns, Gap, Picture, Stack, TextBlock
from reports.paper.sheet import SMALL_STRONG, Sheet

_GUTTER: Final = 16.0
_ABOVE: Final = 4.0
_BELOW_NAME: Final = 3.0


@dataclass(frozen=True, slots=True)
class Pane:
    """A drawing that fits itself to a width, under its name."""

    name: str
    draw: Callable[[float], Drawing]


def multiples(panes: Sequence[Pane], places: int) -> list[Block]:
    """Rows of ``places`` panes, each row a block; places that are left stay empty."""
    return [_row(panes[first : first + places], places) for first in range(0, len(panes), places)]


def places_for(panes: int) -> int:
    """Three beside each other, two where that leaves no place empty or there are no more."""
    return 3 if panes > 4 or panes == 3 else 2


def _row(panes: Sequence[Pane], places: int) -> Block:
    names: list[Block] = [TextBlock(pane.name, SMALL_STRONG) for pane in panes]
    # Layout asks for the height several times; a drawing is made once for each width.
    pictures: list[Block] = [Picture(cache(pane.draw)) for pane in panes]
    empty: list[Block] = [Gap(0.0)] * (places - len(panes))
    shares = [1.0] * places
    blocks: list[Block] = [Gap(_ABOVE)]
    if any(pane.name for pane in panes):
        blocks += [Columns([*names, *empty], shares, _GUTTER), Gap(_BELOW_NAME)]
    return Stack([*blocks, _OnOneLine(Columns([*pictures, *empty], shares, _GUTTER))])


@dataclass(frozen=True, slots=True)
class _OnOneLine:
    """Columns whose bottoms are aligned, so that axes of the same drawing stand at one height."""

    columns: Columns

    def height(self, width: float) -> float:
        """The tallest column."""
        return self.columns.height(width)

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        """Left to right."""
        bottom = top + self.height(width)
        for block, each in zip(self.columns.blocks, self.columns.widths(width), strict=True):
            block.draw(sheet, x, bottom - block.height(each), each)
            x += each + self.columns.gutter

"""Small multiples: the same drawing for several models, in rows of even columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from reports.figures.drawing import Drawing
from reports.paper.blocks import Block, Columns, Gap, Picture, Stack, TextBlock
from reports.paper.sheet import SMALL_STRONG

_GUTTER: Final = 16.0
_ABOVE: Final = 4.0


@dataclass(frozen=True, slots=True)
class Pane:
    """A drawing that fits itself to a width, under its name."""

    name: str
    draw: Callable[[float], Drawing]


def multiples(panes: Sequence[Pane], places: int) -> list[Block]:
    """Rows of ``places`` panes, each row a block; places that are left stay empty."""
    blocks: list[Block] = []
    for first in range(0, len(panes), places):
        row: list[Block] = [_pane(each) for each in panes[first : first + places]]
        row += [Gap(0.0)] * (places - len(row))
        blocks.append(Stack([Gap(_ABOVE), Columns(row, [1.0] * places, _GUTTER)]))
    return blocks


def places_for(panes: int) -> int:
    """Three beside each other, two where that leaves no place empty or there are no more."""
    return 3 if panes > 4 or panes == 3 else 2


def _pane(pane: Pane) -> Block:
    # Layout asks for the height several times; a drawing is made once for each width.
    picture = Picture(cache(pane.draw))
    return Stack([TextBlock(pane.name, SMALL_STRONG), Gap(3), picture] if pane.name else [picture])

"""Cards of one height beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reports.paper.blocks import Block, Card, Columns, Gap
from reports.paper.sheet import HAIRLINE, PANEL, Sheet

_GUTTER: Final = 12.0


@dataclass(frozen=True, slots=True)
class EvenRow:
    """One card for each of ``contents``; ``places`` columns, those that are left stay empty."""

    contents: Sequence[Block]
    places: int

    def height(self, width: float) -> float:
        """The tallest card."""
        return self._columns(width).height(width)

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        """Left to right, tops and bottoms aligned."""
        self._columns(width).draw(sheet, x, top, width)

    def _columns(self, width: float) -> Columns:
        height = self._cards(0.0).height(width)
        return self._cards(height)

    def _cards(self, height: float) -> Columns:
        cards: list[Block] = [
            Card(block, PANEL, outline=HAIRLINE, least_height=height) for block in self.contents
        ]
        empty: list[Block] = [Gap(0)] * (self.places - len(cards))
        return Columns([*cards, *empty], [1.0] * self.places, _GUTTER)

"""The board's own decision, by hand: what was decided, by whom, when, and a signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from inference.messages.catalogue import Catalogue
from reports.figures.drawing import Line
from reports.figures.style import PAPER
from reports.paper.blocks import Columns, Gap, Stack, baseline
from reports.paper.flow import Section
from reports.paper.sheet import LABEL, Sheet

_ROOM_TO_WRITE: Final = 20.0


@dataclass(frozen=True, slots=True)
class _WritingLine:
    """A line to write on with its label beneath."""

    label: str

    def height(self, width: float) -> float:
        return _ROOM_TO_WRITE + LABEL.leading + 1

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        y = top + _ROOM_TO_WRITE
        sheet.shapes([Line(x, y, x + width, y, PAPER.ink, 0.6)])
        sheet.text(x, baseline(y + 1, LABEL), self.label, LABEL)


def signature_section(catalogue: Catalogue) -> Section:
    """Place for decision, name, date and signature; it stays on one page."""
    lines = [
        _WritingLine(catalogue.text(f"report.signature.{what}"))
        for what in ("decision", "name", "date", "signature")
    ]
    decision, *others = lines
    block = Stack([decision, Gap(2), Columns(others, (10, 6, 12), 16.0)])
    return Section(catalogue.text("report.section.signature"), [block])

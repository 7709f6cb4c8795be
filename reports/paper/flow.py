"""How sections fall onto pages: a heading stays with what it heads and returns where its section goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from reports.figures.drawing import Line
from reports.paper.blocks import Block, Columns, Gap, Stack, Table, TextBlock, baseline
from reports.paper.sheet import HAIRLINE, HEADING, QUIET, Sheet

_ABOVE_HEADING: Final = 11.0
_BELOW_HEADING: Final = 4.0
_GUTTER: Final = 20.0


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, a remark beside it, and blocks; blocks are the smallest pieces that stay together."""

    heading: str
    blocks: Sequence[Block]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Sections that stand beside each other while they fit on a page, and follow each other else.

    ``share`` is the left column's part of the width.
    """

    left: Sequence[Section]
    right: Sequence[Section]
    share: float = 0.5


@dataclass(frozen=True, slots=True)
class Placed:
    """A block with its place on a page; ``x`` is measured from the left edge of the text."""

    block: Block
    x: float
    top: float
    width: float


@dataclass(slots=True)
class Page:
    """What one page holds."""

    placed: list[Placed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Heading:
    """A small capital heading over a hairline."""

    text: str
    remark: str = ""

    def height(self, width: float) -> float:
        """One line, and a line of remark."""
        return HEADING.leading + _BELOW_HEADING + self._remark().height(width) * bool(self.remark)

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        """Heading, hairline, remark."""
        sheet.text(x, baseline(top, HEADING), self.text, HEADING)
        below = top + HEADING.leading + _BELOW_HEADING / 2
        sheet.shapes([Line(x, below, x + width, below, HAIRLINE, 0.6)])
        if self.remark:
            self._remark().draw(sheet, x, top + HEADING.leading + _BELOW_HEADING, width)

    def _remark(self) -> TextBlock:
        return TextBlock(self.remark, QUIET)


def paginate(
    parts: Sequence[Section | SideBySide | Block], width: float, body_height: float, continued: str
) -> list[Page]:
    """Place every part; ``continued`` is a template with ``{heading}`` for a section that goes on.

    A block taller than a page is taken apart when it is a stack and may otherwise run into the foot.
    """
    pages = [Page()]
    top = 0.0

    def place(block: Block, again: Block | None = None) -> None:
        nonlocal top
        height = block.height(width)
        if top + height > body_height and pages[-1].placed:
            pages.append(Page())
            top = 0.0
            if again is not None:
                place(again)
        if isinstance(block, Gap) and not pages[-1].placed:
            return
        if isinstance(block, Stack) and height > body_height:
            for inner in block.blocks:
                place(inner, again)
            return
        pages[-1].placed.append(Placed(block, 0.0, top, width))
        top += height

    for part in parts:
        for block, again in _blocks(part, width, body_height, continued):
            place(block, again)
    return pages


def _blocks(
    part: Section | SideBySide | Block, width: float, body_height: float, continued: str
) -> Iterator[tuple[Block, Block | None]]:
    if isinstance(part, SideBySide):
        sides = [_whole(part.left), _whole(part.right)]
        beside = Columns(sides, (part.share, 1 - part.share), _GUTTER)
        if beside.height(width) <= body_height:
            yield Gap(_ABOVE_HEADING), None
            yield beside, None
            return
        for section in (*part.left, *part.right):
            yield from _blocks(section, width, body_height, continued)
    elif isinstance(part, Section):
        again = Heading(continued.format(heading=part.heading))
        yield Gap(_ABOVE_HEADING), None
        blocks = list(_rows(part.blocks, again))
        headed = next((i for i, (block, _) in enumerate(blocks) if not isinstance(block, Gap)), 0) + 1
        yield Stack([Heading(part.heading, part.remark), *(block for block, _ in blocks[:headed])]), None
        yield from blocks[headed:]
    else:
        yield part, None


def _rows(blocks: Sequence[Block], again: Heading) -> Iterator[tuple[Block, Block | None]]:
    """Each block with what returns above it on a new page; of a table the first two rows as one."""
    for block in blocks:
        if isinstance(block, Table):
            head, *rows = block.blocks
            yield Stack([head, *rows[:1]]), again
            yield from ((row, Stack([again, head])) for row in rows[1:])
        else:
            yield block, again


def _whole(sections: Sequence[Section]) -> Stack:
    blocks: list[Block] = []
    for section in sections:
        above = [Gap(_ABOVE_HEADING)] if blocks else []
        blocks += [*above, Heading(section.heading, section.remark), *section.blocks]
    return Stack(blocks)

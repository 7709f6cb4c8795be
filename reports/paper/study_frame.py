"""The frame of a paper about many patients: what it is about, the banner, its hash, and page x of y."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from inference.findings import Verdict
from inference.messages.catalogue import Catalogue
from inference.version import NAME, VERSION
from reports.figures.drawing import Line, Rect
from reports.figures.style import PAPER
from reports.figures.verdict_mark import verdict_mark
from reports.paper.blocks import Columns, Mark, Stack, TextBlock
from reports.paper.sheet import (
    BODY_STRONG,
    FINE_PRINT,
    HAIRLINE,
    LABEL,
    LEAD,
    MARGIN,
    NOTE_INK,
    NOTE_TINT,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    QUIET,
    SMALL_STRONG,
    TEXT_WIDTH,
    Sheet,
)
from reports.wording import moment

_TOP: Final = 27.0
_RULE: Final = 41.0
_FACTS_TOP: Final = 49.0
_FOOT: Final = PAGE_HEIGHT - 44.0
_BELOW_BANNER: Final = 9.0
_BANNER_ROOM: Final = 4.0


@dataclass(frozen=True, slots=True)
class StudyFrame:
    """Head and foot of every page.

    ``kind`` says what paper it is; ``facts`` are labels with their values, ``shares`` their widths;
    ``banner`` is what every page says of its own standing.
    """

    kind: str
    facts: tuple[tuple[str, str], ...]
    shares: tuple[float, ...]
    banner: str
    content_sha256: str
    created_at: datetime
    catalogue: Catalogue

    @property
    def body_top(self) -> float:
        """Where the content begins, below head and banner."""
        return self._banner_top + self._banner_height + _BELOW_BANNER

    @property
    def body_height(self) -> float:
        """Room for content on a page."""
        return _FOOT - 8.0 - self.body_top

    def draw(self, sheet: Sheet, page: int, pages: int) -> None:
        """Head, banner and foot."""
        sheet.text(MARGIN, _TOP + 8, NAME, LEAD.coloured(PAPER.accent))
        sheet.text(MARGIN + LEAD.width(NAME) + 8, _TOP + 8, self.kind, QUIET)
        sheet.text(MARGIN, _TOP + 8, moment(self.created_at), FINE_PRINT, "right", TEXT_WIDTH)
        sheet.shapes([Rect(MARGIN, _RULE, TEXT_WIDTH, 1.4, fill=PAPER.accent)])
        self._facts.draw(sheet, MARGIN, _FACTS_TOP, TEXT_WIDTH)
        self._draw_banner(sheet)
        self._draw_foot(sheet, page, pages)

    @property
    def _facts(self) -> Columns:
        cells = [
            Stack([TextBlock(label, LABEL), TextBlock(value, BODY_STRONG)]) for label, value in self.facts
        ]
        return Columns(cells, self.shares)

    @property
    def _banner_top(self) -> float:
        return _FACTS_TOP + self._facts.height(TEXT_WIDTH) + 5.0

    @property
    def _banner_text(self) -> TextBlock:
        return TextBlock(self.banner, SMALL_STRONG.coloured(NOTE_INK))

    @property
    def _banner_height(self) -> float:
        return self._banner_text.height(TEXT_WIDTH - 26) + 2 * _BANNER_ROOM

    def _draw_banner(self, sheet: Sheet) -> None:
        top, height = self._banner_top, self._banner_height
        sheet.shapes(
            [
                Rect(MARGIN, top, TEXT_WIDTH, height, fill=NOTE_TINT),
                Rect(MARGIN, top, 3.0, height, fill=PAPER.note),
            ]
        )
        mark = Mark(verdict_mark(Verdict.NOTE, 8.5), SMALL_STRONG)
        mark.draw(sheet, MARGIN + 9, top + _BANNER_ROOM, 10)
        self._banner_text.draw(sheet, MARGIN + 22, top + _BANNER_ROOM, TEXT_WIDTH - 26)

    def _draw_foot(self, sheet: Sheet, page: int, pages: int) -> None:
        sheet.shapes([Line(MARGIN, _FOOT, PAGE_WIDTH - MARGIN, _FOOT, HAIRLINE, 0.6)])
        number = self.catalogue.text("report.page", page=page, pages=pages)
        sheet.text(MARGIN, _FOOT + 11, number, SMALL_STRONG, "right", TEXT_WIDTH)
        sheet.text(MARGIN, _FOOT + 10, f"{NAME} {VERSION}", FINE_PRINT)
        digest = self.catalogue.text("report.content_hash", sha256=self.content_sha256)
        sheet.text(MARGIN, _FOOT + 19, digest, FINE_PRINT)

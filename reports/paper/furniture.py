"""What every page of every paper carries: a head over a rule, the banner, and a foot with page x of y."""

from __future__ import annotations

from typing import Final

from inference.findings import Verdict
from inference.messages.catalogue import Catalogue
from inference.version import NAME
from reports.figures.drawing import Line, Rect
from reports.figures.style import PAPER
from reports.figures.verdict_mark import verdict_mark
from reports.paper.blocks import Mark, TextBlock
from reports.paper.sheet import (
    FINE_PRINT,
    HAIRLINE,
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

FACTS_TOP: Final = 49.0
"""Where what stands below the rule of the head begins."""

FOOT_TOP: Final = PAGE_HEIGHT - 44.0
BELOW_BANNER: Final = 9.0
ABOVE_BANNER: Final = 5.0

_TOP: Final = 27.0
_RULE: Final = 41.0
_BANNER_ROOM: Final = 4.0


def draw_head(sheet: Sheet, kind: str, right: str) -> None:
    """The name of the application, the kind of paper, a remark at the right, and a rule."""
    sheet.text(MARGIN, _TOP + 8, NAME, LEAD.coloured(PAPER.accent))
    sheet.text(MARGIN + LEAD.width(NAME) + 8, _TOP + 8, kind, QUIET)
    sheet.text(MARGIN, _TOP + 8, right, FINE_PRINT, "right", TEXT_WIDTH)
    sheet.shapes([Rect(MARGIN, _RULE, TEXT_WIDTH, 1.4, fill=PAPER.accent)])


def banner_height(text: str) -> float:
    """Height of the banner with this text."""
    return _banner(text).height(TEXT_WIDTH - 26) + 2 * _BANNER_ROOM


def draw_banner(sheet: Sheet, text: str, top: float) -> None:
    """What the paper says of its own standing, behind a warning mark."""
    sheet.shapes(
        [
            Rect(MARGIN, top, TEXT_WIDTH, banner_height(text), fill=NOTE_TINT),
            Rect(MARGIN, top, 3.0, banner_height(text), fill=PAPER.note),
        ]
    )
    mark = Mark(verdict_mark(Verdict.NOTE, 8.5), SMALL_STRONG)
    mark.draw(sheet, MARGIN + 9, top + _BANNER_ROOM, 10)
    _banner(text).draw(sheet, MARGIN + 22, top + _BANNER_ROOM, TEXT_WIDTH - 26)


def draw_foot(
    sheet: Sheet, made: str, content_sha256: str, page: int, pages: int, catalogue: Catalogue
) -> None:
    """Who made it, the hash of its content, and page x of y."""
    sheet.shapes([Line(MARGIN, FOOT_TOP, PAGE_WIDTH - MARGIN, FOOT_TOP, HAIRLINE, 0.6)])
    number = catalogue.text("report.page", page=page, pages=pages)
    sheet.text(MARGIN, FOOT_TOP + 11, number, SMALL_STRONG, "right", TEXT_WIDTH)
    sheet.text(MARGIN, FOOT_TOP + 10, made, FINE_PRINT)
    digest = catalogue.text("report.content_hash", sha256=content_sha256)
    sheet.text(MARGIN, FOOT_TOP + 19, digest, FINE_PRINT)


def _banner(text: str) -> TextBlock:
    return TextBlock(text, SMALL_STRONG.coloured(NOTE_INK))

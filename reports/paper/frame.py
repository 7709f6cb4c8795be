"""What stands on every page of a paper: what it is about, the banner, its hash, and page x of y."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from inference.messages.catalogue import Catalogue
from reports.paper.blocks import Columns
from reports.paper.furniture import (
    ABOVE_BANNER,
    BELOW_BANNER,
    FACTS_TOP,
    FOOT_TOP,
    banner_height,
    draw_banner,
    draw_foot,
    draw_head,
)
from reports.paper.sheet import MARGIN, TEXT_WIDTH, Sheet

_ABOVE_FOOT: Final = 8.0


@dataclass(frozen=True, slots=True)
class PageFrame:
    """Head and foot of every page.

    ``kind`` says what paper it is, ``remark`` stands at the right of it; ``facts`` are whom or what it is
    about; ``banner`` is what every page says of its own standing; ``made_by`` names what made it.
    """

    kind: str
    remark: str
    facts: Columns
    banner: str
    made_by: str
    content_sha256: str
    catalogue: Catalogue

    @property
    def body_top(self) -> float:
        """Where the content begins, below head and banner."""
        return self._banner_top + banner_height(self.banner) + BELOW_BANNER

    @property
    def body_height(self) -> float:
        """Room for content on a page."""
        return FOOT_TOP - _ABOVE_FOOT - self.body_top

    def draw(self, sheet: Sheet, page: int, pages: int) -> None:
        """Head, banner and foot."""
        draw_head(sheet, self.kind, self.remark)
        self.facts.draw(sheet, MARGIN, FACTS_TOP, TEXT_WIDTH)
        draw_banner(sheet, self.banner, self._banner_top)
        draw_foot(sheet, self.made_by, self.content_sha256, page, pages, self.catalogue)

    @property
    def _banner_top(self) -> float:
        return FACTS_TOP + self.facts.height(TEXT_WIDTH) + ABOVE_BANNER

"""The frame of a paper about many patients: what it is about, the banner, its hash, and page x of y."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inference.messages.catalogue import Catalogue
from inference.version import NAME, VERSION
from reports.paper.blocks import Columns, Stack, TextBlock
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
from reports.paper.sheet import BODY_STRONG, LABEL, MARGIN, TEXT_WIDTH, Sheet
from reports.wording import moment


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
        return self._banner_top + banner_height(self.banner) + BELOW_BANNER

    @property
    def body_height(self) -> float:
        """Room for content on a page."""
        return FOOT_TOP - 8.0 - self.body_top

    def draw(self, sheet: Sheet, page: int, pages: int) -> None:
        """Head, banner and foot."""
        draw_head(sheet, self.kind, moment(self.created_at))
        self._facts.draw(sheet, MARGIN, FACTS_TOP, TEXT_WIDTH)
        draw_banner(sheet, self.banner, self._banner_top)
        draw_foot(sheet, f"{NAME} {VERSION}", self.content_sha256, page, pages, self.catalogue)

    @property
    def _facts(self) -> Columns:
        cells = [
            Stack([TextBlock(label, LABEL), TextBlock(value, BODY_STRONG)]) for label, value in self.facts
        ]
        return Columns(cells, self.shares)

    @property
    def _banner_top(self) -> float:
        return FACTS_TOP + self._facts.height(TEXT_WIDTH) + ABOVE_BANNER

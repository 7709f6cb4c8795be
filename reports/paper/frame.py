"""What stands on every page: who it is about, the banner, the content hash, and page x of y."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from inference.assessment import Assessment
from inference.cases.identity import PatientIdentity, SubjectKind
from inference.findings import Verdict
from inference.messages.catalogue import Catalogue
from reports.figures.drawing import Line, Rect
from reports.figures.style import PAPER
from reports.figures.verdict_mark import verdict_mark
from reports.paper.blocks import Block, Columns, Mark, Stack, TextBlock
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
    TextStyle,
)
from reports.wording import moment, person_name, sex_word, stated_text

_TOP: Final = 27.0
_RULE: Final = 41.0
_IDENTITY_TOP: Final = 49.0
_FOOT: Final = PAGE_HEIGHT - 44.0
_BELOW_BANNER: Final = 9.0
_BANNER_ROOM: Final = 4.0

DEMONSTRATION: Final = "demonstration"
SYNTHETIC: Final = "synthetic"


@dataclass(frozen=True, slots=True)
class PageFrame:
    """Head and foot of every page of one report; what the scan does not say of the person is marked."""

    assessment: Assessment
    identity: PatientIdentity
    file_identity: PatientIdentity
    case_id: uuid.UUID
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
        self._draw_head(sheet)
        self._draw_banner(sheet)
        self._draw_foot(sheet, page, pages)

    def _draw_head(self, sheet: Sheet) -> None:
        sheet.text(MARGIN, _TOP + 8, "Concilium", LEAD.coloured(PAPER.accent))
        kind = self.catalogue.text("report.kind")
        sheet.text(MARGIN + LEAD.width("Concilium") + 8, _TOP + 8, kind, QUIET)
        created = self.catalogue.text(
            "report.created", moment=moment(self.created_at), case=str(self.case_id)
        )
        sheet.text(MARGIN, _TOP + 8, created, FINE_PRINT, "right", TEXT_WIDTH)
        sheet.shapes([Rect(MARGIN, _RULE, TEXT_WIDTH, 1.4, fill=PAPER.accent)])
        self._identity.draw(sheet, MARGIN, _IDENTITY_TOP, TEXT_WIDTH)

    @property
    def _identity(self) -> Columns:
        known, told = self.identity, self.file_identity
        key = known.key
        identifier = key.id if key else ""
        if key and key.issuer:
            identifier = f"{key.id} ({key.issuer})"
        return Columns(
            [
                self._part("report.patient", person_name(known.name), LEAD, known.name != told.name),
                self._part("report.identifier", identifier, LEAD, key != told.key),
                self._part(
                    "report.birth_date", known.birth_date, BODY_STRONG, known.birth_date != told.birth_date
                ),
                self._part(
                    "report.sex", sex_word(known.sex, self.catalogue), BODY_STRONG, known.sex != told.sex
                ),
            ],
            shares=(46, 34, 15, 11),
        )

    def _part(self, name: str, value: str, style: TextStyle, was_entered: bool) -> Block:
        lines = [TextBlock(self.catalogue.text(name), LABEL), TextBlock(value or "–", style)]
        if was_entered:
            lines.append(TextBlock(self.catalogue.text("report.entered"), FINE_PRINT.coloured(NOTE_INK)))
        return Stack(lines)

    @property
    def _banner_top(self) -> float:
        return _IDENTITY_TOP + self._identity.height(TEXT_WIDTH) + 5.0

    @property
    def _banner(self) -> TextBlock:
        return TextBlock(banner_text(self.assessment, self.catalogue), SMALL_STRONG.coloured(NOTE_INK))

    @property
    def _banner_height(self) -> float:
        return self._banner.height(TEXT_WIDTH - 26) + 2 * _BANNER_ROOM

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
        self._banner.draw(sheet, MARGIN + 22, top + _BANNER_ROOM, TEXT_WIDTH - 26)

    def _draw_foot(self, sheet: Sheet, page: int, pages: int) -> None:
        pack, software = self.assessment.pack, self.assessment.software
        sheet.shapes([Line(MARGIN, _FOOT, PAGE_WIDTH - MARGIN, _FOOT, HAIRLINE, 0.6)])
        number = self.catalogue.text("report.page", page=page, pages=pages)
        sheet.text(MARGIN, _FOOT + 11, number, SMALL_STRONG, "right", TEXT_WIDTH)
        made = f"{pack.id} {pack.version} · {software.name} {software.version}"
        sheet.text(MARGIN, _FOOT + 10, made, FINE_PRINT)
        digest = self.catalogue.text("report.content_hash", sha256=self.assessment.content_sha256())
        sheet.text(MARGIN, _FOOT + 19, digest, FINE_PRINT)


def banner_text(assessment: Assessment, catalogue: Catalogue) -> str:
    """What every page says of its own standing: demonstration pack, phantom, research only."""
    parts = []
    if assessment.pack.state == DEMONSTRATION or assessment.pack.provenance == SYNTHETIC:
        parts.append("report.banner.demonstration")
    if assessment.subject == SubjectKind.PHANTOM:
        parts.append("report.banner.phantom")
    parts.append("report.banner.research")
    return " · ".join(stated_text(part, catalogue) for part in parts)

"""What stands on every page: who it is about, the banner, the content hash, and page x of y."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from inference.assessment import Assessment
from inference.cases.identity import PatientIdentity, SubjectKind
from inference.messages.catalogue import Catalogue
from reports.paper.blocks import Block, Columns, Stack, TextBlock
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
from reports.paper.sheet import (
    BODY_STRONG,
    FINE_PRINT,
    LABEL,
    LEAD,
    MARGIN,
    NOTE_INK,
    TEXT_WIDTH,
    Sheet,
    TextStyle,
)
from reports.wording import moment, person_name, sex_word, stated_text

DEMONSTRATION: Final = "demonstration"
UNVOUCHED: Final = ("unverified", "withdrawn")
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
        return self._banner_top + banner_height(self._banner) + BELOW_BANNER

    @property
    def body_height(self) -> float:
        """Room for content on a page."""
        return FOOT_TOP - 8.0 - self.body_top

    def draw(self, sheet: Sheet, page: int, pages: int) -> None:
        """Head, banner and foot."""
        text = self.catalogue.text
        created = text("report.created", moment=moment(self.created_at), case=str(self.case_id))
        draw_head(sheet, text("report.kind"), created)
        self._identity.draw(sheet, MARGIN, FACTS_TOP, TEXT_WIDTH)
        draw_banner(sheet, self._banner, self._banner_top)
        pack, software = self.assessment.pack, self.assessment.software
        made = f"{pack.id} {pack.version} · {software.name} {software.version}"
        draw_foot(sheet, made, self.assessment.content_sha256(), page, pages, self.catalogue)

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
        return FACTS_TOP + self._identity.height(TEXT_WIDTH) + ABOVE_BANNER

    @property
    def _banner(self) -> str:
        return banner_text(self.assessment, self.catalogue)


def banner_text(assessment: Assessment, catalogue: Catalogue) -> str:
    """What every page says of its own standing: demonstration pack, phantom, research only."""
    parts = []
    if assessment.pack.state == DEMONSTRATION or assessment.pack.provenance == SYNTHETIC:
        parts.append("report.banner.demonstration")
    if assessment.pack.state in UNVOUCHED:
        parts.append(f"report.banner.{assessment.pack.state}")
    if assessment.subject == SubjectKind.PHANTOM:
        parts.append("report.banner.phantom")
    parts.append("report.banner.research")
    return " · ".join(stated_text(part, catalogue) for part in parts)

"""The frame of a report about one patient: who it is, what was entered of that, and the report's standing."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from inference.assessment import Assessment
from inference.cases.identity import PatientIdentity, SubjectKind
from inference.messages.catalogue import Catalogue
from reports.paper.blocks import Block, Columns, Stack, TextBlock
from reports.paper.frame import PageFrame
from reports.paper.sheet import BODY_STRONG, FINE_PRINT, LABEL, LEAD, NOTE_INK, TextStyle
from reports.wording import moment, person_name, sex_word, stated_text

DEMONSTRATION: Final = "demonstration"
UNVOUCHED: Final = ("unverified", "withdrawn")
SYNTHETIC: Final = "synthetic"


def patient_frame(
    assessment: Assessment,
    identity: PatientIdentity,
    file_identity: PatientIdentity,
    case_id: uuid.UUID,
    created_at: datetime,
    catalogue: Catalogue,
) -> PageFrame:
    """What ``identity`` says and the scan's ``file_identity`` does not is marked as entered."""
    pack, software = assessment.pack, assessment.software
    return PageFrame(
        kind=catalogue.text("report.kind"),
        remark=catalogue.text("report.created", moment=moment(created_at), case=str(case_id)),
        facts=_person(identity, file_identity, catalogue),
        banner=banner_text(assessment, catalogue),
        made_by=f"{pack.id} {pack.version} · {software.name} {software.version}",
        content_sha256=assessment.content_sha256(),
        catalogue=catalogue,
    )


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


def _person(known: PatientIdentity, told: PatientIdentity, catalogue: Catalogue) -> Columns:
    key = known.key
    identifier = key.id if key else ""
    if key and key.issuer:
        identifier = f"{key.id} ({key.issuer})"
    name, sex = person_name(known.name), sex_word(known.sex, catalogue)

    def part(label: str, value: str, style: TextStyle, was_entered: bool) -> Block:
        lines = [TextBlock(catalogue.text(label), LABEL), TextBlock(value or "–", style)]
        if was_entered:
            lines.append(TextBlock(catalogue.text("report.entered"), FINE_PRINT.coloured(NOTE_INK)))
        return Stack(lines)

    return Columns(
        [
            part("report.patient", name, LEAD, known.name != told.name),
            part("report.identifier", identifier, LEAD, key != told.key),
            part("report.birth_date", known.birth_date, BODY_STRONG, known.birth_date != told.birth_date),
            part("report.sex", sex, BODY_STRONG, known.sex != told.sex),
        ],
        shares=(46, 34, 15, 11),
    )

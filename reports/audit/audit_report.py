"""``audit.pdf``: the decision audit as pages that a tumour board reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inference.messages.catalogue import Catalogue, load_catalogue
from inference.rules.decision_audit import DecisionAudit
from reports.audit.audit_file import audit_document
from reports.audit.differences import tests_section, treatment_section
from reports.audit.limits import limits_section
from reports.audit.rates import rates_section
from reports.audit.situations import situations_section
from reports.audit.untested import untested_section
from reports.audit.words import banner_text
from reports.json_document import content_sha256
from reports.paper.blocks import Block, Gap, TextBlock
from reports.paper.flow import Section, SideBySide, paginate
from reports.paper.frame import PageFrame
from reports.paper.printing import Imprint, print_pages
from reports.paper.sheet import TEXT_WIDTH, TITLE
from reports.paper.study_frame import study_frame
from reports.wording import short_hash


@dataclass(frozen=True, slots=True)
class AuditContent:
    """What the page prints; ``created_at`` carries a time zone."""

    audit: DecisionAudit
    input_sha256: str
    language: str
    created_at: datetime

    def __post_init__(self) -> None:
        if self.created_at.tzinfo is None:
            raise ValueError("the moment of a report needs a time zone")


def build_audit_report(content: AuditContent) -> bytes:
    """The pages as PDF; the same bytes for the same content."""
    catalogue = load_catalogue(content.language)
    frame = _frame(content, catalogue)
    continued = catalogue.template("report.continued")
    pages = paginate(_parts(content.audit, catalogue), TEXT_WIDTH, frame.body_height, continued)
    imprint = Imprint(
        title=f"{content.audit.table.study} · {short_hash(content.input_sha256)}",
        subject=frame.kind,
        language=content.language,
    )
    return print_pages(pages, frame, imprint)


def _frame(content: AuditContent, catalogue: Catalogue) -> PageFrame:
    audit = content.audit
    patients = str(audit.patients)
    if audit.synthetic:
        patients = catalogue.text("audit.fact.synthetic", patients=audit.patients, count=audit.synthetic)
    return study_frame(
        kind=catalogue.text("audit.kind"),
        facts=(
            (catalogue.text("audit.fact.study"), catalogue.text(f"report.study.{audit.table.study}")),
            (catalogue.text("audit.fact.patients"), patients),
            (catalogue.text("audit.fact.input"), short_hash(content.input_sha256)),
        ),
        shares=(58, 24, 18),
        banner=banner_text(audit, catalogue),
        content_sha256=content_sha256(audit_document(audit, content.input_sha256)),
        created_at=content.created_at,
        catalogue=catalogue,
    )


def _parts(audit: DecisionAudit, catalogue: Catalogue) -> list[Section | SideBySide | Block]:
    """What was found, what it rests on, whether it differs, the table behind it, and its limits."""
    return [
        Gap(7),
        TextBlock(catalogue.text("audit.title"), TITLE),
        rates_section(audit, catalogue),
        untested_section(audit, catalogue),
        SideBySide([tests_section(audit, catalogue)], [treatment_section(audit, catalogue)]),
        situations_section(audit, catalogue),
        limits_section(audit, catalogue),
    ]

"""The clinical values as used, each with where it came from; a missing one is named, never filled in."""

from __future__ import annotations

from inference.assessment import Assessment, ClinicalEntry
from inference.clinical.record import MissingReason
from inference.messages.catalogue import Catalogue
from reports.figures.style import PAPER
from reports.figures.verdict_mark import missing_mark
from reports.paper.blocks import Block, Columns, Gap, Mark, Row, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import FINE_PRINT, QUIET, SMALL, SMALL_STRONG
from reports.wording import clinical_label, clinical_value

_SHARES = (0.9, 8.6, 9.0, 5.5)


def clinical_section(assessment: Assessment, catalogue: Catalogue) -> Section:
    """One row per field, and a sentence that names what is missing."""
    rows: list[Block] = [_row(entry, catalogue) for entry in assessment.clinical]
    missing = [
        clinical_label(entry, catalogue)
        for entry in assessment.clinical
        if entry.missing not in ("", MissingReason.NOT_APPLICABLE)
    ]
    if missing:
        names = catalogue.text("report.list_separator").join(missing)
        rows += [Gap(3), TextBlock(catalogue.text("report.clinical.missing", names=names), QUIET)]
    if not assessment.clinical:
        rows.append(TextBlock(catalogue.text("report.clinical.none"), QUIET))
    return Section(catalogue.text("report.section.clinical"), rows)


def _row(entry: ClinicalEntry, catalogue: Catalogue) -> Row:
    is_open = entry.missing not in ("", MissingReason.NOT_APPLICABLE)
    style = SMALL_STRONG.coloured(PAPER.note) if is_open else SMALL_STRONG
    mark: Block = Mark(missing_mark(7.5), SMALL) if is_open else Gap(0)
    source = "" if entry.missing else catalogue.text(f"report.provenance.{entry.provenance}")
    cells: list[Block] = [
        mark,
        TextBlock(clinical_label(entry, catalogue), SMALL),
        TextBlock(clinical_value(entry, catalogue), style),
        TextBlock(source, FINE_PRINT, "right"),
    ]
    return Row(Columns(cells, _SHARES, 4.0), 1.6, inset=2.0)

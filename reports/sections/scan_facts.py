"""What was looked at: the series, what is known about it, and who says so."""

from __future__ import annotations

from inference.assessment import Assessment, Fact, FactSource
from inference.messages.catalogue import Catalogue
from inference.scan import Acquisition
from reports.paper.blocks import Block, Columns, Row, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import FINE_PRINT, QUIET, SMALL, SMALL_STRONG
from reports.wording import stated_text

_SHARES = (9.0, 10.0, 6.0)


def scan_section(assessment: Assessment, scan: Acquisition, catalogue: Catalogue) -> Section:
    """Facts with their source; a series description and study date head them where the file has them."""
    rows: list[Block] = [_row(fact, catalogue) for fact in assessment.facts]
    series = " · ".join(part for part in (scan.series_description, _dashed(scan.study_date)) if part)
    return Section(catalogue.text("report.section.scan"), rows, series)


def _row(fact: Fact, catalogue: Catalogue) -> Row:
    value = stated_text(fact.value, catalogue) if fact.value else catalogue.text("report.unknown")
    source = FINE_PRINT if fact.source in (FactSource.FILE, FactSource.GEOMETRY) else SMALL_STRONG
    cells = [
        TextBlock(catalogue.text(fact.name), QUIET),
        TextBlock(value, SMALL),
        TextBlock(catalogue.text(f"report.source.{fact.source.value}"), source, "right"),
    ]
    return Row(Columns(cells, _SHARES, 6.0), 1.6, inset=2.0)


def _dashed(date: str) -> str:
    """A DICOM date (YYYYMMDD) as ``YYYY-MM-DD``; anything else as it stands."""
    return f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == 8 and date.isdigit() else date

"""What was looked at: the series, what is known about it, and who says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from inference.assessment import Assessment, Fact, FactSource
from inference.messages.catalogue import Catalogue
from inference.scan import Acquisition
from reports.paper.blocks import Block, Columns, Gap, Stack, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import FINE_PRINT, SMALL, SMALL_STRONG, TextStyle
from reports.wording import scan_name, stated_text

_FACTS_PER_ROW = 7


def scan_section(assessment: Assessment, scan: Acquisition, catalogue: Catalogue) -> Section:
    """A grid of facts; who says so stands beside what neither file nor geometry tells.

    Of a further scan stands what differs from the first.
    """
    first = {fact.name: fact for fact in assessment.facts if not fact.scan}
    cells = [_cell(fact, catalogue) for fact in first.values()]
    for label, value in (("series", scan.series_description), ("study_date", _dashed(scan.study_date))):
        if value:
            cells.append(_labelled(catalogue.text(f"report.scan.{label}"), value, SMALL))
    rows: list[Block] = [Gap(2), *_grid(cells)]
    for name in dict.fromkeys(fact.scan for fact in assessment.facts if fact.scan):
        own = [
            _cell(fact, catalogue) for fact in assessment.facts if fact.scan == name and _is_new(fact, first)
        ]
        title = TextBlock(scan_name(assessment.study, name, catalogue), SMALL_STRONG)
        rows += _grid([Stack([title]), *own])
    return Section(catalogue.text("report.section.scan"), rows)


def _is_new(fact: Fact, first: Mapping[str, Fact]) -> bool:
    same = first.get(fact.name)
    return same is None or (same.value, same.source) != (fact.value, fact.source)


def _grid(cells: Sequence[Stack]) -> Iterator[Stack]:
    for start in range(0, len(cells), _FACTS_PER_ROW):
        row: list[Block] = [*cells[start : start + _FACTS_PER_ROW]]
        row += [Gap(0)] * (_FACTS_PER_ROW - len(row))
        yield Stack([Columns(row, [1.0] * _FACTS_PER_ROW, 8.0), Gap(3)])


def _cell(fact: Fact, catalogue: Catalogue) -> Stack:
    value = stated_text(fact.value, catalogue) if fact.value else catalogue.text("report.unknown")
    name = catalogue.text(fact.name)
    if fact.source in (FactSource.FILE, FactSource.GEOMETRY):
        return _labelled(name, value, SMALL)
    said = f"{value} · {catalogue.text(f'report.source.{fact.source.value}')}"
    return _labelled(name, said, SMALL_STRONG)


def _labelled(label: str, value: str, style: TextStyle) -> Stack:
    return Stack([TextBlock(label, FINE_PRINT), TextBlock(value, style)])


def _dashed(date: str) -> str:
    """A DICOM date (YYYYMMDD) as ``YYYY-MM-DD``; anything else as it stands."""
    return f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == 8 and date.isdigit() else date

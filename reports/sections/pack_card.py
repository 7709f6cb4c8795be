"""Which pack answered, from whose data it was made, and on which build: enough to repeat the result."""

from __future__ import annotations

from inference.assessment import Assessment
from inference.messages.catalogue import Catalogue
from reports.figures.style import PAPER
from reports.paper.blocks import Block, Columns, Gap, Stack, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import FINE_PRINT
from reports.wording import scan_name, text_or_code

_CELLS_PER_ROW = 2


def pack_section(assessment: Assessment, catalogue: Catalogue) -> Section:
    """The pack card in short, the software, and every input by its hash."""
    pack, software = assessment.pack, assessment.software
    state = text_or_code("pack.state", pack.state, catalogue)
    build = f"{software.name} {software.version} · {software.runtime} · {software.provider}"
    build = catalogue.text("report.threads", runtime=build, threads=software.threads)
    pairs = [
        (catalogue.text("report.pack.name"), f"{pack.id} {pack.version} · {state}"),
        (catalogue.text("report.pack.software"), build),
        (catalogue.text("report.pack.sha256"), pack.sha256),
    ]
    of_several = any(entry.scan for entry in assessment.inputs)
    for entry in assessment.inputs:
        kind = text_or_code("report.input", entry.kind, catalogue)
        if of_several and entry.kind != "clinical":
            kind = f"{kind} \u00b7 {scan_name(assessment.study, entry.scan, catalogue)}"
        pairs.append((catalogue.text("report.pack.input", kind=kind), entry.sha256))
    cells = [_cell(label, value) for label, value in pairs]
    rows: list[Block] = [Gap(2)]
    for start in range(0, len(cells), _CELLS_PER_ROW):
        row: list[Block] = [*cells[start : start + _CELLS_PER_ROW]]
        row += [Gap(0)] * (_CELLS_PER_ROW - len(row))
        rows.append(Stack([Columns(row, [1.0] * _CELLS_PER_ROW, 14.0), Gap(3)]))
    return Section(catalogue.text("report.section.pack"), rows)


def _cell(label: str, value: str) -> Stack:
    return Stack([TextBlock(label, FINE_PRINT), TextBlock(value, FINE_PRINT.coloured(PAPER.ink))])

"""Which pack answered, from whose data it was made, and on which build: enough to repeat the result."""

from __future__ import annotations

from inference.assessment import Assessment
from inference.messages.catalogue import Catalogue
from reports.paper.blocks import Block, Columns, Row, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import QUIET, SMALL
from reports.wording import text_or_code

_SHARES = (7.0, 18.0)


def pack_section(assessment: Assessment, catalogue: Catalogue) -> Section:
    """The pack card in short, the software, and every input by its hash."""
    pack, software = assessment.pack, assessment.software
    runtime = f"{software.runtime} · {software.provider}"
    pairs = [
        ("report.pack.name", f"{pack.id} {pack.version}"),
        ("report.pack.state", text_or_code("report.pack.state", pack.state, catalogue)),
        ("report.pack.provenance", text_or_code("report.pack.provenance", pack.provenance, catalogue)),
        ("report.pack.sha256", pack.sha256),
        ("report.pack.software", f"{software.name} {software.version}"),
        ("report.pack.runtime", catalogue.text("report.threads", runtime=runtime, threads=software.threads)),
    ]
    rows: list[Block] = [_row(catalogue.text(label), value) for label, value in pairs]
    for entry in assessment.inputs:
        kind = text_or_code("report.input", entry.kind, catalogue)
        rows.append(_row(catalogue.text("report.pack.input", kind=kind), entry.sha256))
    return Section(catalogue.text("report.section.pack"), rows)


def _row(label: str, value: str) -> Row:
    return Row(Columns([TextBlock(label, QUIET), TextBlock(value, SMALL)], _SHARES, 6.0), 1.6, inset=2.0)

"""The input check: what was measured, what is allowed, the verdict as word and shape; and who says so."""

from __future__ import annotations

from inference.assessment import Assessment, Fact, FactSource, GuardLine
from inference.findings import Verdict
from inference.messages.catalogue import Catalogue
from reports.figures.style import PAPER, FigureStyle
from reports.figures.verdict_mark import verdict_mark
from reports.paper.blocks import Block, Columns, Gap, Mark, Row, Stack, Table, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import LABEL, QUIET, SMALL, SMALL_STRONG, TextStyle
from reports.wording import guard_word, scan_name, stated_text

_SHARES = (1.0, 6.0, 6.2, 8.8, 3.8)


def guard_sections(assessment: Assessment, catalogue: Catalogue) -> list[Section]:
    """Every line of the guard, a section for each scan; in the first the facts that a person stated because
    the file is silent.
    """
    scans = list(dict.fromkeys(line.scan for line in assessment.guard)) or [""]
    sections = []
    for scan in scans:
        title = catalogue.text("report.section.guard")
        if len(scans) > 1:
            title = f"{title} \u00b7 {scan_name(assessment.study, scan, catalogue)}"
        rows = [_line(line, catalogue) for line in assessment.guard if line.scan == scan]
        sections.append(Section(title, [Table([_heads(catalogue), *rows])]))
    stated = [_stated(fact, catalogue) for fact in assessment.facts if fact.source is FactSource.USER]
    first = sections[0]
    return [Section(first.heading, [*first.blocks, *stated]), *sections[1:]]


def _heads(catalogue: Catalogue) -> Block:
    names = ("report.guard.check", "report.guard.measured", "report.guard.allowed", "report.guard.verdict")
    heads: list[Block] = [Gap(0), *(TextBlock(catalogue.text(name), LABEL) for name in names)]
    return Row(Columns(heads, _SHARES, 5.0), 1.5, inset=2.0)


def _line(line: GuardLine, catalogue: Catalogue) -> Row:
    word = SMALL_STRONG.coloured(_colour(line.verdict, PAPER))
    cells: list[Block] = [
        Mark(verdict_mark(line.verdict, 8.0), SMALL),
        TextBlock(catalogue.text(line.name), SMALL),
        TextBlock(catalogue.render(line.measured), SMALL_STRONG),
        TextBlock(catalogue.render(line.allowed), QUIET),
        TextBlock(guard_word(line.verdict, catalogue), word),
    ]
    return Row(Columns(cells, _SHARES, 5.0), 1.8, inset=2.0)


def _stated(fact: Fact, catalogue: Catalogue) -> Stack:
    value = stated_text(fact.value, catalogue)
    claim = catalogue.text("report.guard.stated", fact=catalogue.text(fact.name), value=value)
    style: TextStyle = SMALL_STRONG.coloured(PAPER.note)
    mark = Mark(verdict_mark(Verdict.NOTE, 8.0), SMALL)
    return Stack([Row(Columns([mark, TextBlock(claim, style)], (1.0, 23.6), 5.0), 1.8, inset=2.0)])


def _colour(verdict: Verdict, style: FigureStyle) -> str:
    return {Verdict.FINE: style.fine, Verdict.NOTE: style.note, Verdict.REFUSED: style.refused}[verdict]

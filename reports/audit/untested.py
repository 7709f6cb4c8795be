"""How much of the audit rests on predictions for regimens that the patients never had."""

from __future__ import annotations

from inference.messages.catalogue import Catalogue
from inference.rules.decision_audit import DecisionAudit, TwoTallies
from reports.audit.words import rate_text
from reports.figures.style import PAPER
from reports.paper.blocks import Block, Card, Columns, Gap, Row, Stack, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import BODY, BODY_STRONG, LABEL, NOTE_TINT, SMALL, SMALL_STRONG

_SHARES = (44, 28, 28)


def untested_section(audit: DecisionAudit, catalogue: Catalogue) -> Section:
    """A box: what is untested, the three readings, and what they mean."""
    both, aside = audit.as_judged, audit.set_aside
    never_given = both.model.correct - aside.model.correct
    blocks: list[Block] = [
        TextBlock(catalogue.text("audit.untested.what", count=both.physician.wrong), BODY),
        TextBlock(
            catalogue.text("audit.untested.model", count=never_given, correct=both.model.correct), BODY
        ),
        Gap(5),
        _head(catalogue),
        _reading("audit.untested.as_judged", both, catalogue),
        _reading("audit.untested.set_aside", aside, catalogue, is_strong=True),
        _reading("audit.untested.all_false", audit.all_false, catalogue),
        Gap(6),
        TextBlock(catalogue.text("audit.untested.meaning"), BODY_STRONG),
    ]
    if aside.physician.determinable:
        blocks.append(TextBlock(catalogue.text("audit.untested.full"), BODY))
    box = Card(Stack(blocks), NOTE_TINT, PAPER.note)
    return Section(catalogue.text("audit.section.untested"), [Stack([Gap(3), box])])


def _head(catalogue: Catalogue) -> Block:
    names = ("audit.untested.reading", "audit.physicians", "audit.model")
    return Row(Columns([TextBlock(catalogue.text(name), LABEL) for name in names], _SHARES), 1.5, inset=0.0)


def _reading(name: str, two: TwoTallies, catalogue: Catalogue, *, is_strong: bool = False) -> Block:
    style = SMALL_STRONG if is_strong else SMALL
    cells = (catalogue.text(name), rate_text(two.physician, catalogue), rate_text(two.model, catalogue))
    return Row(Columns([TextBlock(cell, style) for cell in cells], _SHARES), inset=0.0)

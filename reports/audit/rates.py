"""Both sides' correct rates: in words, as two cards, and as bars of all patients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from inference.messages.catalogue import Catalogue
from inference.rules.decision_audit import DecisionAudit, Tally
from inference.statistics.reasons import NotEstimable
from reports.audit.words import interval_text, rate_text
from reports.figures.drawing import Drawing
from reports.figures.style import PAPER
from reports.figures.verdict_bars import VerdictBar, VerdictWords, verdict_bars
from reports.paper.blocks import Block, Gap, Picture, Stack, TextBlock, baseline
from reports.paper.even_row import EvenRow
from reports.paper.flow import Section
from reports.paper.sheet import (
    BODY_STRONG,
    FIGURE,
    FINE_PRINT,
    HEADLINE_SMALL,
    LEAD,
    NOTE_INK,
    QUIET,
    Sheet,
)
from reports.wording import percent

_FEW: Final = 30


def rates_section(audit: DecisionAudit, catalogue: Catalogue) -> Section:
    """Headline, cards, bars."""
    both = audit.as_judged
    cards: list[Block] = [
        _card("audit.physicians", "audit.physicians.what", both.physician, catalogue),
        _card("audit.model", "audit.model.what", both.model, catalogue),
    ]
    blocks: list[Block] = [Gap(3), TextBlock(headline(audit, catalogue), HEADLINE_SMALL), Gap(4)]
    if both.physician.wrong:
        blocks += [TextBlock(untested_headline(audit, catalogue), BODY_STRONG.coloured(NOTE_INK)), Gap(5)]
    if min(both.physician.determinable, both.model.determinable) < _FEW:
        caution = catalogue.text("audit.limit.few", few=_FEW)
        blocks += [TextBlock(caution, BODY_STRONG.coloured(PAPER.refused)), Gap(5)]
    blocks += [EvenRow(cards, 2), Gap(10), Picture(lambda width: bars(audit, width, catalogue))]
    return Section(
        catalogue.text("audit.section.rates"), [Stack(blocks)], catalogue.text("audit.rates.remark")
    )


def headline(audit: DecisionAudit, catalogue: Catalogue) -> str:
    """Both rates in a sentence."""
    both = audit.as_judged
    if not audit.can_compare:
        return catalogue.text("audit.headline.none", patients=audit.patients)
    words = {"physician": rate_text(both.physician, catalogue), "model": rate_text(both.model, catalogue)}
    if both.physician.determinable and both.model.determinable:
        return catalogue.text("audit.headline", patients=audit.patients, **words)
    return catalogue.text("audit.headline.one_side", **words)


def untested_headline(audit: DecisionAudit, catalogue: Catalogue) -> str:
    """What every wrong choice rests on, and what is left without it."""
    aside = audit.set_aside
    return catalogue.text(
        "audit.headline.untested",
        wrong=audit.as_judged.physician.wrong,
        physician=rate_text(aside.physician, catalogue),
        model=rate_text(aside.model, catalogue),
    )


def bars(audit: DecisionAudit, width: float, catalogue: Catalogue) -> Drawing:
    """One bar for each side; brackets mark what rests on untested predictions."""
    both, aside = audit.as_judged, audit.set_aside
    untested = both.model.correct - aside.model.correct
    sides = [
        _bar("audit.physicians", both.physician, both.physician.correct, both.physician.wrong, catalogue),
        _bar("audit.model", both.model, both.model.correct - untested, untested, catalogue),
    ]
    words = VerdictWords(
        catalogue.text("audit.judged.correct"),
        catalogue.text("audit.judged.wrong"),
        catalogue.text("audit.judged.undeterminable"),
        catalogue.template("audit.bars.untested"),
    )
    return verdict_bars(sides, words, width)


def _bar(name: str, tally: Tally, untested_from: int, untested: int, catalogue: Catalogue) -> VerdictBar:
    return VerdictBar(
        catalogue.text(name), tally.correct, tally.wrong, tally.undeterminable, untested_from, untested
    )


def _card(name: str, what: str, tally: Tally, catalogue: Catalogue) -> Block:
    found = tally.rate
    head = _NameLine(catalogue.text(name), catalogue.text(what))
    if isinstance(found, NotEstimable):
        return Stack([head, Gap(3), TextBlock(catalogue.render(found.message), LEAD)])
    line = _RateLine(
        percent(found.value, catalogue), rate_text(tally, catalogue), interval_text(found, catalogue)
    )
    return Stack([head, line])


@dataclass(frozen=True, slots=True)
class _NameLine:
    """A side and, in small print, what of it is judged."""

    name: str
    what: str

    def height(self, width: float) -> float:
        return LEAD.leading

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        sheet.text(x, baseline(top, LEAD), self.name, LEAD)
        sheet.text(x + LEAD.width(self.name) + 7, baseline(top, LEAD), self.what, FINE_PRINT)


@dataclass(frozen=True, slots=True)
class _RateLine:
    """The rate, large; beside it counts and interval."""

    rate: str
    counts: str
    interval: str

    def height(self, width: float) -> float:
        return FIGURE.leading + 2.0

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        sheet.text(x - 1, baseline(top, FIGURE), self.rate, FIGURE)
        first = baseline(top + 4, BODY_STRONG)
        sheet.text(x, first, self.counts, BODY_STRONG, "right", width)
        sheet.text(x, first + 12, self.interval, QUIET, "right", width)

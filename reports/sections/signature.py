"""The board's own decision, by hand: what was decided, by whom, when, and a signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from inference.decisions.board_decision import BoardDecision
from inference.messages.catalogue import Catalogue
from reports.figures.drawing import Line
from reports.figures.style import PAPER
from reports.paper.blocks import Block, Columns, Gap, Stack, TextBlock, baseline
from reports.paper.flow import Section
from reports.paper.sheet import BODY_STRONG, LABEL, QUIET, SMALL, Sheet
from reports.wording import moment, recommendation_name

_ROOM_TO_WRITE: Final = 20.0


@dataclass(frozen=True, slots=True)
class _WritingLine:
    """A line to write on with its label beneath."""

    label: str

    def height(self, width: float) -> float:
        return _ROOM_TO_WRITE + LABEL.leading + 1

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        y = top + _ROOM_TO_WRITE
        sheet.shapes([Line(x, y, x + width, y, PAPER.ink, 0.6)])
        sheet.text(x, baseline(y + 1, LABEL), self.label, LABEL)


def signature_section(catalogue: Catalogue, decision: BoardDecision | None = None) -> Section:
    """The decision that was recorded, and place for name, date and signature; it stays on one page."""
    heading = catalogue.text("report.section.signature")
    lines = [
        _WritingLine(catalogue.text(f"report.signature.{what}"))
        for what in ("decision", "name", "date", "signature")
    ]
    by_hand, *others = lines
    signed = Columns(others, (10, 6, 12), 16.0)
    told: list[Block] = [by_hand] if decision is None else _recorded(decision, catalogue)
    return Section(heading, [Stack([*told, Gap(2), signed])])


def _recorded(decision: BoardDecision, catalogue: Catalogue) -> list[Block]:
    choice = catalogue.text(f"decision.choice.{decision.choice.value}")
    what = decision.decided
    if not what and decision.recommended is not None:
        what = recommendation_name(decision.recommended, catalogue)
    blocks: list[Block] = [
        Gap(3),
        TextBlock(catalogue.text("report.decision", choice=choice, decided=what), BODY_STRONG),
    ]
    if decision.reason:
        blocks.append(TextBlock(catalogue.text("report.decision.reason", reason=decision.reason), SMALL))
    at = moment(decision.at)
    blocks.append(TextBlock(catalogue.text("report.decision.by", by=decision.by, at=at), QUIET))
    if (opinion := decision.opinion) is not None:
        fields = {"text": opinion.text, "by": opinion.by, "at": moment(opinion.at)}
        blocks.append(TextBlock(catalogue.text("panel.decision.opinion.told", **fields), QUIET))
    return blocks

"""What missing values cost, short enough for the column: fields of the same cost share one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from inference.clinical.missing_costs import MissingCost, PathwayNeeds, costs_of_missing
from inference.clinical.schema import load_form
from inference.messages.message import LIST_MARK
from inference.pathways.needs import needs_of

if TYPE_CHECKING:
    from gui.session import Session

_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class MissingLine:
    """The cost of one field; ``key`` is the same for fields that cost the same."""

    cost: MissingCost

    @property
    def key(self) -> str:
        """What is lost and what answers instead."""
        one = self.cost
        return f"{one.is_first}{one.is_barred}{one.costs_answer}{one.instead}{one.lost}"

    @property
    def is_urgent(self) -> bool:
        """True where the answer itself suffers or the form asks for the value."""
        return self.cost.is_first or self.cost.costs_answer or not self.cost.lost

    def text(self, session: Session, fields: Sequence[str]) -> str:
        """One line for all ``fields`` that cost the same."""
        named = LIST_MARK.join(f"clinical.{name}" for name in fields[:_MOST_NAMED])
        more = len(fields) - _MOST_NAMED
        without = session.tr("panel.clinical.cost.fields", fields=named)
        if more > 0:
            without = session.tr("panel.clinical.cost.fields_more", fields=named, count=more)
        lost = LIST_MARK.join(f"score.{name}" for name in self.cost.lost)
        instead = f"score.{self.cost.instead}" if self.cost.instead else ""
        return session.tr(f"panel.clinical.cost.{self._kind}", without=without, lost=lost, instead=instead)

    @property
    def _kind(self) -> str:
        one = self.cost
        if one.is_first:
            return "first"
        if not one.lost:
            return "required"
        if not one.costs_answer:
            return "beside"
        if one.is_barred or one.instead is None:
            return "lost"
        return "answer"


def missing_lines(session: Session) -> Mapping[str, MissingLine]:
    """By field: what its absence costs with the pack that is open; only what the form requires without."""
    record, pack = session.record, session.pack
    fits = pack is not None and pack.manifest.study == record.study
    needs = needs_of(pack.manifest) if pack is not None and fits else PathwayNeeds()
    costs = costs_of_missing(load_form(record.study), record, needs)
    return {cost.field: MissingLine(cost) for cost in costs}

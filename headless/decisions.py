"""``main.py decisions``: what boards decided here, what came of it, and the table for the audit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inference.clock import Clock, SystemClock
from inference.decisions.board_decision import BoardDecision, RecordedOutcome
from inference.decisions.decision_store import DecisionStore, audit_csv
from inference.errors import EXIT_ANSWERED, InputError
from inference.messages.catalogue import Catalogue
from inference.storage import write_atomically


@dataclass(frozen=True, slots=True)
class DecisionsRequest:
    """What the user asked for; without ``outcome_of`` and ``export`` the decisions are listed."""

    outcome_of: str = ""
    given: str = ""
    actual: str = ""
    by: str = ""
    export: Path | None = None


def run_decisions(
    request: DecisionsRequest,
    catalogue: Catalogue,
    *,
    store: DecisionStore | None = None,
    clock: Clock | None = None,
) -> int:
    """Do it and print what was done.

    Raises
    ------
    ConciliumError
        When there is no such decision, its outcome stands already, a word is missing, nothing can be
        exported, or writing fails.
    """
    kept = store or DecisionStore.of_this_user()
    if request.outcome_of:
        moment = (clock or SystemClock()).now()
        changed = kept.record_outcome(
            request.outcome_of, RecordedOutcome(request.given, request.actual, request.by, moment)
        )
        print(_line(changed, catalogue))
    elif any((request.given, request.actual, request.by)):
        raise InputError("error.decision.outcome_of_nothing")
    found = kept.all()
    if found.unreadable:
        print(catalogue.text("decision.unreadable", count=found.unreadable))
    if request.export is not None:
        write_atomically(request.export, audit_csv(found.decisions).encode())
        print(catalogue.text("cli.written", file=str(request.export)))
    elif not request.outcome_of:
        for one in found.decisions:
            print(_line(one, catalogue))
        print(catalogue.text("decision.count", count=len(found.decisions)))
    return EXIT_ANSWERED


def _line(decision: BoardDecision, catalogue: Catalogue) -> str:
    outcome = decision.outcome
    parts = [
        decision.decision_id,
        decision.at.isoformat(timespec="minutes"),
        decision.study,
        catalogue.text(f"decision.choice.{decision.choice.value}"),
        decision.decided or (decision.recommended or ""),
        decision.by,
        f"{outcome.given} → {outcome.actual}" if outcome else catalogue.text("decision.no_outcome"),
    ]
    return " · ".join(part for part in parts if part)

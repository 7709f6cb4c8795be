"""Decisions on this machine: one file each, written whole; a damaged one is told and hides no other."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inference.decisions.board_decision import (
    AUDITED_STUDY,
    BoardDecision,
    RecordedOutcome,
    from_document,
    to_document,
)
from inference.errors import InputError
from inference.paths import ApplicationPaths
from inference.rules.decisions_file import COLUMNS, SYNTHETIC
from inference.storage import write_atomically

LARGEST_BYTES: Final = 100_000
_DAMAGED: Final = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, InputError)


@dataclass(frozen=True, slots=True)
class KeptDecisions:
    """Decisions in the order in which they were taken, and how many files could not be read."""

    decisions: tuple[BoardDecision, ...]
    unreadable: int


class DecisionStore:
    """A folder of decisions; it needs not exist before the first one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of_this_user(cls) -> DecisionStore:
        """Where this user's decisions are kept."""
        return cls(ApplicationPaths.of_this_user().decisions)

    def put(self, decision: BoardDecision) -> None:
        """Keep a decision.

        Raises
        ------
        StorageError
            When the place is full, read-only or gone.
        """
        text = json.dumps(to_document(decision), indent=1, sort_keys=True, ensure_ascii=False)
        write_atomically(self._folder / f"{decision.decision_id}.json", f"{text}\n".encode())

    def all(self) -> KeptDecisions:
        """Every decision that can be read."""
        found: list[BoardDecision] = []
        unreadable = 0
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []:
            try:
                if path.stat().st_size > LARGEST_BYTES:
                    raise ValueError("too large")
                one = from_document(json.loads(path.read_text(encoding="utf-8")))
                if one.decision_id != path.stem:
                    raise ValueError("another decision's name")
                found.append(one)
            except _DAMAGED:
                unreadable += 1
        return KeptDecisions(tuple(sorted(found, key=lambda one: (one.at, one.decision_id))), unreadable)

    def record_outcome(self, decision_id: str, outcome: RecordedOutcome) -> BoardDecision:
        """Add what came of a decision.

        Raises
        ------
        InputError
            When there is no such decision, or its outcome stands already.
        StorageError
            When it cannot be written.
        """
        known = {one.decision_id: one for one in self.all().decisions}
        if decision_id not in known:
            raise InputError("error.decision.unknown", decision=decision_id)
        changed = known[decision_id].with_outcome(outcome)
        self.put(changed)
        return changed


def audit_csv(decisions: Iterable[BoardDecision]) -> str:
    """The decisions on nasopharyngeal carcinoma whose outcome is known, as ``main.py audit`` reads them.

    A patient is named by the hash of issuer and identifier; of several decisions on one patient the last
    counts.

    Raises
    ------
    InputError
        When there is none: a table of headings alone says nothing.
    """
    last: dict[str, BoardDecision] = {}
    given = tuple(decisions)
    for one in given:
        if one.study == AUDITED_STUDY and one.outcome is not None and one.predicted:
            last[one.subject_sha256 or one.decision_id] = one
    if not last:
        raise InputError("error.decision.nothing_to_export", count=len(given))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*COLUMNS, SYNTHETIC])
    for patient, one in last.items():
        assert one.outcome is not None
        writer.writerow(
            [
                patient[:16],
                one.predicted["ccrt"],
                one.predicted["ic_ccrt"],
                one.outcome.given,
                one.outcome.actual,
                "yes" if one.subject == "phantom" else "no",
            ]
        )
    return stream.getvalue()

"""Undoable changes of the clinical record: one value set, or a whole record imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.commands.named_command import NamedCommand
from inference.clinical.days import birth_day, refuse_impossible_days
from inference.clinical.derivation import derive
from inference.clinical.record import ClinicalRecord, ClinicalValue
from inference.clinical.schema import load_form
from inference.messages.message import Message

if TYPE_CHECKING:
    from gui.session import Session
    from inference.clinical.importing.proposal import ImportProposal
    from inference.release import Release


class ReplaceRecord(NamedCommand):
    """Put ``record`` in the place of the session's record; undo restores the former one exactly."""

    def __init__(self, session: Session, record: ClinicalRecord, name: Message) -> None:
        super().__init__(session, name)
        self._before = session.record
        self._after = record

    def redo(self) -> None:
        self._session.set_record(self._after)

    def undo(self) -> None:
        self._session.set_record(self._before)


def set_clinical_value(
    session: Session, value: ClinicalValue, *others: ClinicalValue
) -> ReplaceRecord | None:
    """The command that sets one field and what is derived from it; None when nothing would change.

    ``others`` are set with it: entries that could not stand without it.

    Raises
    ------
    InputError
        When the value contradicts another one, or is a day that cannot be.
    """
    record = session.record
    for one in (value, *others):
        record = record.with_value(one)
    record = _checked(session, record)
    if dict(record.values) == dict(session.record.values):
        return None
    return ReplaceRecord(
        session, record, Message("panel.edit.value", {"field": f"clinical.{value.field_id}"})
    )


def take_proposal(
    session: Session, proposal: ImportProposal, released: Release | None = None
) -> ReplaceRecord:
    """The command that takes what an import offers; its refusals have been looked at.

    ``released`` is who confirmed that the other identifier, which the source names, is this patient's too.

    Raises
    ------
    InputError
        When nothing is accepted, or values contradict one another or the record.
    """
    form = load_form(session.record.study)
    merged = proposal.taken_into(form, session.record, leaving_out=proposal.refused, released=released)
    return ReplaceRecord(session, _checked(session, merged), Message("panel.edit.import_record"))


def _checked(session: Session, record: ClinicalRecord) -> ClinicalRecord:
    """The record with all that follows from it, once nothing in it contradicts the rest or the calendar."""
    form = load_form(record.study)
    derived = derive(form, record)
    born = birth_day(session.identity)
    refuse_impossible_days(form, derived, today=session.clock.now().date(), born=born)
    return derived

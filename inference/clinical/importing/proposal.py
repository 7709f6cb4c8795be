"""What an import offers: values accepted, values refused with the reason, and what was not recognised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from inference.clinical.derivation import derive
from inference.clinical.record import ClinicalRecord, ClinicalValue
from inference.clinical.schema import FormSchema
from inference.errors import InputError
from inference.messages.message import LIST_MARK, Message
from inference.release import Release

_MOST_VALUES: Final = 3


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One value where it stands in the source: ``place`` says where, ``name`` and ``text`` as written."""

    place: Message
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ProposedValue:
    """A value that fits the form; ``notes`` say what was read into it, such as a unit that is not stated."""

    value: ClinicalValue
    entry: SourceEntry
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedValue:
    """A value of a known field that cannot be taken, and why."""

    field_id: str
    entry: SourceEntry
    reason: Message


@dataclass(frozen=True, slots=True)
class ImportProposal:
    """What one source says of one patient; nothing of it is in a record yet.

    ``patient`` is the source's name for the patient, empty where it gives none; ``also_called`` are the
    others that it gives for the same one.
    """

    study: str
    patient: str
    accepted: tuple[ProposedValue, ...]
    refused: tuple[RefusedValue, ...]
    unknown: tuple[SourceEntry, ...]
    also_called: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that the source calls the patient."""
        return tuple(name for name in (self.patient, *self.also_called) if name)

    def conflict(self, form: FormSchema, record: ClinicalRecord) -> Message | None:
        """Why the accepted values cannot stand together with the record's; None when they can."""
        try:
            self._merged(form, record)
        except InputError as error:
            return error.message
        return None

    def replaced(self, record: ClinicalRecord) -> tuple[tuple[ClinicalValue, ClinicalValue], ...]:
        """Pairs of a recorded value and the other one that would take its place."""
        return tuple(
            (present, one.value)
            for one in self.accepted
            if (present := record.values.get(one.value.field_id)) is not None
            and present.canonical is not None
            and present.canonical != one.value.canonical
        )

    def taken_into(
        self,
        form: FormSchema,
        record: ClinicalRecord,
        *,
        leaving_out: Sequence[RefusedValue] = (),
        released: Release | None = None,
    ) -> ClinicalRecord:
        """The record with every accepted value and all that follows from them.

        ``leaving_out`` are the refused values that the person has seen; without all of them nothing is taken.
        ``released`` is the release by which values of another patient than the scan's are taken.

        Raises
        ------
        InputError
            When refused values were not seen, when nothing was accepted, or when the values contradict one
            another.
        """
        if self.study != form.study:
            raise InputError("error.clinical.study", study=self.study, expected=form.study)
        seen = {id(one) for one in leaving_out}
        unseen = [one for one in self.refused if id(one) not in seen and one not in leaving_out]
        if unseen:
            names = LIST_MARK.join(dict.fromkeys(f"clinical.{one.field_id}" for one in unseen))
            raise InputError("error.import.unseen", count=len(unseen), fields=names)
        if not self.accepted:
            raise InputError("error.import.nothing")
        return self._merged(form, record, released)

    def _merged(
        self, form: FormSchema, record: ClinicalRecord, released: Release | None = None
    ) -> ClinicalRecord:
        for one in self.accepted:
            record = record.with_value(replace(one.value, released=released))
        return derive(form, record)


def proposal_of(
    study: str,
    patient: str,
    found: Iterable[ProposedValue | RefusedValue],
    unknown: Iterable[SourceEntry],
    also_called: Sequence[str] = (),
) -> ImportProposal:
    """Sort what was found; a field that is given twice with different values is refused, once."""
    accepted: dict[str, list[ProposedValue]] = {}
    refused: list[RefusedValue] = []
    for one in found:
        if isinstance(one, RefusedValue):
            refused.append(one)
        else:
            accepted.setdefault(one.value.field_id, []).append(one)
    kept: list[ProposedValue] = []
    for field_id, offers in accepted.items():
        if len({(offer.value.canonical, offer.value.missing) for offer in offers}) == 1:
            kept.append(offers[0])
            continue
        refused.append(RefusedValue(field_id, offers[0].entry, _several(field_id, offers)))
    return ImportProposal(study, patient, tuple(kept), tuple(refused), tuple(unknown), tuple(also_called))


def _several(field_id: str, offers: Sequence[ProposedValue]) -> Message:
    """That a field has several values: the first of them, and how many more there are."""
    different = {(one.value.canonical, one.value.missing, one.entry.text): one.entry.text for one in offers}
    texts = list(different.values())
    fields = {"field": f"clinical.{field_id}", "values": LIST_MARK.join(texts[:_MOST_VALUES])}
    more = len(texts) - _MOST_VALUES
    if more <= 0:
        return Message("error.import.several", {**fields, "count": len(offers)})
    return Message("error.import.several_more", {**fields, "count": len(offers), "more": more})

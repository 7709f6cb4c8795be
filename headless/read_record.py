"""The clinical values of the command line: of one patient of a file, the scan's, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from inference.clinical.importing.proposal import ImportProposal, RefusedValue
from inference.clinical.importing.reading_file import read_import_file
from inference.clinical.importing.whose import of_the_scan, whose
from inference.clinical.record import ClinicalRecord
from inference.clinical.schema import FormSchema, load_form
from inference.clinical.taken_over import OTHER_PATIENT
from inference.errors import InputError
from inference.inputs.scan_dates import date_of
from inference.messages.message import FieldValue, Message
from inference.release import Release
from inference.scan import Stack
from inference.tables.csv_table import TableError

_WAITS_FOR_SCAN: Final = "error.import.age_needs_scan"
_OF_DOCUMENT: Final = "import.place.field"
_MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record with what the user is told of how it was read: whose it is, and what was not recognised.

    ``released`` is the release by which values of another patient were taken, None where none was needed.
    """

    record: ClinicalRecord
    notes: tuple[Message, ...] = ()
    released: Release | None = None


class ImportRefusedError(InputError):
    """Several clinical values that cannot be taken, each with its place and reason."""

    def __init__(self, refused: Sequence[RefusedValue]) -> None:
        super().__init__("error.import.refused", count=len(refused))
        self.refused = tuple(refused)


def read_record(
    study: str,
    path: Path | None,
    on: date | None = None,
    *,
    patient: str | None = None,
    awaits_scan: bool = False,
) -> ClinicalRecord:
    """The record in ``path``, a CSV file, JSON or a FHIR bundle; without one, every value is missing.

    ``on`` is the day of the scan, on which an age counts; with ``awaits_scan`` it is not open yet: an age
    that waits for it is left open, and so is which of several patients is meant.  ``patient`` is whom of the
    file is meant, as :func:`of_patient` takes it.

    Raises
    ------
    ImportRefusedError
        When any value is refused: nothing of the file is taken then.
    InputError
        When the file is not there, cannot be read, or when it is open whom of the file is meant.
    """
    form = load_form(study)
    proposals = _proposals(form, path, on, patient)
    if path is None or (awaits_scan and patient is None and len(proposals) > 1):
        return form.empty_record()
    proposal = of_patient(proposals, patient, path.name)
    waiting = [one for one in proposal.refused if awaits_scan and one.reason.id == _WAITS_FOR_SCAN]
    return _taken(form, proposal, waiting)


def read_record_for(
    stack: Stack, study: str, path: Path | None, *, patient: str | None, releases: Sequence[Release]
) -> ReadRecord:
    """As :func:`read_record`, for the open scan, whose patient must be the file's where both name one.

    Of several patients of the file the one that the scan names is meant where ``patient`` names none.

    Raises
    ------
    InputError
        As :func:`read_record`; and where the file names another patient and none of ``releases`` lifts that.
    """
    form = load_form(study)
    proposals = _proposals(form, path, date_of(stack), patient)
    if path is None:
        return ReadRecord(form.empty_record())
    matching = of_the_scan(proposals, stack.identity) if patient is None else None
    proposal = matching or of_patient(proposals, patient, path.name)
    is_chosen = matching is not None and len(proposals) > 1
    told = whose(proposal, stack.identity)
    release = next((one for one in releases if told.is_other and one.code == OTHER_PATIENT), None)
    if told.is_other and release is None:
        raise InputError(
            "error.import.other_patient", file=told.in_file, scan=told.in_scan, code=OTHER_PATIENT
        )
    notes = [Message("import.note.chosen", {"count": len(proposals)})] if is_chosen else []
    notes.append(told.message)
    if proposal.unknown:
        names = list(dict.fromkeys(one.name for one in proposal.unknown))
        notes.append(Message("panel.import.unknown", {"names": _listed(names)}))
    return ReadRecord(_taken(form, proposal, (), release), tuple(notes), release)


def of_patient(proposals: Sequence[ImportProposal], patient: str | None, file: str) -> ImportProposal:
    """The proposal of ``patient``: the identifier in the file, or ``#2`` for its second patient.

    Raises
    ------
    InputError
        When nobody is named and there are several, and when the name is that of none or of several.
    """
    names = [f"#{number} {one.patient}".strip() for number, one in enumerate(proposals, start=1)]
    fields: dict[str, FieldValue] = {"file": file, "count": len(proposals), "patients": _listed(names)}
    if patient is None:
        if len(proposals) != 1:
            raise InputError("error.import.patients", **fields)
        return proposals[0]
    meant = [
        one
        for number, one in enumerate(proposals, start=1)
        if patient == f"#{number}" or (patient and patient in one.names)
    ]
    if len(meant) != 1:
        raise InputError("error.import.patient_not_one", patient=patient, found=len(meant), **fields)
    return meant[0]


def _listed(names: Sequence[str]) -> str:
    more = f" +{len(names) - _MOST_NAMED}" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _proposals(
    form: FormSchema, path: Path | None, on: date | None, patient: str | None
) -> tuple[ImportProposal, ...]:
    if path is None:
        if patient is not None:
            raise InputError("error.import.patient_without_file", patient=patient)
        return ()
    if not path.is_file():
        raise InputError("error.input.not_found", file=path.name)
    try:
        return read_import_file(form, path, on)
    except TableError as error:
        if len(error.problems) > 1:
            raise
        raise InputError(error.problems[0].id, **error.problems[0].fields) from error


def _taken(
    form: FormSchema,
    proposal: ImportProposal,
    waiting: Sequence[RefusedValue],
    release: Release | None = None,
) -> ClinicalRecord:
    """Everything of the proposal, or nothing; ``waiting`` are refusals that only wait for the scan."""
    refused = [one for one in proposal.refused if one not in waiting]
    if len(refused) == 1:
        raise InputError(refused[0].reason.id, **refused[0].reason.fields)
    if refused:
        raise ImportRefusedError(refused)
    for one in proposal.unknown:
        # A table may hold more than is asked for; the application's own document may not.
        if one.place.id == _OF_DOCUMENT:
            form.field(one.name)
    if waiting and not proposal.accepted:
        return form.empty_record()
    return proposal.taken_into(form, form.empty_record(), leaving_out=waiting, released=release)

"""What the command line names becomes a case: the scans that the study reads, masks, clinical values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from inference.case_input import CaseInput, ScanInput, StatedFacts
from inference.clinical.importing.proposal import ImportProposal, RefusedValue
from inference.clinical.importing.reading_file import read_import_file
from inference.clinical.record import ClinicalRecord
from inference.clinical.schema import load_form
from inference.dicom.intake import Intake
from inference.errors import InputError
from inference.inputs.choosing import choose_scans
from inference.inputs.study_inputs import load_study_inputs
from inference.jobs import OnProgress, ShouldStop
from inference.masks.codecs.choosing import choose_segments
from inference.masks.codecs.imported import as_layer
from inference.masks.layer import MaskLayer
from inference.meaning.known_meanings import meaning_of
from inference.meaning.understanding import Meaning
from inference.messages.message import FieldValue
from inference.scan import Plan, Stack
from inference.tables.csv_table import TableError
from inference.volume import Volume

_WAITS_FOR_SCAN: Final = "error.import.age_needs_scan"

_OF_DOCUMENT: Final = "import.place.field"
_MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class AssessRequest:
    """What the user asked for on the command line.

    ``masks`` and ``scans`` are by the id of the study's input; the empty id of a mask is the first input.
    """

    source: Path
    study: str
    out: Path
    clinical: Path | None = None
    clinical_patient: str | None = None
    masks: Mapping[str, Path] = field(default_factory=dict)
    mask_segment: str | None = None
    scans: Mapping[str, str] = field(default_factory=dict)
    pack: str | None = None
    rule_set: str = "cautious"
    rules: Path | None = None
    stated: StatedFacts = field(default_factory=StatedFacts)
    language: str = "en"
    explain: bool = False


def read_case(
    request: AssessRequest,
    record: ClinicalRecord,
    plan: Plan,
    intake: Intake,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> CaseInput:
    """Every scan that the study reads, with its mask where one is given.

    Raises
    ------
    ConciliumError
        When scans or masks cannot be read, or what is named is not there.
    """
    if request.mask_segment is not None and not request.masks:
        raise InputError("error.scan.segment_without_mask", text=request.mask_segment)
    volumes: dict[str, Volume] = {}

    def volume_of(stack: Stack) -> Volume:
        if stack.stack_id not in volumes:
            volumes[stack.stack_id] = intake.load(
                plan, stack, on_progress=on_progress, should_stop=should_stop
            )
        return volumes[stack.stack_id]

    def see(stack: Stack) -> Meaning:
        return meaning_of(stack, volume_of(stack), modality=request.stated.modality)

    study = load_study_inputs(request.study)
    chosen = choose_scans(study, plan, see, picked=request.scans, stated=request.stated)
    first, *others = study.inputs
    masks = {name or first.id: path for name, path in request.masks.items()}
    known = [one.id for one in study.inputs]
    for name in masks:
        if name not in known:
            allowed = ", ".join(known)
            raise InputError("error.scan.unknown_input", study=study.study, input=name, allowed=allowed)
        if name not in chosen:
            raise InputError("error.scan.mask_without_scan", input=name, file=masks[name].name)

    def mask_of(name: str) -> MaskLayer | None:
        if name not in masks:
            return None
        stack, path = chosen[name], masks[name]
        imported = intake.read_mask(path, plan, stack)
        numbers = choose_segments(imported, request.mask_segment, path.name)
        return as_layer(imported, path.name, stack.geometry, numbers)

    stack = chosen[first.id]
    further = {
        one.id: ScanInput(chosen[one.id], volume_of(chosen[one.id]), mask_of(one.id), StatedFacts())
        for one in others
        if one.id in chosen
    }
    return CaseInput(stack, volume_of(stack), record, mask_of(first.id), request.stated, further)


def by_input(given: Sequence[str]) -> dict[str, str]:
    """``INPUT=TEXT`` of a repeated option; a text without an input, as a path may be,
    stands under an empty name.

    Raises
    ------
    InputError
        When an input is named twice.
    """
    found: dict[str, str] = {}
    for text in given:
        name, is_named, rest = text.partition("=")
        key, value = (name, rest) if is_named and name.isidentifier() else ("", text)
        if key in found:
            raise InputError("error.scan.named_twice", text=text)
        found[key] = value
    return found


class ImportRefusedError(InputError):
    """Several clinical values that cannot be taken, each with its place and reason."""

    def __init__(self, refused: Sequence[RefusedValue]) -> None:
        super().__init__("error.import.refused", count=len(refused))
        self.refused = tuple(refused)


def of_patient(proposals: Sequence[ImportProposal], patient: str | None, file: str) -> ImportProposal:
    """The proposal of ``patient``: the identifier in the file, or ``#2`` for its second patient.

    Raises
    ------
    InputError
        When nobody is named and there are several, and when the name is that of none or of several.
    """
    names = [f"#{number} {one.patient}".strip() for number, one in enumerate(proposals, start=1)]
    more = f" +{len(names) - _MOST_NAMED}" if len(names) > _MOST_NAMED else ""
    fields: dict[str, FieldValue] = {
        "file": file,
        "count": len(proposals),
        "patients": ", ".join(names[:_MOST_NAMED]) + more,
    }
    if patient is None:
        if len(proposals) != 1:
            raise InputError("error.import.patients", **fields)
        return proposals[0]
    meant = [
        one
        for number, one in enumerate(proposals, start=1)
        if patient == f"#{number}" or (one.patient and patient == one.patient)
    ]
    if len(meant) != 1:
        raise InputError("error.import.patient_not_one", patient=patient, found=len(meant), **fields)
    return meant[0]


def read_record(
    study: str,
    path: Path | None,
    on: date | None = None,
    *,
    patient: str | None = None,
    awaits_scan: bool = False,
) -> ClinicalRecord:
    """The record in ``path``, a CSV file, JSON or a FHIR bundle; without one, every value is missing.

    ``on`` is the day of the scan, on which an age counts; with ``awaits_scan`` an age that waits for it is
    left open.  ``patient`` is whom of the file is meant, as :func:`of_patient` takes it.

    Raises
    ------
    ImportRefusedError
        When any value is refused: nothing of the file is taken then.
    InputError
        When the file is not there, cannot be read, or when it is open whom of the file is meant.
    """
    form = load_form(study)
    if path is None:
        if patient is not None:
            raise InputError("error.import.patient_without_file", patient=patient)
        return form.empty_record()
    if not path.is_file():
        raise InputError("error.input.not_found", file=path.name)
    try:
        proposals = read_import_file(form, path, on)
    except TableError as error:
        if len(error.problems) > 1:
            raise
        raise InputError(error.problems[0].id, **error.problems[0].fields) from error
    proposal = of_patient(proposals, patient, path.name)
    waiting = [one for one in proposal.refused if awaits_scan and one.reason.id == _WAITS_FOR_SCAN]
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
    return proposal.taken_into(form, form.empty_record(), leaving_out=waiting)

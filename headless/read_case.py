"""What the command line names becomes a case: the scans that the study reads, masks, clinical values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from inference.case_input import CaseInput, ScanInput, StatedFacts
from inference.clinical.derivation import derive
from inference.clinical.record import ClinicalRecord
from inference.clinical.record_json import record_from_json
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
from inference.scan import Plan, Stack
from inference.volume import Volume

_LARGEST_RECORD_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class AssessRequest:
    """What the user asked for on the command line.

    ``masks`` and ``scans`` are by the id of the study's input; the empty id of a mask is the first input.
    """

    source: Path
    study: str
    out: Path
    clinical: Path | None = None
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
    for name in masks:
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


def read_record(study: str, path: Path | None) -> ClinicalRecord:
    """The clinical record in ``path``; without one, every value is missing.

    Raises
    ------
    InputError
        When the file is not there, too large, not JSON, or holds a value that the form does not allow.
    """
    form = load_form(study)
    if path is None:
        return form.empty_record()
    try:
        if path.stat().st_size > _LARGEST_RECORD_BYTES:
            raise InputError("error.clinical.not_a_record", file=path.name)
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError("error.input.not_found", file=path.name) from error
    except OSError as error:
        raise InputError("error.input.unreadable", file=path.name) from error
    except ValueError as error:
        raise InputError("error.clinical.not_json", file=path.name) from error
    if not isinstance(document, Mapping):
        raise InputError("error.clinical.not_a_record", file=path.name)
    return derive(form, record_from_json(form, document))

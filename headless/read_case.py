"""What the command line names becomes a case: the scans that the study reads, masks, clinical values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from inference.case_input import CaseInput, ScanInput, StatedFacts
from inference.clinical.record import ClinicalRecord
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
from inference.release import Release
from inference.scan import Plan, Stack
from inference.volume import Volume


@dataclass(frozen=True, slots=True)
class AssessRequest:
    """What the user asked for on the command line.

    ``masks``, ``scans`` and ``releases`` are by the id of the study's input; the empty id of a mask or a
    release is the first input.  ``stated`` is about the first, ``further_stated`` about others by id; neither
    holds a release.
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
    further_stated: Mapping[str, StatedFacts] = field(default_factory=dict)
    releases: Mapping[str, tuple[Release, ...]] = field(default_factory=dict)
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
    chosen = choose_scans(
        study, plan, see, picked=request.scans, stated=request.stated, further=request.further_stated
    )
    first, *others = study.inputs
    masks = {name or first.id: path for name, path in request.masks.items()}
    releases: dict[str, tuple[Release, ...]] = {}
    for name, given in request.releases.items():
        releases[name or first.id] = (*releases.get(name or first.id, ()), *given)
    known = [one.id for one in study.inputs]
    for name in (*masks, *releases, *request.further_stated):
        if name not in known:
            allowed = ", ".join(known)
            raise InputError("error.scan.unknown_input", study=study.study, input=name, allowed=allowed)
        if name not in chosen and name in masks:
            raise InputError("error.scan.mask_without_scan", input=name, file=masks[name].name)
        if name not in chosen and name in releases:
            raise InputError("error.release.without_scan", input=name, code=releases[name][0].code)
        if name not in chosen:
            raise InputError("error.stated.without_scan", input=name)

    def released(name: str, stated: StatedFacts) -> StatedFacts:
        return replace(stated, releases=releases.get(name, ()))

    def mask_of(name: str) -> MaskLayer | None:
        if name not in masks:
            return None
        stack, path = chosen[name], masks[name]
        imported = intake.read_mask(path, plan, stack)
        numbers = choose_segments(imported, request.mask_segment, path.name)
        return as_layer(imported, path.name, stack.geometry, numbers)

    stack = chosen[first.id]
    further = {
        one.id: ScanInput(
            chosen[one.id],
            volume_of(chosen[one.id]),
            mask_of(one.id),
            released(one.id, request.further_stated.get(one.id, StatedFacts())),
        )
        for one in others
        if one.id in chosen
    }
    stated = released(first.id, request.stated)
    return CaseInput(stack, volume_of(stack), record, mask_of(first.id), stated, further)


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

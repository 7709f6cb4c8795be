"""Is this scan one that the pack may answer for?  One line per condition; what is unknown never passes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inference.assessment import FactSource, GuardLine
from inference.findings import Finding, Verdict
from inference.guard.body_part import body_part_text, canonical_body_part, parts_shown
from inference.guard.facts import Known, ScanFacts
from inference.meaning.opinion import Phase
from inference.messages.message import LIST_MARK, FieldValue, Message
from inference.packs.manifest import InputConditions, Range
from inference.release import Release, release_of

UNKNOWN = Message("guard.measured.unknown")

ANSWERED_HERE = frozenset(
    {
        "intake.modality_unknown",
        "meaning.phase_disagrees",
        "meaning.contrast_not_seen",
        "meaning.contrast_unknown",
        "meaning.body_part_unknown",
        "intake.two_slices",
    }
)
"""Refusals by intake that a line of the guard repeats.

What the user states lifts most of them there; two slices are enough for a pack that asks for no more.
"""

_TOLERANCE_MM = 1e-3
"""Positions are written as decimal strings: 3 mm may come out as 2.9999999."""


def check_scan(
    facts: ScanFacts,
    findings: Iterable[Finding],
    conditions: InputConditions,
    releases: Sequence[Release] = (),
    *,
    phase: Phase | None = None,
) -> tuple[GuardLine, ...]:
    """Every condition with what was measured and what is allowed; all reasons are reported, not the first.

    ``phase`` is the one that the study's input asks for, None where it asks for none.  A refusal by intake is
    a line of its own; released by a named user it is noted, never fine.
    """
    found = tuple(findings)
    bodies = tuple(canonical_body_part(term) for term in conditions.body_parts)
    return (
        _said("guard.modality", facts.modality, (conditions.modality,)),
        _contrast(facts.contrast_enhanced, conditions.contrast_enhanced),
        _said("guard.body_part", facts.body_part, bodies),
        *_phase(facts.phase, phase),
        _plane(facts, conditions),
        _pair("guard.pixel_spacing", facts.pixel_spacing_mm, conditions.pixel_spacing_mm, digits=3),
        _length("guard.slice_spacing", facts.slice_spacing_mm, conditions.slice_spacing_mm),
        _length("guard.slice_thickness", facts.slice_thickness_mm.value, conditions.slice_thickness_mm),
        _pair("guard.field_of_view", facts.field_of_view_mm, conditions.field_of_view_mm, digits=0),
        _slices(facts, conditions, _slices_released(found, releases)),
        *(
            _intake(finding, release_of(finding, releases))
            for finding in found
            if finding.answer is Verdict.REFUSED and finding.code not in ANSWERED_HERE
        ),
    )


def _intake(finding: Finding, release: Release | None) -> GuardLine:
    """A refusal as it stands, or with the name and the reason of who released it."""
    measured = finding.message_without_files
    if release is not None:
        return GuardLine("guard.intake", measured, release.message, Verdict.NOTE)
    return GuardLine("guard.intake", measured, Message("guard.allowed.no_refusal"), finding.answer)


def _slices_released(findings: Sequence[Finding], releases: Sequence[Release]) -> int:
    """How many missing slices a named user has released: those of gaps, and those that break off."""
    released = [finding for finding in findings if release_of(finding, releases) is not None]
    of_gaps = sum(int(one.fields.get("missing", 0)) for one in released if one.code == "intake.gap")
    broken_off = {one.fields.get("slice") for one in released if one.code == "intake.truncated"}
    return of_gaps + len(broken_off)


def _said(name: str, known: Known[str], accepted: tuple[str, ...]) -> GuardLine:
    allowed = Message(
        "guard.allowed.text", {"value": LIST_MARK.join(body_part_text(code) for code in accepted)}
    )
    if known.value is None:
        return GuardLine(name, UNKNOWN, allowed, Verdict.REFUSED)
    if known.contradicted_by is not None:
        texts = body_part_text(known.value), body_part_text(known.contradicted_by)
        return _contradiction(name, *texts, known.source, allowed)
    return GuardLine(
        name,
        _measured(body_part_text(known.value), known.source),
        allowed,
        _verdict(bool(parts_shown(known.value) & set(accepted)), known.source),
    )


def _contrast(known: Known[bool], required: bool) -> GuardLine:
    name = "guard.contrast"
    allowed = Message("guard.allowed.text", {"value": _yes_no(required)})
    if known.disputed is not None:
        return _dispute(name, _yes_no(known.disputed[0]), _yes_no(known.disputed[1]), allowed)
    if known.value is None:
        return GuardLine(name, UNKNOWN, allowed, Verdict.REFUSED)
    if known.contradicted_by is not None:
        texts = _yes_no(known.value), _yes_no(known.contradicted_by)
        return _contradiction(name, *texts, known.source, allowed)
    return GuardLine(
        name,
        _measured(_yes_no(known.value), known.source),
        allowed,
        _verdict(known.value is required, known.source),
    )


def _phase(known: Known[str] | None, wanted: Phase | None) -> tuple[GuardLine, ...]:
    """A line where a phase is asked for, or where it is disputed, contradicted or stated."""
    name = "guard.phase"
    allowed = (
        Message("guard.allowed.phase")
        if wanted is None
        else Message("guard.allowed.text", {"value": f"phase.{wanted.value}"})
    )
    if known is None:
        return () if wanted is None else (GuardLine(name, UNKNOWN, allowed, Verdict.REFUSED),)
    if known.disputed is not None:
        tags, pixels = (f"phase.{value}" for value in known.disputed)
        return (_dispute(name, tags, pixels, allowed),)
    if known.value is not None and known.contradicted_by is not None:
        texts = f"phase.{known.value}", f"phase.{known.contradicted_by}"
        return (_contradiction(name, *texts, known.source, allowed),)
    if wanted is not None:
        if known.value is None:
            return (GuardLine(name, UNKNOWN, allowed, Verdict.REFUSED),)
        measured = _measured(f"phase.{known.value}", known.source)
        return (GuardLine(name, measured, allowed, _verdict(known.value == wanted.value, known.source)),)
    if known.source is FactSource.USER:
        return (GuardLine(name, _measured(f"phase.{known.value}", known.source), allowed, Verdict.NOTE),)
    return ()


def _plane(facts: ScanFacts, conditions: InputConditions) -> GuardLine:
    fits = facts.plane == conditions.plane and facts.obliquity_deg <= conditions.maximum_obliquity_deg
    is_undecided = facts.is_isotropic and not conditions.allows_isotropic
    return GuardLine(
        "guard.plane",
        Message(
            "guard.measured.plane_undecided" if is_undecided else "guard.measured.plane",
            {"plane": f"plane.{facts.plane}", "degrees": f"{facts.obliquity_deg:.1f}"},
        ),
        Message(
            "guard.allowed.plane",
            {"plane": f"plane.{conditions.plane}", "degrees": f"{conditions.maximum_obliquity_deg:g}"},
        ),
        Verdict.FINE if fits and not is_undecided else Verdict.REFUSED,
    )


def _length(name: str, length_mm: float | None, accepted: Range) -> GuardLine:
    allowed = _range(accepted)
    if length_mm is None:
        return GuardLine(name, UNKNOWN, allowed, Verdict.REFUSED)
    measured = Message("guard.measured.mm", {"value": f"{length_mm:.2f}"})
    return GuardLine(name, measured, allowed, _inside(accepted, length_mm))


def _pair(name: str, lengths_mm: tuple[float, float], accepted: Range, *, digits: int) -> GuardLine:
    row, column = (f"{length:.{digits}f}" for length in lengths_mm)
    measured = Message("guard.measured.mm_pair", {"row": row, "column": column})
    return GuardLine(name, measured, _range(accepted), _inside(accepted, *lengths_mm))


def _slices(facts: ScanFacts, conditions: InputConditions, released: int) -> GuardLine:
    """Slices that are missing without a released finding that says so are refused all the same."""
    missing = facts.slices_expected - facts.slices_present
    whole, may_miss = missing == 0, 0 < missing <= released
    fields: dict[str, FieldValue] = {"present": facts.slices_present, "expected": facts.slices_expected}
    fits = (whole or may_miss) and facts.slices_present >= conditions.minimum_slices
    allowed = "guard.allowed.slices_released" if may_miss else "guard.allowed.slices"
    return GuardLine(
        "guard.slices",
        Message("guard.measured.slices" if whole else "guard.measured.slices_missing", fields),
        Message(allowed, {"minimum": conditions.minimum_slices}),
        Verdict.REFUSED if not fits else Verdict.FINE if whole else Verdict.NOTE,
    )


def _contradiction(name: str, known: str, stated: str, source: FactSource, allowed: Message) -> GuardLine:
    if source is FactSource.PIXELS:
        measured = Message("guard.measured.contradicts_pixels", {"seen": known, "stated": stated})
    else:
        measured = Message("guard.measured.contradiction", {"written": known, "stated": stated})
    return GuardLine(name, measured, allowed, Verdict.REFUSED)


def _dispute(name: str, written: str, seen: str, allowed: Message) -> GuardLine:
    measured = Message("guard.measured.dispute", {"written": written, "seen": seen})
    return GuardLine(name, measured, allowed, Verdict.REFUSED)


def _measured(value: str, source: FactSource) -> Message:
    if source is FactSource.USER:
        return Message("guard.measured.stated", {"value": value})
    if source is FactSource.PIXELS:
        return Message("guard.measured.pixels", {"value": value})
    return Message("guard.measured.text", {"value": value})


def _verdict(fits: bool, source: FactSource) -> Verdict:
    if not fits:
        return Verdict.REFUSED
    return Verdict.NOTE if source in (FactSource.USER, FactSource.PIXELS) else Verdict.FINE


def _inside(accepted: Range, *lengths_mm: float) -> Verdict:
    lowest, highest = accepted.minimum - _TOLERANCE_MM, accepted.maximum + _TOLERANCE_MM
    return Verdict.FINE if all(lowest <= length <= highest for length in lengths_mm) else Verdict.REFUSED


def _range(accepted: Range) -> Message:
    return Message(
        "guard.allowed.range_mm",
        {"minimum": f"{accepted.minimum:g}", "maximum": f"{accepted.maximum:g}"},
    )


def _yes_no(value: bool) -> str:
    return "fact.yes" if value else "fact.no"

"""What speaks against a stack as a named input: each condition that is wrong, or that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from inference.case_input import StatedFacts
from inference.findings import Finding, Verdict
from inference.guard.body_part import body_part_text, canonical_body_part, parts_shown
from inference.inputs.study_inputs import LengthRange, NamedInput
from inference.meaning.opinion import Opinion, Source
from inference.meaning.understanding import Meaning
from inference.messages.message import LIST_MARK, Message
from inference.release import Release
from inference.scan import Stack

_TOLERANCE_MM: Final = 1e-3
_TOLERANCE_T: Final = 0.3
"""Scanners named 3 T write 2.89 T and the like."""

_ASKED_HERE: Final = frozenset(
    {
        "intake.modality_unknown",
        "meaning.phase_disagrees",
        "meaning.contrast_not_seen",
        "meaning.contrast_unknown",
        "meaning.body_part_unknown",
    }
)

_TOLD_HERE: Final = frozenset({"meaning.body_part_differs"})


class Fit(IntEnum):
    """How well a stack fits; the worst reason decides."""

    GREEN = 0
    AMBER = 1
    RED = 2


@dataclass(frozen=True, slots=True)
class Reason:
    """One remark on a candidate; a green one only tells.  ``releasable`` as in a finding.

    ``release`` says who lifted it; it is amber then.
    """

    message: Message
    fit: Fit
    releasable: bool = False
    advice: Message | None = None
    release: Release | None = None

    @property
    def messages(self) -> tuple[Message, ...]:
        """What is remarked, and who released it where somebody did."""
        return (self.message,) if self.release is None else (self.message, self.release.message)


def worst(reasons: Iterable[Reason]) -> Fit:
    """The fit of a candidate with these reasons."""
    return max((reason.fit for reason in reasons), default=Fit.GREEN)


def of_finding(finding: Finding) -> Reason:
    """A refusal as a reason."""
    return Reason(finding.message_without_files, Fit.RED, finding.releasable, finding.advice)


def released(reasons: Iterable[Reason], releases: Sequence[Release]) -> tuple[Reason, ...]:
    """The same reasons; a red one that may be released and was becomes amber and names who did it."""
    by_id = {f"finding.{one.code}": one for one in releases}
    return tuple(
        replace(one, fit=Fit.AMBER, release=by_id[one.message.id])
        if one.fit is Fit.RED and one.releasable and one.message.id in by_id
        else one
        for one in reasons
    )


def reasons_against(
    named: NamedInput, stack: Stack, meaning: Meaning, stated: StatedFacts
) -> tuple[Reason, ...]:
    """Every reason, none left out because another weighs more; empty for a stack that fits in silence."""
    return tuple(_reasons(named, stack, meaning, stated))


def _reasons(named: NamedInput, stack: Stack, meaning: Meaning, stated: StatedFacts) -> Iterator[Reason]:
    modality = stated.modality.strip().upper()
    yield from _compared("modality", meaning.modality, modality, {named.modality}, named.modality)
    if (meaning.modality.value or modality) in ("", named.modality):
        yield from _what_it_shows(named, meaning, stated)
    part = canonical_body_part(stated.body_part) if stated.body_part else ""
    wanted = LIST_MARK.join(body_part_text(code) for code in named.body_parts)
    yield from _compared("body_part", meaning.body_part, part, set(named.body_parts), wanted)
    yield from _plane(named, stack)
    thickness = stack.acquisition.slice_thickness_mm
    known = thickness if thickness is not None and thickness > 0 else None
    yield from _length("thickness", known, named.slice_thickness_mm)
    yield from _length("spacing", stack.geometry.spacing_mm[0], named.slice_spacing_mm)
    yield from _field_strength(named, stack.acquisition.magnetic_field_t)
    for finding in (*stack.findings, *meaning.findings):
        if finding.answer is Verdict.REFUSED and finding.code not in _ASKED_HERE:
            yield of_finding(finding)
        elif finding.code in _TOLD_HERE:
            yield Reason(finding.message_without_files, Fit.GREEN, advice=finding.advice)


def _what_it_shows(named: NamedInput, meaning: Meaning, stated: StatedFacts) -> Iterator[Reason]:
    """Phase, weighting and contrast, with both sides where tags and pixels differ."""
    if named.phase is not None:
        yield from _compared("phase", meaning.phase, stated.phase, {named.phase}, f"phase.{named.phase}")
    if named.weighting is not None:
        wanted = f"weighting.{named.weighting}"
        yield from _compared("weighting", meaning.weighting, "", {named.weighting}, wanted)
    if named.contrast is not None:
        said = {True: "yes", False: "no", None: ""}[stated.contrast_enhanced]
        yield from _compared("contrast", meaning.contrast, said, {named.contrast}, f"fact.{named.contrast}")
    settled = {
        "meaning.phase_disagrees": named.phase is None or bool(stated.phase),
        "meaning.contrast_not_seen": named.contrast is None or stated.contrast_enhanced is not None,
    }
    for finding in meaning.findings:
        if not settled.get(finding.code, True):
            yield Reason(finding.message, Fit.AMBER, advice=finding.advice)


def _compared(what: str, known: Opinion, stated: str, accepted: set[str], wanted: str) -> Iterator[Reason]:
    """Nothing for a value that fits and that the tags tell; the user's word counts where nobody knows."""
    advice = Message("inputs.state_it")
    value, source = known.value, known.source
    if known.is_known and stated and stated != known.value:
        fields = {"found": _text(what, value), "stated": _text(what, stated), "source": f"source.{source}"}
        yield Reason(Message("inputs.contradiction", fields), Fit.RED, advice=advice)
        return
    if not known.is_known and stated:
        value, source = stated, Source.USER
    shown = parts_shown(value) if what == "body_part" else {value}
    if not value:
        yield Reason(Message(f"inputs.{what}_unknown", {"wanted": wanted}), Fit.AMBER, advice=advice)
    elif not shown & accepted:
        fields = {"found": _text(what, value), "wanted": wanted}
        yield Reason(Message(f"inputs.{what}_differs", fields), Fit.RED)
    elif source in (Source.USER, Source.PIXELS):
        fields = {"found": _text(what, value), "source": f"source.{source}"}
        yield Reason(Message(f"inputs.{what}_by", fields), Fit.GREEN)


def _text(what: str, value: str) -> str:
    """A value as the catalogue names it."""
    if what == "modality":
        return value
    if what == "body_part":
        return body_part_text(value)
    return f"fact.{value}" if what == "contrast" else f"{what}.{value}"


def _field_strength(named: NamedInput, field_t: float | None) -> Iterator[Reason]:
    """Told, never refused: the study does not say that other fields would not do."""
    studied = named.studied_field_t
    if studied is None:
        return
    if field_t is None:
        yield Reason(Message("inputs.field_unknown", {"studied": f"{studied:g}"}), Fit.GREEN)
    elif abs(field_t - studied) > _TOLERANCE_T:
        fields = {"field": f"{field_t:g}", "studied": f"{studied:g}"}
        yield Reason(Message("inputs.field_differs", fields), Fit.GREEN)


def _plane(named: NamedInput, stack: Stack) -> Iterator[Reason]:
    geometry = stack.geometry
    if geometry.plane != named.plane or geometry.obliquity_deg > named.maximum_obliquity_deg:
        yield Reason(
            Message(
                "inputs.plane_differs",
                {
                    "found": f"plane.{geometry.plane}",
                    "degrees": f"{geometry.obliquity_deg:.1f}",
                    "wanted": f"plane.{named.plane}",
                    "maximum": f"{named.maximum_obliquity_deg:g}",
                },
            ),
            Fit.RED,
        )


def _length(what: str, length_mm: float | None, studied: LengthRange | None) -> Iterator[Reason]:
    """A thickness that the study bounds and the file does not tell is refused, as the guard refuses it."""
    if studied is None:
        return
    fields = {"minimum": f"{studied.minimum:g}", "maximum": f"{studied.maximum:g}"}
    if length_mm is None:
        yield Reason(Message(f"inputs.{what}_unknown", fields), Fit.RED)
    elif not studied.minimum - _TOLERANCE_MM <= length_mm <= studied.maximum + _TOLERANCE_MM:
        yield Reason(Message(f"inputs.{what}_differs", fields | {"found": f"{length_mm:.2f}"}), Fit.RED)

"""Which scans fit a study's named inputs: every candidate, green, amber or red, with every reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum

from inference.case_input import StatedFacts
from inference.inputs.reasons import Fit, Reason, of_finding, reasons_against, released, worst
from inference.inputs.scan_dates import apart_finding, date_of, date_reasons
from inference.inputs.study_inputs import NamedInput, StudyInputs
from inference.meaning.understanding import Meaning
from inference.messages.message import FieldValue, Message
from inference.scan import Stack


@dataclass(frozen=True, slots=True, eq=False)
class ReadStack:
    """A stack, what it shows, and what the user states about it."""

    stack: Stack
    meaning: Meaning
    stated: StatedFacts = field(default_factory=StatedFacts)


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One stack held against one input; ``reasons`` are all of them, worst first."""

    read: ReadStack
    reasons: tuple[Reason, ...]

    @property
    def fit(self) -> Fit:
        """Green: fits.  Amber: fits once somebody confirms what is unknown.  Red: does not fit."""
        return worst(self.reasons)

    @property
    def is_releasable(self) -> bool:
        """True when a named user may lift everything that makes it red."""
        red = [reason for reason in self.reasons if reason.fit is Fit.RED]
        return bool(red) and all(reason.releasable for reason in red)

    @property
    def is_released(self) -> bool:
        """True when all that was against it has been released: nothing is left to confirm."""
        amber = [reason for reason in self.reasons if reason.fit is Fit.AMBER]
        return self.fit is Fit.AMBER and all(reason.release is not None for reason in amber)


class Availability(IntEnum):
    """What a pathway can do about one input."""

    ONE = 0
    SEVERAL = 1
    TO_CONFIRM = 2
    MISSING = 3


@dataclass(frozen=True, slots=True, eq=False)
class InputMatch:
    """A named input with every stack as a candidate, the best first, in the source's order among equals."""

    input: NamedInput
    candidates: tuple[Candidate, ...]

    @property
    def fitting(self) -> tuple[Candidate, ...]:
        """The green ones."""
        return tuple(one for one in self.candidates if one.fit is Fit.GREEN)

    @property
    def availability(self) -> Availability:
        """One green candidate, several, only ones to confirm, or none."""
        green = len(self.fitting)
        if green:
            return Availability.ONE if green == 1 else Availability.SEVERAL
        is_open = any(one.fit is Fit.AMBER for one in self.candidates)
        return Availability.TO_CONFIRM if is_open else Availability.MISSING

    @property
    def message(self) -> Message:
        """What the user should know or do, for the line of this input."""
        fields: dict[str, FieldValue] = {"input": self.input.title, "count": len(self.fitting)}
        match self.availability:
            case Availability.ONE:
                return Message("inputs.one", fields)
            case Availability.SEVERAL:
                return Message("inputs.several", fields)
            case Availability.TO_CONFIRM:
                is_released = any(one.is_released for one in self.candidates)
                return Message("inputs.released" if is_released else "inputs.to_confirm", fields)
            case Availability.MISSING:
                name = "inputs.missing" if self.input.required else "inputs.missing_optional"
                return Message(name, fields | {"needed": f"{self.input.title}.needed"})


def match_inputs(
    study: StudyInputs, reads: Sequence[ReadStack], *, today: date, treatment: date | None = None
) -> tuple[InputMatch, ...]:
    """Hold every stack against every named input of the study.

    Parameters
    ----------
    reads
        Stacks of one patient, in the order of the source.
    today
        From the clock that the caller owns.
    treatment
        Day on which treatment started, where it is known; without it the age of a scan needs confirmation.
    """
    matches = tuple(
        InputMatch(
            named,
            tuple(
                Candidate(
                    read,
                    released(
                        (
                            *reasons_against(named, read.stack, read.meaning, read.stated),
                            *date_reasons(study.dates, date_of(read.stack), today=today, treatment=treatment),
                        ),
                        read.stated.releases,
                    ),
                )
                for read in reads
            ),
        )
        for named in study.inputs
    )
    return tuple(_ordered(_with_distances(match, matches, study)) for match in matches)


def _with_distances(match: InputMatch, matches: Sequence[InputMatch], study: StudyInputs) -> InputMatch:
    """A candidate that lies too far from every possible scan of another required input says so."""
    candidates = []
    for one in match.candidates:
        reasons = list(one.reasons)
        for other in matches:
            if other is match or not other.input.required:
                continue
            own = (match.input.title, date_of(one.read.stack))
            partners = [date_of(c.read.stack) for c in other.candidates if c.fit is not Fit.RED]
            apart = [apart_finding(study.dates, own, (other.input.title, day)) for day in partners]
            too_far = [found for found in apart if found is not None]
            if too_far and len(too_far) == len(apart):
                reasons.append(of_finding(min(too_far, key=lambda found: int(found.fields["days"]))))
        candidates.append(replace(one, reasons=released(reasons, one.read.stated.releases)))
    return replace(match, candidates=tuple(candidates))


def _ordered(match: InputMatch) -> InputMatch:
    candidates = [
        replace(one, reasons=tuple(sorted(one.reasons, key=lambda reason: -reason.fit)))
        for one in match.candidates
    ]
    return replace(match, candidates=tuple(sorted(candidates, key=lambda one: one.fit)))

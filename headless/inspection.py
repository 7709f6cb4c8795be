"""What a source holds, as people think of it: patients, studies, series, and stacks with their meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from inference.cases.identity import PatientIdentity
from inference.findings import Finding, Verdict, worst_answer, worst_view
from inference.inputs.matching import Availability, InputMatch, ReadStack, match_inputs
from inference.inputs.study_inputs import StudyInputs, load_study_inputs
from inference.meaning.understanding import Meaning
from inference.pathways.studies import STUDIES
from inference.scan import FrameSource, Plan, Series, Stack

PATHWAYS: Final = STUDIES


@dataclass(frozen=True, slots=True, eq=False)
class InspectedStack:
    """One stack, what it shows, and everything that is odd about either."""

    stack: Stack
    meaning: Meaning

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those of the stack and those of its meaning."""
        return (*self.stack.findings, *self.meaning.findings)

    @property
    def view(self) -> Verdict:
        """May it be looked at."""
        return worst_view(self.findings)

    @property
    def answer(self) -> Verdict:
        """May a pack use it."""
        return worst_answer(self.findings)

    @property
    def first_frame(self) -> FrameSource:
        """A frame that is there; every stack has one."""
        return next(frame for frame in self.stack.frames if frame is not None)


@dataclass(frozen=True, slots=True, eq=False)
class InspectedSeries:
    """What one series UID holds."""

    series: Series
    stacks: tuple[InspectedStack, ...]

    @property
    def number(self) -> int | None:
        """(0020,0011) of its first stack."""
        return self.stacks[0].stack.acquisition.series_number


@dataclass(frozen=True, slots=True, eq=False)
class InspectedStudy:
    """One visit: the series of one study UID, or of one date where that is empty."""

    uid: str
    date: str
    description: str
    series: tuple[InspectedSeries, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pathway:
    """What one study asks for, held against the stacks of one patient."""

    study: StudyInputs
    matches: tuple[InputMatch, ...]

    @property
    def availability(self) -> Availability:
        """That of the required input which is worst off."""
        return max(match.availability for match in self.matches if match.input.required)


@dataclass(frozen=True, slots=True, eq=False)
class InspectedPatient:
    """One person, as far as the source tells."""

    identity: PatientIdentity
    studies: tuple[InspectedStudy, ...]
    pathways: tuple[Pathway, ...] = ()

    @property
    def stacks(self) -> tuple[InspectedStack, ...]:
        """All stacks, in the order of the source."""
        return tuple(stack for study in self.studies for series in study.series for stack in series.stacks)


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """The whole source; ``name`` is printable."""

    name: str
    plan: Plan
    patients: tuple[InspectedPatient, ...]

    @property
    def stacks(self) -> tuple[InspectedStack, ...]:
        """All stacks of all patients."""
        return tuple(stack for patient in self.patients for stack in patient.stacks)

    @property
    def can_be_viewed(self) -> bool:
        """True when at least one stack may be looked at."""
        return any(stack.view < Verdict.REFUSED for stack in self.stacks)


def inspection_of(name: str, plan: Plan, inspected: Iterable[InspectedStack], *, today: date) -> Inspection:
    """Order the stacks of ``plan`` by patient, study and series, and hold them against the pathways.

    ``today`` tells how old a scan is.
    """
    by_id = {id(one.stack): one for one in inspected}
    patients: dict[object, dict[object, list[InspectedSeries]]] = {}
    for series in plan.series:
        first = series.stacks[0]
        stacks = tuple(by_id[id(stack)] for stack in series.stacks)
        study = first.study_uid or ("date", first.acquisition.study_date)
        studies = patients.setdefault(_person(first.identity), {})
        studies.setdefault(study, []).append(InspectedSeries(series, stacks))
    return Inspection(name, plan, tuple(_patient(studies, today) for studies in patients.values()))


def _patient(studies: Mapping[object, list[InspectedSeries]], today: date) -> InspectedPatient:
    stacks = [stack for several in studies.values() for one in several for stack in one.stacks]
    reads = [ReadStack(one.stack, one.meaning) for one in stacks]
    wanted = [load_study_inputs(study) for study in PATHWAYS]
    return InspectedPatient(
        stacks[0].stack.identity,
        tuple(_study(series) for series in studies.values()),
        tuple(Pathway(study, match_inputs(study, reads, today=today)) for study in wanted),
    )


def _study(series: list[InspectedSeries]) -> InspectedStudy:
    stacks = [one.stack for each in series for one in each.stacks]
    made = [stack.acquisition for stack in stacks]
    return InspectedStudy(
        uid=stacks[0].study_uid,
        date=next((one.study_date for one in made if one.study_date), ""),
        description=next(
            (one.technique.study_description for one in made if one.technique.study_description), ""
        ),
        series=tuple(series),
    )


def _person(identity: PatientIdentity) -> object:
    """As :attr:`inference.scan.Plan.patients` tells people apart."""
    return (identity.key, identity.birth_date) if identity.key else identity.name

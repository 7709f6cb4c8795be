"""What a source holds, as people think of it: patients, studies, series, and stacks with their meaning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inference.cases.identity import PatientIdentity
from inference.findings import Finding, Verdict, worst_answer, worst_view
from inference.meaning.understanding import Meaning
from inference.scan import FrameSource, Plan, Series, Stack


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
class InspectedPatient:
    """One person, as far as the source tells."""

    identity: PatientIdentity
    studies: tuple[InspectedStudy, ...]

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


def inspection_of(name: str, plan: Plan, inspected: Iterable[InspectedStack]) -> Inspection:
    """Order stacks, which are those of ``plan``, by patient, study and series."""
    by_id = {id(one.stack): one for one in inspected}
    patients: dict[object, dict[object, list[InspectedSeries]]] = {}
    for series in plan.series:
        first = series.stacks[0]
        stacks = tuple(by_id[id(stack)] for stack in series.stacks)
        study = first.study_uid or ("date", first.acquisition.study_date)
        studies = patients.setdefault(_person(first.identity), {})
        studies.setdefault(study, []).append(InspectedSeries(series, stacks))
    return Inspection(
        name,
        plan,
        tuple(
            InspectedPatient(
                _identity(studies.values()), tuple(_study(series) for series in studies.values())
            )
            for studies in patients.values()
        ),
    )


def _identity(studies: Iterable[list[InspectedSeries]]) -> PatientIdentity:
    return next(iter(studies))[0].stacks[0].stack.identity


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

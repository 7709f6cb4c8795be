"""Patient, study, series, stack: what is listed under what, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from gui.intake.stack_choice import is_viewable
from inference.cases.identity import PatientIdentity
from inference.findings import Verdict
from inference.scan import Plan, Series, Stack

_LAST = 1 << 31


class Level(IntEnum):
    """What a line of the tree stands for."""

    PATIENT = 0
    STUDY = 1
    SERIES = 2
    STACK = 3


class Line(IntEnum):
    """What a line of the tree looks like."""

    HEADING = 0
    CARD = 1
    REFUSED_CARD = 2


@dataclass(slots=True, eq=False)
class Node:
    """One line: its place in the tree and the stacks below it (of a stack: itself)."""

    level: Level
    parent: int
    row: int
    line: Line = Line.HEADING
    can_be_opened: bool = False
    stacks: list[Stack] = field(default_factory=list)
    children: list[int] = field(default_factory=list)


class SeriesTree:
    """The lines of one plan, numbered; ``roots`` are the patients.

    A series that is one stack is listed as that stack; a series of several has a line of its own above
    them.  Studies stand newest first, series by their number.
    """

    def __init__(self, plan: Plan | None, patient: PatientIdentity | None) -> None:
        self.nodes: list[Node] = []
        self.roots: list[int] = []
        self._by_stack: dict[str, int] = {}
        if plan is None or patient is None:
            return
        series = [
            one for one in plan.series if any(s.identity.is_same_person_as(patient) for s in one.stacks)
        ]
        if not series:
            return
        root = self._add(Level.PATIENT, -1)
        for study in _studies(series, patient):
            line = self._add(Level.STUDY, root)
            for one in study:
                stacks = [stack for stack in one.stacks if stack.identity.is_same_person_as(patient)]
                above = self._add(Level.SERIES, line) if len(stacks) > 1 else line
                for stack in stacks:
                    number = self._add(Level.STACK, above)
                    self._by_stack[stack.stack_id] = number
                    self.nodes[number].line = Line.REFUSED_CARD if refuses(stack) else Line.CARD
                    self.nodes[number].can_be_opened = is_viewable(stack)
                    self._count(number, stack)

    def number_of(self, stack_id: str) -> int:
        """The line of a stack, or -1."""
        return self._by_stack.get(stack_id, -1)

    def _add(self, level: Level, parent: int) -> int:
        siblings = self.roots if parent < 0 else self.nodes[parent].children
        number = len(self.nodes)
        self.nodes.append(Node(level, parent, len(siblings)))
        siblings.append(number)
        return number

    def _count(self, number: int, stack: Stack) -> None:
        while number >= 0:
            self.nodes[number].stacks.append(stack)
            number = self.nodes[number].parent


def refuses(stack: Stack) -> bool:
    """True when something forbids a pack to use the stack, or anybody to look at it."""
    return any(Verdict.REFUSED in (finding.answer, finding.view) for finding in stack.findings)


def _studies(series: Iterable[Series], patient: PatientIdentity) -> list[list[Series]]:
    """The series of each study; files that name no study are told apart by their date."""
    studies: dict[object, list[Series]] = {}
    for one in series:
        first = next(stack for stack in one.stacks if stack.identity.is_same_person_as(patient))
        key = first.study_uid or ("date", first.acquisition.study_date)
        studies.setdefault(key, []).append(one)
    ordered = sorted(
        studies.values(), key=lambda study: study[0].stacks[0].acquisition.study_date, reverse=True
    )
    return [sorted(study, key=_series_number) for study in ordered]


def _series_number(series: Series) -> int:
    number = series.stacks[0].acquisition.series_number
    return _LAST if number is None else number

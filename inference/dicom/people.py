"""Whose files are whose in one source: a patient is one, whatever single files leave out or misspell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations, zip_longest
from typing import Final

from inference.cases.identity import PatientKey
from inference.dicom.planning.entries import Entry
from inference.dicom.verdicts import finding
from inference.scan import Series, Stack

_MOST_SPELLINGS: Final = 8
"""Of one name in its several scripts; more cannot be one."""


def with_known_birth_dates(entries: Sequence[Entry]) -> list[Entry]:
    """Entries without a date of birth take the one that all others of their identifier have.

    An absent date is not another date: such files are of the same patient.  Where an identifier comes with
    several dates, nobody can tell to whom a file without one belongs.
    """
    dates: dict[PatientKey, set[str]] = {}
    for entry in entries:
        identity = entry.identity
        if identity.key is not None and identity.birth_date:
            dates.setdefault(identity.key, set()).add(identity.birth_date)
    return [_with_date(entry, dates) for entry in entries]


def _with_date(entry: Entry, dates: dict[PatientKey, set[str]]) -> Entry:
    identity = entry.identity
    known = dates.get(identity.key, set()) if identity.key is not None else set()
    if identity.birth_date or len(known) != 1:
        return entry
    (date,) = known
    return replace(entry, record=replace(entry.record, birth_date=date))


def with_name_findings(series: Sequence[Series], entries: Iterable[Entry]) -> list[Series]:
    """Say so where one patient's name is spelled in more than one way, in whichever files."""
    spellings: dict[object, set[str]] = {}
    for entry in entries:
        identity = entry.identity
        if identity.key and identity.name:
            spellings.setdefault(entry.person, set()).add(identity.name.casefold().strip("^ "))
    differing = {person: len(names) for person, names in spellings.items() if _differ(names)}
    if not differing:
        return list(series)

    def marked(stack: Stack) -> Stack:
        count = differing.get((stack.identity.key, stack.identity.birth_date))
        if count is None:
            return stack
        return replace(stack, findings=(*stack.findings, finding("intake.name_differs", count=count)))

    return [replace(one, stacks=tuple(map(marked, one.stacks))) for one in series]


def _differ(names: Iterable[str]) -> bool:
    """True when two of the names cannot be one: a group (Latin, ideographic, phonetic) of both differs.

    A group that one of them leaves out says nothing (PS3.5 6.2.1).
    """
    names = sorted(names)
    return len(names) > _MOST_SPELLINGS or any(
        not _agree(one, other) for one, other in combinations(names, 2)
    )


def _agree(one: str, other: str) -> bool:
    pairs = list(zip_longest(_groups(one), _groups(other), fillvalue=""))
    both = [(mine, theirs) for mine, theirs in pairs if mine and theirs]
    return bool(both) and all(mine == theirs for mine, theirs in both)


def _groups(name: str) -> list[str]:
    return [group.strip("^ ") for group in name.split("=")]

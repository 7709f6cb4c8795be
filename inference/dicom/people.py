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
    told = {(one.record.issuer, one.record.patient_id, one.record.birth_date) for one in entries}
    dates: dict[tuple[str, str], set[str]] = {}
    for issuer, identifier, date in told:
        if identifier:
            dates.setdefault((issuer, identifier), set()).add(date)
    sole = {who: max(known) for who, known in dates.items() if "" in known and len(known) == 2}
    return [_with_date(entry, sole) for entry in entries] if sole else list(entries)


def _with_date(entry: Entry, sole: dict[tuple[str, str], str]) -> Entry:
    record = entry.record
    date = sole.get((record.issuer, record.patient_id))
    return entry if date is None else replace(entry, record=replace(record, birth_date=date))


def with_name_findings(series: Sequence[Series], entries: Iterable[Entry]) -> list[Series]:
    """Say so where one patient's name is spelled in more than one way, in whichever files."""
    told = {
        (record.issuer, record.patient_id, record.birth_date, record.patient_name)
        for record in (entry.record for entry in entries)
        if record.patient_id and record.patient_name
    }
    spellings: dict[object, set[str]] = {}
    for issuer, identifier, date, name in told:
        person = (PatientKey(issuer, identifier), date)
        spellings.setdefault(person, set()).add(name.casefold().strip("^ "))
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

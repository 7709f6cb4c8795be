"""Clinical values from a table, of a CSV file or of the clipboard.

Either one patient per row under a header of field ids or labels, or two or three columns of field, value and
unit for one patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inference.clinical.importing.proposal import (
    ImportProposal,
    ProposedValue,
    RefusedValue,
    SourceEntry,
    proposal_of,
)
from inference.clinical.importing.reading import read_value
from inference.clinical.importing.words import NamedField, named_field, plain
from inference.clinical.schema import FormSchema
from inference.messages.message import Message
from inference.tables.csv_table import TableError, filled_rows, problem

MOST_PATIENTS: Final = 1_000
_PATIENT: Final = frozenset(
    {"patient", "patient id", "patientid", "mrn", "id", "患者", "患者编号", "病历号", "病案号", "住院号"}
)
_UNIT_WORDS: Final = ("unit", "单位")
_FIELD_WORDS: Final = frozenset({"field", "item", "name", "字段", "项目", "名称"})


def read_table(form: FormSchema, text: str) -> tuple[ImportProposal, ...]:
    """One proposal per patient of a pasted table; its delimiter is comma, semicolon or tab.

    Raises
    ------
    TableError
        When rows differ in length, no field of the form is named, a list names two patients, or there are
        too many rows.
    """
    rows = filled_rows(text)
    across = sum(named_field(form, name) is not None for name in rows[0])
    down = sum(named_field(form, row[0]) is not None for row in rows[1:])
    is_list = len(rows[0]) in (2, 3) and across <= 1 and (down > 0 or len(rows) == 1)
    if not across and not down:
        known = ", ".join(field.id for field in form.fields)
        raise TableError([problem("no_clinical_field", allowed=known)])
    return (_one_patient(form, rows),) if is_list else _patients(form, rows)


def _one_patient(form: FormSchema, rows: Sequence[Sequence[str]]) -> ImportProposal:
    """Rows of field, value and unit; the unit may be left out, in a row or in all."""
    found: list[ProposedValue | RefusedValue] = []
    unknown: list[SourceEntry] = []
    patients: dict[str, int] = {}
    problems = [
        problem("ragged_row", row=number, found=len(row), expected=3)
        for number, row in enumerate(rows, 1)
        if len(row) not in (2, 3)
    ]
    if problems:
        raise TableError(problems)
    for number, row in enumerate(rows, start=1):
        name, text, unit = (*row, "")[:3]
        entry = SourceEntry(Message("import.place.row", {"row": number}), name, text)
        named = named_field(form, name)
        if named is not None and text:
            found += read_value(form, named.field, entry, unit or named.unit)
        elif plain(name) in _PATIENT:
            if text:
                patients.setdefault(text, number)
        elif named is None and not (number == 1 and plain(name) in _FIELD_WORDS):
            unknown.append(entry)
    if len(patients) > 1:
        (first, at), (other, other_at) = list(patients.items())[:2]
        raise TableError([problem("two_patients", patient=first, row=at, other=other, other_row=other_at)])
    return proposal_of(form.study, next(iter(patients), ""), found, unknown)


@dataclass(frozen=True, slots=True)
class _Column:
    place: int
    name: str
    named: NamedField
    unit_place: int | None


def _patients(form: FormSchema, rows: Sequence[Sequence[str]]) -> tuple[ImportProposal, ...]:
    header, body = rows[0], rows[1:]
    problems = [
        problem("ragged_row", row=number, found=len(row), expected=len(header))
        for number, row in enumerate(body, start=1)
        if len(row) != len(header)
    ]
    if not body:
        problems.append(problem("no_rows"))
    if len(body) > MOST_PATIENTS:
        problems.append(problem("too_many_rows", count=len(body), most=MOST_PATIENTS))
    if problems:
        raise TableError(problems)
    columns, others, patient_place = _columns(form, header)
    proposals = []
    for number, row in enumerate(body, start=1):
        found: list[ProposedValue | RefusedValue] = []
        for column in columns:
            if row[column.place]:
                unit = column.named.unit
                if column.unit_place is not None:
                    unit = row[column.unit_place] or unit
                entry = SourceEntry(_cell(number, column.name), column.name, row[column.place])
                found += read_value(form, column.named.field, entry, unit)
        unknown = [
            SourceEntry(_cell(number, header[place]), header[place], row[place])
            for place in others
            if row[place]
        ]
        patient = "" if patient_place is None else row[patient_place]
        proposals.append(proposal_of(form.study, patient, found, unknown))
    return tuple(proposals)


def _columns(form: FormSchema, header: Sequence[str]) -> tuple[list[_Column], list[int], int | None]:
    """Columns of fields, places of what is not recognised, and the place of the patient's identifier."""
    named = {place: field for place, name in enumerate(header) if (field := named_field(form, name))}
    units: dict[str, int] = {}
    for place, name in enumerate(header):
        if place not in named and (of := _field_of_unit_column(form, name)) is not None:
            units[of] = place
    patient = next((place for place, name in enumerate(header) if plain(name) in _PATIENT), None)
    columns = [_Column(place, header[place], one, units.get(one.field.id)) for place, one in named.items()]
    used = {*named, *units.values(), patient}
    return columns, [place for place in range(len(header)) if place not in used], patient


def _field_of_unit_column(form: FormSchema, name: str) -> str | None:
    words = plain(name)
    for unit_word in _UNIT_WORDS:
        if words.endswith(unit_word):
            of = named_field(form, words.removesuffix(unit_word).strip())
            return None if of is None else of.field.id
    return None


def _cell(row: int, column: str) -> Message:
    return Message("import.place.cell", {"row": row, "column": column})

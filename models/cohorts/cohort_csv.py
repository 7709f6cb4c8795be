"""``cohort.csv`` held against its schema: every empty cell, unknown word and impossible number at once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from inference.tables.csv_table import CsvTable, TableError, read_csv
from models.cohorts.cohort import Cell, CohortTable
from models.cohorts.cohort_schema import PART_COLUMN, PARTS, PATIENT_COLUMN, CohortSchema, Column, Outcome
from models.cohorts.problems import CohortError, CohortProblem, problem

TABLE_FILE: Final = "cohort.csv"
_PATIENT_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_TRUE: Final = frozenset({"1", "yes", "true"})
_FALSE: Final = frozenset({"0", "no", "false"})
_YES_NO: Final = "0, 1, no, yes"
_LONGEST_MONTHS: Final = 1200.0


def read_cohort_table(path: Path, schema: CohortSchema) -> tuple[CohortTable, str, tuple[CohortProblem, ...]]:
    """The table, the hash of its file, and all that is wrong; a cell with a problem reads as empty.

    Raises
    ------
    CohortError
        When the file is no table, or columns are missing.
    """
    try:
        table = read_csv(path)
    except TableError as error:
        raise CohortError([CohortProblem(one) for one in error.problems]) from error
    reader = _Reader(table, schema)
    return reader.read(), table.sha256, tuple(reader.problems)


class _Reader:
    def __init__(self, table: CsvTable, schema: CohortSchema) -> None:
        self._table = table
        self._schema = schema
        self.problems: list[CohortProblem] = []

    def read(self) -> CohortTable:
        self._require_columns()
        ids = self._table[PATIENT_COLUMN]
        self._check_ids(ids)
        parts = self._cells(PART_COLUMN, self._word(PARTS), may_be_empty=False)
        columns = {one.id: self._clinical(one) for one in self._schema.columns}
        for group in self._schema.one_of:
            self._check_one_of(group)
        outcomes: dict[str, tuple[float | None, ...]] = {}
        for one in self._schema.outcomes:
            self._read_outcome(one, outcomes)
        return CohortTable(self._schema, ids, tuple(str(part or "") for part in parts), columns, outcomes)

    def _require_columns(self) -> None:
        outcomes = [name for one in self._schema.outcomes for name in (one.event, one.time) if name]
        clinical = [one.id for one in self._schema.columns]
        named = dict.fromkeys((PATIENT_COLUMN, PART_COLUMN, *clinical, *outcomes))
        missing = [name for name in named if name not in self._table]
        if missing:
            raise CohortError([problem("missing_column", column=name) for name in missing])

    def _check_ids(self, ids: tuple[str, ...]) -> None:
        first: dict[str, int] = {}
        for row, patient_id in enumerate(ids, start=1):
            # Folders of "A1" and "a1" are one on Windows and macOS.
            earlier = first.setdefault(patient_id.casefold(), row)
            if not _PATIENT_ID.fullmatch(patient_id):
                self.problems.append(problem("patient_id", row))
            elif earlier != row:
                self.problems.append(problem("duplicate_patient", row, earlier=earlier))

    def _check_one_of(self, group: tuple[str, ...]) -> None:
        for row, texts in enumerate(zip(*(self._table[name] for name in group), strict=True), start=1):
            if sum(bool(text) for text in texts) != 1:
                self.problems.append(problem("one_of", row, columns=", ".join(group)))

    def _cells(
        self, name: str, parse: Callable[[str], tuple[Cell, str]], *, may_be_empty: bool
    ) -> tuple[Cell, ...]:
        """The column; what ``parse`` cannot read is a problem that names what is allowed."""
        cells: list[Cell] = []
        for row, text in enumerate(self._table[name], start=1):
            value, allowed = parse(text) if text else (None, "")
            cells.append(value)
            if not text and not may_be_empty:
                self.problems.append(problem("empty_cell", row, column=name))
            elif text and value is None:
                self.problems.append(
                    problem("unknown_value", row, column=name, value=text[:40], allowed=allowed)
                )
        return tuple(cells)

    def _clinical(self, column: Column) -> tuple[Cell, ...]:
        parse = self._word(column.choices) if column.kind == "choice" else self._number(column)
        return self._cells(column.id, parse, may_be_empty=column.may_be_empty)

    @staticmethod
    def _word(choices: tuple[str, ...]) -> Callable[[str], tuple[Cell, str]]:
        return lambda text: (text if text in choices else None, ", ".join(choices))

    @staticmethod
    def _number(column: Column) -> Callable[[str], tuple[Cell, str]]:
        assert column.minimum is not None and column.maximum is not None
        low, high = column.minimum, column.maximum
        unit = "" if column.unit == "1" else f" {column.unit}"

        def parse(text: str) -> tuple[Cell, str]:
            value = _number(text)
            fits = value is not None and low <= value <= high
            if fits and column.integer:
                fits = value == int(value or 0)
            return (value if fits else None), f"{low:g}–{high:g}{unit}"

        return parse

    def _read_outcome(self, about: Outcome, read: dict[str, tuple[float | None, ...]]) -> None:
        """Read the columns of an outcome that another outcome did not read before."""
        if about.event in read:
            return
        may_be_empty = not about.required or about.time is not None
        read[about.event] = _floats(self._cells(about.event, _flag, may_be_empty=may_be_empty))
        if about.time is None:
            return
        read[about.time] = _floats(self._cells(about.time, _months, may_be_empty=True))
        pairs = zip(self._table[about.event], self._table[about.time], strict=True)
        for row, (event, time) in enumerate(pairs, start=1):
            names = {"event": about.event, "time": about.time}
            if event and not time:
                self.problems.append(problem("outcome_without_follow_up", row, **names))
            elif time and not event:
                self.problems.append(problem("follow_up_without_outcome", row, **names))
            elif not event and about.required:
                self.problems.append(problem("no_outcome", row, **names))


def _floats(cells: tuple[Cell, ...]) -> tuple[float | None, ...]:
    return tuple(None if cell is None else float(cell) for cell in cells)


def _flag(text: str) -> tuple[Cell, str]:
    word = text.lower()
    return (float(word in _TRUE) if word in _TRUE | _FALSE else None), _YES_NO


def _months(text: str) -> tuple[Cell, str]:
    value = _number(text)
    return (value if value is not None and 0 < value <= _LONGEST_MONTHS else None), f"0–{_LONGEST_MONTHS:g}"


def _number(text: str) -> float | None:
    try:
        # Python alone reads 5_2 as 52; a slip of the keyboard is no number here.
        value = float(text.replace("_", "?"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None

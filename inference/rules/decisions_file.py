"""Decisions of the past as a CSV table: what was predicted, what was given, what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inference.messages.message import Message
from inference.rules.rule_book import NON_RESIDUAL, RESIDUAL, Predicted
from inference.tables.csv_table import CsvTable, TableError, problem, read_csv

OUTCOMES: Final[Mapping[str, Predicted]] = {
    "residual": RESIDUAL,
    "r": RESIDUAL,
    "non_residual": NON_RESIDUAL,
    "nonresidual": NON_RESIDUAL,
    "n": NON_RESIDUAL,
}
REGIMENS: Final[Mapping[str, str]] = {"ccrt": "ccrt", "ic_ccrt": "ic_ccrt"}
YES_OR_NO: Final[Mapping[str, bool]] = {"yes": True, "no": False}

PATIENT: Final = "patient"
SYNTHETIC: Final = "synthetic"
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "ccrt_predicts": OUTCOMES,
    "ic_ccrt_predicts": OUTCOMES,
    "given": REGIMENS,
    "actual": OUTCOMES,
}
COLUMNS: Final = (PATIENT, *_WORDS)
_ALLOWED: Final = {
    "ccrt_predicts": "residual, non_residual, R, N",
    "ic_ccrt_predicts": "residual, non_residual, R, N",
    "given": "ccrt, ic_ccrt",
    "actual": "residual, non_residual, R, N",
    SYNTHETIC: "yes, no",
}
_PHANTOM_PREFIX: Final = "phantom"


@dataclass(frozen=True, slots=True)
class Decision:
    """One patient: ``row`` counts from 1 below the header; who it is, is not kept."""

    row: int
    predicted: dict[str, Predicted]
    given: str
    actual: Predicted
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class DecisionsFile:
    """All patients of a file, the hash of its bytes, and columns that say nothing here."""

    decisions: tuple[Decision, ...]
    sha256: str
    unused_columns: tuple[str, ...]


def read_decisions(path: Path) -> DecisionsFile:
    """Read and check the whole file.

    Words are taken in any case, with blank, hyphen or plus for the underscore.  A patient is synthetic where
    the column ``synthetic`` says so or the identifier begins with ``phantom``.

    Raises
    ------
    TableError
        With everything that is wrong: columns, cells by row and column, patients in two rows.
    """
    table = read_csv(path)
    given_names = {name: _plain(name) for name in table.columns}
    columns = {plain: table[name] for name, plain in given_names.items()}
    problems = [
        problem("missing_column", column=name, meaning=f"audit.column.{name}")
        for name in COLUMNS
        if name not in columns
    ]
    cells = [
        found
        for name in (*_WORDS, SYNTHETIC)
        if name in columns
        for found in _unknown_words(columns[name], name)
    ]
    if PATIENT in columns:
        cells += _patient_problems(columns[PATIENT])
    problems += sorted(cells, key=lambda each: int(each.fields["row"]))
    if problems:
        raise TableError(problems)
    unused = tuple(name for name, plain in given_names.items() if plain not in (*COLUMNS, SYNTHETIC))
    return DecisionsFile(_decisions(columns, table), table.sha256, unused)


def _decisions(columns: Mapping[str, tuple[str, ...]], table: CsvTable) -> tuple[Decision, ...]:
    said = columns.get(SYNTHETIC, ("no",) * table.row_count)
    return tuple(
        Decision(
            row=place + 1,
            predicted={name: OUTCOMES[_plain(columns[f"{name}_predicts"][place])] for name in REGIMENS},
            given=REGIMENS[_plain(columns["given"][place])],
            actual=OUTCOMES[_plain(columns["actual"][place])],
            is_synthetic=YES_OR_NO[_plain(said[place])]
            or columns[PATIENT][place].casefold().startswith(_PHANTOM_PREFIX),
        )
        for place in range(table.row_count)
    )


def _unknown_words(cells: tuple[str, ...], name: str) -> list[Message]:
    words: Mapping[str, object] = YES_OR_NO if name == SYNTHETIC else _WORDS[name]
    found = []
    for row, cell in enumerate(cells, start=1):
        if not cell:
            found.append(problem("empty_cell", row=row, column=name))
        elif _plain(cell) not in words:
            found.append(problem("unknown_word", row=row, column=name, allowed=_ALLOWED[name]))
    return found


def _patient_problems(cells: tuple[str, ...]) -> list[Message]:
    """Patients without an identifier and patients in two rows; the identifier itself is never told."""
    found = []
    first: dict[str, int] = {}
    for row, cell in enumerate(cells, start=1):
        if not cell:
            found.append(problem("empty_cell", row=row, column=PATIENT))
        elif cell in first:
            found.append(problem("duplicate_patient", row=row, earlier=first[cell]))
        else:
            first[cell] = row
    return found


def words_unless_known(column: str, word: str) -> str | None:
    """The words that ``column`` may hold, where ``word`` is none of them."""
    return None if _plain(word) in _WORDS[column] else _ALLOWED[column]


def _plain(word: str) -> str:
    return word.strip().casefold().replace("-", "_").replace("+", "_").replace(" ", "_")

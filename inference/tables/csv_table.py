"""A CSV file as named columns of text: UTF-8, comma, semicolon or tab, one header row."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inference.errors import InputError
from inference.messages.message import FieldValue, Message

LARGEST_BYTES: Final = 64 * 1024**2
MOST_ROWS: Final = 1_000_000
MOST_COLUMNS: Final = 2_000
_DELIMITERS: Final = ",;\t"
_MOST_SHOWN: Final = 25


class TableError(InputError):
    """A table that cannot be used; ``problems`` lists everything that is wrong with it at once."""

    def __init__(self, problems: Sequence[Message]) -> None:
        super().__init__("table.problems", count=len(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, eq=False)
class CsvTable:
    """Columns by name, each with one stripped cell per row; ``sha256`` is that of the file's bytes."""

    columns: dict[str, tuple[str, ...]]
    row_count: int
    sha256: str

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return self.columns[name]


def problem(kind: str, **fields: FieldValue) -> Message:
    """One thing that is wrong with a table: ``table.<kind>`` in the catalogue."""
    return Message(f"table.{kind}", fields)


def shown(problems: Sequence[Message]) -> tuple[Message, ...]:
    """The problems to print: all of them, or the first and how many more."""
    if len(problems) <= _MOST_SHOWN:
        return tuple(problems)
    return (*problems[:_MOST_SHOWN], problem("more_problems", count=len(problems) - _MOST_SHOWN))


def read_csv(path: Path) -> CsvTable:
    """Read the table whole.

    Names of columns are lower-cased and stripped; a byte order mark is allowed; lines without any value are
    left out.

    Raises
    ------
    TableError
        When there is no such file, it is too large, not UTF-8, empty, or its rows do not fit its header.
    """
    raw = read_bytes(path)
    header, rows = _rows(as_text(raw))
    problems = _header_problems(header)
    problems += [
        problem("ragged_row", row=number, found=len(row), expected=len(header))
        for number, row in rows
        if len(row) != len(header)
    ]
    if not rows:
        problems.append(problem("no_rows"))
    if len(rows) > MOST_ROWS:
        problems.append(problem("too_many_rows", count=len(rows), most=MOST_ROWS))
    if problems:
        raise TableError(problems)
    columns = {name: tuple(row[place] for _, row in rows) for place, name in enumerate(header)}
    return CsvTable(columns, len(rows), hashlib.sha256(raw).hexdigest())


def read_bytes(path: Path) -> bytes:
    """The bytes of a table's file.

    Raises
    ------
    TableError
        When it cannot be read, or is too large.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_BYTES + 1)
    except IsADirectoryError as error:
        raise TableError([problem("is_a_folder")]) from error
    except OSError as error:
        raise TableError([problem("cannot_be_read")]) from error
    if len(raw) > LARGEST_BYTES:
        raise TableError([problem("too_large", most_mb=LARGEST_BYTES // 1024**2)])
    return raw


def as_text(raw: bytes) -> str:
    """UTF-8 text, with or without a byte order mark.

    Raises
    ------
    TableError
        When the bytes are something else.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError([problem("not_utf8", position=error.start + 1)]) from error
    if "\0" in text:
        raise TableError([problem("not_text")])
    return text


def filled_rows(text: str) -> list[list[str]]:
    """All rows that hold something, their cells stripped; the first row's delimiter is that of all.

    Raises
    ------
    TableError
        When the text is no table, or is empty.
    """
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        lines = [
            [cell.strip() for cell in row]
            for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        ]
    except csv.Error as error:
        raise TableError([problem("not_csv")]) from error
    filled = [line for line in lines if any(line)]
    if not filled:
        raise TableError([problem("empty")])
    return filled


def _rows(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the rows with their numbers, the first row below the header being 1."""
    filled = filled_rows(text)
    return [name.lower() for name in filled[0]], list(enumerate(filled[1:], start=1))


def _header_problems(header: Sequence[str]) -> list[Message]:
    found = [problem("unnamed_column", place=place) for place, name in enumerate(header, start=1) if not name]
    found += [
        problem("repeated_column", column=name)
        for name, count in Counter(header).items()
        if name and count > 1
    ]
    if len(header) > MOST_COLUMNS:
        found.append(problem("too_many_columns", count=len(header), most=MOST_COLUMNS))
    return found

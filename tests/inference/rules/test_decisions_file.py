"""A file of decisions is read whole, in the words that people use, or refused with all that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.messages.catalogue import LANGUAGES, load_catalogue
from inference.rules.decisions_file import COLUMNS, read_decisions
from inference.tables.csv_table import TableError

HEADER = "patient,ccrt_predicts,ic_ccrt_predicts,given,actual"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "decisions.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def problems_of(path: Path) -> list[tuple[str, object, object]]:
    with pytest.raises(TableError) as caught:
        read_decisions(path)
    return [
        (each.id.removeprefix("table."), each.fields.get("row"), each.fields.get("column"))
        for each in caught.value.problems
    ]


def test_words_are_taken_in_any_case_and_spelling(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    header = "\ufeffPatient;CCRT predicts;IC+CCRT predicts;Given;Actual;Age"
    path.write_bytes(f"{header}\r\na;N;Residual;IC+CCRT;Non-Residual;61\r\n".encode())
    file = read_decisions(path)
    (one,) = file.decisions
    assert one.predicted == {"ccrt": "non_residual", "ic_ccrt": "residual"}
    assert (one.row, one.given, one.actual, one.is_synthetic) == (1, "ic_ccrt", "non_residual", False)
    assert file.unused_columns == ("age",)


def test_a_patient_is_synthetic_by_column_or_by_name(tmp_path: Path) -> None:
    path = written(
        tmp_path, f"{HEADER},synthetic", "a,N,N,ccrt,N,Yes", "b,N,N,ccrt,N,no", "PHANTOM-7,N,N,ccrt,N,no"
    )
    assert [one.is_synthetic for one in read_decisions(path).decisions] == [True, False, True]


def test_everything_wrong_is_told_at_once_with_row_and_column(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "patient,ccrt_predicts,given,actual,synthetic",
        "a,perhaps,ccrt,R,no",
        ",R,surgery,,maybe",
        "a,N,ccrt,N,no",
    )
    assert problems_of(path) == [
        ("missing_column", None, "ic_ccrt_predicts"),
        ("unknown_word", 1, "ccrt_predicts"),
        ("unknown_word", 2, "given"),
        ("empty_cell", 2, "actual"),
        ("unknown_word", 2, "synthetic"),
        ("empty_cell", 2, "patient"),
        ("duplicate_patient", 3, None),
    ]


def test_no_problem_repeats_what_a_cell_holds(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER, "Wang-77,Wang-77,N,Wang-77,R", "Wang-77,N,N,ccrt,R")
    with pytest.raises(TableError) as caught:
        read_decisions(path)
    for language in LANGUAGES:
        catalogue = load_catalogue(language)
        texts = [catalogue.render(each) for each in caught.value.problems]
        assert len(texts) == 3 and not [text for text in texts if "Wang" in text or "⟦" in text]


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_missing_column_says_what_it_holds(column: str, language: str, tmp_path: Path) -> None:
    names = [name for name in COLUMNS if name != column]
    path = written(tmp_path, ",".join(names), ",".join({"given": "ccrt"}.get(name, "N") for name in names))
    with pytest.raises(TableError) as caught:
        read_decisions(path)
    (only,) = caught.value.problems
    catalogue = load_catalogue(language)
    assert catalogue.text(f"audit.column.{column}") in catalogue.render(only)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", "empty"),
        (HEADER.encode(), "no_rows"),
        (b"PK\x03\x04\x00\x00", "not_text"),
        ("患者,a\n".encode("gb18030"), "not_utf8"),
        (HEADER.encode() + b"\na,N,N\n", "ragged_row"),
    ],
)
def test_a_file_that_is_no_table_is_refused(raw: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    path.write_bytes(raw)
    assert problems_of(path)[0][0] == kind

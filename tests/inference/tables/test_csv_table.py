from pathlib import Path

import pytest

from inference.messages.catalogue import load_catalogue
from inference.tables.csv_table import TableError, problem, read_csv, shown


def written(folder: Path, raw: bytes) -> Path:
    file = folder / "table.csv"
    file.write_bytes(raw)
    return file


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_come_by_lower_case_name_whatever_parts_them(tmp_path: Path, delimiter: str) -> None:
    text = "\ufeffPatient, Score\r\na, 0.5\r\n,\r\nb,0.25\r\n".replace(",", delimiter)
    table = read_csv(written(tmp_path, text.encode()))
    assert table.columns == {"patient": ("a", "b"), "score": ("0.5", "0.25")}
    assert table.row_count == 2


@pytest.mark.parametrize(
    ("raw", "kinds"),
    [
        (b"", ["empty"]),
        (b"\n\n", ["empty"]),
        (b"a,b\n", ["no_rows"]),
        (b"a,b\n\xff\xfe,1\n", ["not_utf8"]),
        (b"a,b\n\0,1\n", ["not_text"]),
        (b'a,b\n"1,2\n', ["not_csv"]),
        (b"a,,a\n1,2,3\n", ["unnamed_column", "repeated_column"]),
        (b"a,b\n1\n1,2,3\n", ["ragged_row", "ragged_row"]),
    ],
)
def test_everything_wrong_with_the_file_is_told_at_once(tmp_path: Path, raw: bytes, kinds: list[str]) -> None:
    with pytest.raises(TableError) as raised:
        read_csv(written(tmp_path, raw))
    assert [each.id for each in raised.value.problems] == [f"table.{kind}" for kind in kinds]


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    for path, kind in ((tmp_path, "is_a_folder"), (tmp_path / "none.csv", "cannot_be_read")):
        with pytest.raises(TableError) as raised:
            read_csv(path)
        assert raised.value.problems[0].id == f"table.{kind}"


def test_a_long_list_of_problems_is_cut_and_says_so() -> None:
    problems = [problem("empty_cell", row=row, column="score") for row in range(1, 101)]
    assert len(shown(problems)) == 26
    assert "75" in load_catalogue("en").render(shown(problems)[-1])

"""``main.py audit``: both files or neither, everything wrong at once, and nobody's identifier in the log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inference.messages.catalogue import load_catalogue
from inference.rules.decisions_file import COLUMNS, SYNTHETIC
from tests.headless.command_line import Ran
from tests.reports.conftest import flat, page_texts

Run = Callable[..., Ran]
EXAMPLE = "inference/rules/examples/npc_table3.csv"
HEADER = ",".join(COLUMNS)


def document(out: Path) -> dict[str, Any]:
    return json.loads((out / "audit.json").read_text(encoding="utf-8"))["audit"]


def written(folder: Path, *lines: str) -> Path:
    path = folder / "decisions.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_example_reproduces_the_published_comparison(
    run: Run, repository: Path, tmp_path: Path, language: str
) -> None:
    out = tmp_path / "out"
    ran = run("audit", repository / EXAMPLE, "--out", out, "--language", language)
    assert ran.code == 0 and not ran.err
    assert sorted(path.name for path in out.iterdir()) == ["audit.json", "audit.pdf"]
    audit = document(out)
    assert (audit["physician"]["correct"], audit["physician"]["determinable"]) == (39, 65)
    assert (audit["model"]["correct"], audit["model"]["determinable"]) == (58, 69)
    text = flat("".join(page_texts((out / "audit.pdf").read_bytes())))
    assert flat(load_catalogue(language).text("audit.untested.set_aside")) in text
    assert "60.00" in ran.out and "84.06" in ran.out and "74.42" in ran.out


def test_row_four_is_a_parameter_and_is_told_when_it_counts(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, HEADER, "a,N,N,ic_ccrt,R", "b,N,N,ccrt,N")
    assert "row4_physician = wrong" in run("audit", path, "--out", tmp_path / "one").out
    ran = run("audit", path, "--out", tmp_path / "two", "--row4-physician", "undeterminable")
    assert "row4_physician = undeterminable" in ran.out
    assert document(tmp_path / "one")["physician"]["wrong"] == 1
    assert document(tmp_path / "two")["physician"]["undeterminable"] == 1


def test_synthetic_decisions_are_marked_everywhere(run: Run, repository: Path, tmp_path: Path) -> None:
    ran = run("audit", repository / EXAMPLE, "--out", tmp_path / "out", "--synthetic")
    banner = load_catalogue("en").text("audit.banner.synthetic")
    assert banner in ran.out
    assert document(tmp_path / "out")["input"]["synthetic_patients"] == 85
    for page in page_texts((tmp_path / "out" / "audit.pdf").read_bytes()):
        assert flat(banner) in flat(page)


def test_a_bad_table_is_refused_with_everything_wrong_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, HEADER, "Wang-77,N,N,surgery,R", "Wang-77,N,,ccrt,R")
    ran = run("audit", path, "--out", tmp_path / "out")
    assert ran.code == 2 and not ran.out and not (tmp_path / "out").exists()
    lines = ran.err.splitlines()
    assert len(lines) == 4 and "above: 3" in lines[-1]
    assert "Row 1" in lines[0] and "“given”" in lines[0] and "Wang" not in ran.err


def test_when_nobody_can_be_judged_the_files_say_so_and_the_code_is_three(run: Run, tmp_path: Path) -> None:
    ran = run("audit", written(tmp_path, HEADER, "a,R,R,ccrt,R"), "--out", tmp_path / "out")
    assert ran.code == 3 and "not estimable: nobody can be judged" in ran.out
    assert (tmp_path / "out" / "audit.pdf").exists()


def test_a_place_that_cannot_be_written_leaves_nothing(run: Run, repository: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("here")
    ran = run("audit", repository / EXAMPLE, "--out", blocked)
    assert ran.code == 2 and blocked.read_text() == "here"


def test_columns_that_say_nothing_are_named(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER},age", "a,N,N,ccrt,N,61")
    assert "age" in run("audit", path, "--out", tmp_path / "out").out


def test_the_log_and_the_file_name_no_patient(run: Run, home: Path, tmp_path: Path) -> None:
    path = written(tmp_path, HEADER, "Wang-77,N,N,ccrt,N")
    assert run("audit", path, "--out", tmp_path / "out").code == 0
    run("audit", written(tmp_path, HEADER, "Wang-77,N,N,x,N"), "--out", tmp_path / "out")
    logs = "".join(log.read_text(encoding="utf-8") for log in home.rglob("*.log*"))
    assert "table.problems" in logs
    assert "Wang-77" not in logs + (tmp_path / "out" / "audit.json").read_text(encoding="utf-8")


def test_the_guide_names_every_column_and_the_example(repository: Path) -> None:
    guide = (repository / "docs" / "audit.md").read_text(encoding="utf-8")
    assert not [name for name in (*COLUMNS, SYNTHETIC) if f"| `{name}` |" not in guide]
    assert EXAMPLE in guide and (repository / EXAMPLE).is_file()

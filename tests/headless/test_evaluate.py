"""``main.py evaluate``: both files or neither, everything wrong at once, and nobody's key in the log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inference.messages.catalogue import load_catalogue
from tests.headless.command_line import Ran
from tests.reports.conftest import flat, page_texts

Run = Callable[..., Ran]
EXAMPLES = "inference/evaluation/examples"
SMALL = ("patient,cohort,outcome,score,remark", *(f"P{i},training,{i % 2},{i},{i}x" for i in range(14)))
SMALL_TIMES = ("patient,time,event,score", *(f"P{i},{i + 1},{i % 2},{i % 5}" for i in range(14)))


def document(out: Path) -> dict[str, Any]:
    return json.loads((out / "evaluation.json").read_text(encoding="utf-8"))["evaluation"]


def written(folder: Path, *lines: str) -> Path:
    path = folder / "predictions.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return written(tmp_path, *SMALL)


@pytest.mark.parametrize(("kind", "language"), [("binary", "en"), ("survival", "zh_CN")])
def test_the_examples_give_both_files_and_say_that_nobody_is_real(
    run: Run, repository: Path, tmp_path: Path, kind: str, language: str
) -> None:
    out = tmp_path / "out"
    table = repository / EXAMPLES / f"{kind}.csv"
    ran = run(
        "evaluate", "--predictions", table, "--kind", kind, "--out", out, "--language", language, "--seed", 3
    )
    assert ran.code == 0 and not ran.err
    assert sorted(path.name for path in out.iterdir()) == ["evaluation.json", "evaluation.pdf"]
    banner = load_catalogue(language).text("evaluate.banner.synthetic")
    assert banner in ran.out
    assert all(flat(banner) in flat(page) for page in page_texts((out / "evaluation.pdf").read_bytes()))
    found = document(out)
    assert found["input"]["synthetic"] and found["parameters"]["seed"] == 3
    assert [cohort["name"] for cohort in found["cohorts"]] == ["training", "internal", "external"]


def test_a_number_holds_for_every_model_and_a_name_for_its_own(run: Run, tmp_path: Path) -> None:
    table = written(
        tmp_path, "patient,outcome,score_A,probability_b", *(f"P{i},{i % 2},{i},0.{i}" for i in range(1, 9))
    )
    command = ("evaluate", "--predictions", table, "--kind", "binary", "--out", tmp_path / "out")
    assert run(*command, "--threshold", "0.25").code == 0
    given = {"origin": "given", "tied": []}
    assert [one["threshold"] for one in document(tmp_path / "out")["models"]] == [
        {"value": 0.25, **given}
    ] * 2
    assert run(*command, "--threshold", "A=4", "--threshold", "b = 0.5").code == 0
    values = [one["threshold"]["value"] for one in document(tmp_path / "out")["models"]]
    assert values == [4.0, 0.5]
    assert run(*command, "--threshold", "a=4").code == 0
    assert [one["threshold"] for one in document(tmp_path / "out")["models"]] == [
        {"value": 4.0, **given},
        None,
    ]


def test_horizons_and_their_unit_are_those_asked_for(run: Run, tmp_path: Path) -> None:
    table = written(tmp_path, *SMALL_TIMES)
    ran = run(
        *("evaluate", "--predictions", table, "--kind", "survival", "--out", tmp_path / "out"),
        *("--horizon", 6, 3, "--horizon", 9.5, "--time-unit", "years"),
    )
    assert ran.code == 0
    assert document(tmp_path / "out")["parameters"] == {
        "horizons": [3, 6, 9.5],
        "time_unit": "years",
        "seed": 0,
    }
    pages = flat("".join(page_texts((tmp_path / "out" / "evaluation.pdf").read_bytes())))
    assert flat("AUC at 9.5 years") in pages


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--threshold", "high"), "“high” is no threshold"),
        (("--threshold", "nan"), "“nan” is no threshold"),
        (("--threshold", "score=x"), "“x” is no threshold"),
        (("--threshold", "0.3", "--threshold", "score=0.2"), "“0.3” names no model"),
        (("--threshold", "score=0.3", "--threshold", "SCORE=0.2"), "Two thresholds are given"),
        (("--threshold", "image=0.3"), "no model “image”"),
        (("--horizon", "12"), "has no times"),
        (("--time-unit", "months"), "has no times"),
        (("--seed", "-1"), "A seed is 0 or"),
    ],
)
def test_an_option_that_cannot_be_used_is_told_in_one_sentence(
    run: Run, small: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = run("evaluate", "--predictions", small, "--kind", "binary", "--out", tmp_path / "out", *arguments)
    assert ran.code == 2 and said in ran.err and len(ran.err.splitlines()) == 1
    assert not ran.out and not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("horizon", "said"), [("soon", "“soon” is no time"), ("0", "above 0"), ("inf", "“inf” is no time")]
)
def test_a_horizon_that_is_none_is_refused(run: Run, tmp_path: Path, horizon: str, said: str) -> None:
    table = written(tmp_path, *SMALL_TIMES)
    ran = run(
        *("evaluate", "--predictions", table, "--kind", "survival"),
        *("--out", tmp_path / "out", "--horizon", horizon),
    )
    assert ran.code == 2 and said in ran.err and not (tmp_path / "out").exists()


def test_a_bad_table_is_refused_with_everything_wrong_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    table = written(tmp_path, "patient,outcome,probability", "Wang-77,maybe,1.5", "Wang-77,1,0.5")
    ran = run("evaluate", "--predictions", table, "--kind", "binary", "--out", tmp_path / "out")
    assert ran.code == 2 and not ran.out and not (tmp_path / "out").exists()
    lines = ran.err.splitlines()
    assert len(lines) == 4 and "above: 3" in lines[-1] and "Wang" not in ran.err


def test_a_folder_or_nothing_in_the_place_of_the_table_is_said(run: Run, tmp_path: Path) -> None:
    for place, said in ((tmp_path, "This is a folder"), (tmp_path / "none.csv", "not there")):
        ran = run("evaluate", "--predictions", place, "--kind", "binary", "--out", tmp_path / "out")
        assert ran.code == 2 and said in ran.err and not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_leaves_what_is_there(run: Run, small: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("here")
    ran = run("evaluate", "--predictions", small, "--kind", "binary", "--out", blocked)
    assert ran.code == 2 and blocked.read_text() == "here"


def test_a_full_disk_leaves_the_earlier_result_whole(
    run: Run, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    command = ("evaluate", "--predictions", small, "--kind", "binary", "--out", out)
    assert run(*command).code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", _no_room)
        ran = run(*command, "--threshold", "3")
    assert ran.code == 2 and len(ran.err.splitlines()) == 1
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def _no_room(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_when_nothing_can_be_estimated_the_files_say_so_and_the_code_is_three(
    run: Run, tmp_path: Path
) -> None:
    table = written(tmp_path, "patient,outcome,score", "a,1,2", "b,1,3")
    ran = run("evaluate", "--predictions", table, "--kind", "binary", "--out", tmp_path / "out")
    assert ran.code == 3 and "not estimable: all patients have the same outcome" in ran.out
    assert (tmp_path / "out" / "evaluation.pdf").exists()


def test_columns_that_were_not_used_are_named(run: Run, small: Path, tmp_path: Path) -> None:
    ran = run("evaluate", "--predictions", small, "--kind", "binary", "--out", tmp_path / "out")
    assert "remark" in ran.out


def test_the_log_and_the_files_name_no_patient(run: Run, home: Path, tmp_path: Path) -> None:
    lines = [line.replace("P", "Wang-77-") for line in SMALL]
    table = written(tmp_path, *lines)
    out = tmp_path / "out"
    assert run("evaluate", "--predictions", table, "--kind", "binary", "--out", out).code == 0
    bad = written(tmp_path, *lines, lines[-1])
    assert run("evaluate", "--predictions", bad, "--kind", "binary", "--out", out).code == 2
    logs = "".join(log.read_text(encoding="utf-8") for log in home.rglob("*.log*"))
    assert "table.problems" in logs
    text = (out / "evaluation.json").read_text(encoding="utf-8")
    pages = "".join(page_texts((out / "evaluation.pdf").read_bytes()))
    assert "Wang" not in logs + text + pages


def test_the_guide_names_every_column_option_and_example(repository: Path) -> None:
    guide = (repository / "docs" / "evaluate.md").read_text(encoding="utf-8")
    columns = ("patient", "cohort", "outcome", "time", "event", "fold", "slice", "synthetic")
    columns = (*columns, "score_NAME", "probability_NAME", "survival_T_NAME")
    assert not [name for name in columns if f"`{name}`" not in guide]
    for option in ("--threshold", "--horizon", "--time-unit", "--seed", "--language"):
        assert option in guide
    for kind in ("binary", "survival"):
        assert f"{EXAMPLES}/{kind}.csv" in guide and (repository / EXAMPLES / f"{kind}.csv").is_file()

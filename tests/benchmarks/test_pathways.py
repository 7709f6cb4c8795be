"""The table of the pathways' times: every study is in it, and what is beyond a limit is marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import pathways
from benchmarks.processes import ProcessFigures
from inference.clinical.schema import load_form
from inference.inputs.study_inputs import load_study_inputs
from inference.pathways.pathway import load_pathway


def test_every_study_is_measured_with_its_own_scans_and_a_number_of_its_form(repository: Path) -> None:
    forms = {path.stem for path in (repository / "inference" / "inputs").glob("*.yaml")}
    assert set(pathways.PATHWAYS) == forms
    for study, measured in pathways.PATHWAYS.items():
        assert set(measured.masks) <= {one.id for one in load_study_inputs(study).inputs}
        assert load_form(study).field(measured.changed).kind == "number"
        if study != "npc-residual":
            assert set(measured.masks) == {one.input for one in load_pathway(study).inputs}


def test_medians_stand_in_the_table_and_those_beyond_a_limit_are_marked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run_s = iter([14.0, 16.0, 15.5])

    def pretend(command: list[str]) -> ProcessFigures:
        Path(command[-1]).write_text(
            f'{{"run": {next(run_s)}, "small_changes": 2.0, "again": 0.4}}', encoding="utf-8"
        )
        return ProcessFigures(20.0, 20.0, 900.0, 0)

    monkeypatch.setattr(pathways, "measure", pretend)
    monkeypatch.setattr(pathways, "_phantom", lambda *_: tmp_path)
    assert pathways.main(["gnen-os", "--runs", "3"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.split() == ["gnen-os", "15.50", ">", "limit", "2.00", "0.40", "900"]


def test_a_run_without_an_answer_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(pathways, "measure", lambda _: ProcessFigures(1.0, 1.0, 1.0, 1))
    monkeypatch.setattr(pathways, "_phantom", lambda *_: tmp_path)
    assert pathways.main(["gnen-os"]) == 1
    assert "gnen-os: a run ended without an answer" in capsys.readouterr().out

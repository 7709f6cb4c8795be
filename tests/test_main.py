"""The entry knows the reader's switch as intake spells it, and speaks of its commands."""

from __future__ import annotations

import io

import pytest

import main
from inference.deidentification.process import DeidentifyProcess
from inference.dicom.readers.reader_process import FROZEN_ARGUMENT
from inference.dicom.sources import archives


def test_a_bundle_starts_the_reader_by_the_switch_that_the_entry_knows() -> None:
    assert main.INTAKE_READER == FROZEN_ARGUMENT
    assert main.INTAKE_ARCHIVE == archives.FROZEN_ARGUMENT
    assert DeidentifyProcess.frozen_argument == main.DEIDENTIFY_READER


@pytest.mark.parametrize(
    "command", ["open", "assess", "audit", "evaluate", "inspect", "deidentify", "phantom", "demo", "pack"]
)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main([command, "--help"])
    assert ended.value.code == 0 and command in capsys.readouterr().out


def test_an_unknown_command_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["predict"])
    assert ended.value.code == 2 and "predict" in capsys.readouterr().err


def test_a_terminal_without_the_characters_gets_question_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", narrow)
    with pytest.raises(SystemExit) as ended:
        main.main(["assess", "--help"])
    narrow.flush()
    assert ended.value.code == 0 and b"NAME|NUMBER,?" in narrow.buffer.getvalue()


def test_a_reader_that_has_seen_enough_is_no_fault_of_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cut_off(*_: object) -> int:
        raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", io.StringIO())
    monkeypatch.setattr("headless.decisions.run_decisions", cut_off)
    assert main.main(["decisions"]) == 130
    main.sys.stdout.close()
    assert capsys.readouterr().err == ""

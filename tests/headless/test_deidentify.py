"""``main.py deidentify`` as a user runs it."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import pytest

import main
from headless import deidentify as command
from inference.deidentification.key_file import KeyFile
from inference.errors import EXIT_ANSWERED, EXIT_BAD_INPUT, EXIT_CANCELLED, EXIT_WITHHELD
from tests.inference.deidentification.conftest import CHEAP
from tests.inference.dicom.dicom_files import alter, write_series

PASSPHRASE = "open sesame, but longer"


@pytest.fixture(autouse=True)
def _cheap_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        command, "KeyFile", lambda path, passphrase, random: KeyFile(path, passphrase, random, cost=CHEAP)
    )


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\nsecond line\n", encoding="utf-8")
    return path


def run(tmp_path: Path, *more: str) -> int:
    return main.main(["deidentify", str(tmp_path / "in"), str(tmp_path / "out"), *more])


def test_objects_report_and_key_lie_where_they_should(
    tmp_path: Path, passphrase_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(tmp_path / "in", 2, name="Quillfeather^T")
    (tmp_path / "in" / "notes.txt").write_text("x")
    assert run(tmp_path, "--passphrase-file", str(passphrase_file)) == EXIT_ANSWERED
    told = capsys.readouterr().out
    assert "Objects: 2; patients: 1" in told and "3  notes.txt is not DICOM" in told
    assert str(tmp_path / "out.keymap") in told and "Look at the result" in told
    assert PASSPHRASE not in told and "Quillfeather" not in told
    assert (tmp_path / "out" / "deidentification.json").is_file()
    names = [path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.dcm")]
    assert sorted(names) == [f"CONC-0001/study-1/series-1/0000{number}.dcm" for number in (1, 2)]
    assert KeyFile(tmp_path / "out.keymap", PASSPHRASE, bytes).open().patients


def test_a_source_of_which_nothing_passes_is_withheld(tmp_path: Path, passphrase_file: Path) -> None:
    write_series(tmp_path / "in", 1, alter(BurnedInAnnotation="YES"))
    assert run(tmp_path, "--passphrase-file", str(passphrase_file)) == EXIT_WITHHELD
    assert not (tmp_path / "out.keymap").exists()


def test_options_reach_the_objects(tmp_path: Path, passphrase_file: Path) -> None:
    import pydicom

    write_series(tmp_path / "in", 1, alter(PatientAge="044Y"))
    key = tmp_path / "elsewhere"
    assert run(
        tmp_path, "--passphrase-file", str(passphrase_file), "--key-map", str(key),
        "--keep-characteristics", "--keep-shifted-dates",
    ) == EXIT_ANSWERED  # fmt: skip
    dataset = pydicom.dcmread(next((tmp_path / "out").rglob("*.dcm")))
    assert dataset.PatientAge == "044Y" and dataset.StudyDate not in ("", "20240301") and key.is_file()


def test_without_a_terminal_a_passphrase_file_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_series(tmp_path / "in", 1)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    assert run(tmp_path) == EXIT_BAD_INPUT
    assert "--passphrase-file" in capsys.readouterr().err and not (tmp_path / "out").exists()


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Somebody at a terminal; the questions that were put to them."""
    left, asked = list(answers), list[str]()

    def answer(question: str) -> str:
        asked.append(question)
        return left.pop(0)

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(getpass, "getpass", answer)
    return asked


def test_a_new_key_asks_twice_and_an_old_one_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_series(tmp_path / "in", 1)
    asked = typed(monkeypatch, PASSPHRASE, PASSPHRASE)
    assert run(tmp_path) == EXIT_ANSWERED and len(asked) == 2
    asked = typed(monkeypatch, PASSPHRASE)
    more = [
        "deidentify",
        str(tmp_path / "in"),
        str(tmp_path / "again"),
        "--key-map",
        str(tmp_path / "out.keymap"),
    ]
    assert main.main(more) == EXIT_ANSWERED and len(asked) == 1


def test_two_different_passphrases_make_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(tmp_path / "in", 1)
    typed(monkeypatch, PASSPHRASE, PASSPHRASE + "!")
    assert run(tmp_path) == EXIT_BAD_INPUT and "differ" in capsys.readouterr().err
    assert not (tmp_path / "out").exists() and not (tmp_path / "out.keymap").exists()


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff\xfe"])
def test_a_file_without_a_passphrase_is_refused(tmp_path: Path, content: bytes) -> None:
    write_series(tmp_path / "in", 1)
    (tmp_path / "passphrase").write_bytes(content)
    assert run(tmp_path, "--passphrase-file", str(tmp_path / "passphrase")) == EXIT_BAD_INPUT
    assert not (tmp_path / "out").exists()


def test_a_user_who_interrupts_finds_nothing(
    tmp_path: Path, passphrase_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inference.deidentification.output import OutputFolder

    write_series(tmp_path / "in", 3)
    written = OutputFolder.write

    def interrupted(self: OutputFolder, pseudonym: str, study: str, series: str, content: bytes) -> Path:
        path = written(self, pseudonym, study, series, content)
        if path.name == "00002.dcm":
            raise KeyboardInterrupt
        return path

    monkeypatch.setattr(OutputFolder, "write", interrupted)
    assert run(tmp_path, "--passphrase-file", str(passphrase_file)) == EXIT_CANCELLED
    assert not (tmp_path / "out").exists() and not (tmp_path / "out.keymap").exists()


def test_the_words_promise_no_guarantee(repository: Path) -> None:
    texts = [
        repository / "inference/messages/locale/en/deidentify.po",
        repository / "docs/deidentification.md",
    ]
    for path in texts:
        words = path.read_text(encoding="utf-8").lower()
        assert not [
            word for word in ("anonymi", "we guarantee", "is guaranteed", "hipaa compliant") if word in words
        ]

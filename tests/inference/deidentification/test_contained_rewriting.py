"""What a hostile file, or a process gone wrong, can do to a run: be named, and nothing else."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from inference.deidentification import process
from inference.deidentification.output import OutputFolder
from inference.deidentification.process import DeidentifyProcess
from inference.dicom.limits import IntakeLimits
from inference.errors import ResourceError
from tests.inference.deidentification.conftest import key_file
from tests.inference.deidentification.runs import left_in, make_run, reasons
from tests.inference.dicom.dicom_files import make_slice, write, write_series


def test_an_object_whose_pixels_read_back_differently_is_withdrawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_series(tmp_path / "in", 2)
    written = OutputFolder.write

    def spoiled(self: OutputFolder, pseudonym: str, study: str, series: str, content: bytes) -> Path:
        path = written(self, pseudonym, study, series, content)
        if path.name == "00002.dcm":
            path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        return path

    monkeypatch.setattr(OutputFolder, "write", spoiled)
    result = make_run(tmp_path).run()
    assert result.written == 1 and reasons(result) == ["not_verified"]
    assert [path.name for path in (tmp_path / "out").rglob("*.dcm")] == ["00001.dcm"]


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_file_on_which_the_process_dies_is_named_and_the_rest_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_series(tmp_path / "in", 3)
    asked = DeidentifyProcess.ask

    def ask(self: DeidentifyProcess, body: bytes) -> None:
        if b"001.dcm" in body and self.pid is not None:
            os.kill(self.pid, signal.SIGSTOP)
            asked(self, body)
            os.kill(self.pid, signal.SIGKILL)
            return
        asked(self, body)

    monkeypatch.setattr(DeidentifyProcess, "ask", ask)
    result = make_run(tmp_path).run()
    assert result.written == 2 and reasons(result) == ["reader_died"]
    assert result.held_back[0].name == "001.dcm"


def lying(body: str) -> list[str]:
    """A process that answers every request with the same message."""
    program = (
        "import sys,struct\n"
        f"body = {body.encode()!r}\n"
        "while sys.stdin.buffer.read(4):\n"
        "    sys.stdout.buffer.write(struct.pack('>I', len(body)) + body)\n"
        "    sys.stdout.buffer.flush()\n"
        "    break\n"
        "sys.stdin.buffer.read()\n"
    )
    return [sys.executable, "-S", "-c", program]


@pytest.mark.parametrize(
    "body",
    [
        "nonsense",
        '{"v":1,"body":{"ticket":7}}',
        '{"v":1,"body":{"ticket":1,"reason":"because"}}',
        '{"v":2,"body":{}}',
    ],
)
def test_a_process_that_answers_nonsense_is_ended_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    write_series(tmp_path / "in", 1)
    monkeypatch.setattr(DeidentifyProcess, "_command", lambda self: lying(body))
    result = make_run(tmp_path).run()
    assert result.written == 0 and reasons(result) == ["reader_died"]
    assert not (tmp_path / "key").exists()


def test_a_process_that_does_not_start_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_series(tmp_path / "in", 3)
    monkeypatch.setattr(DeidentifyProcess, "_command", lambda self: [sys.executable, "-S", "-c", ""])
    with pytest.raises(ResourceError, match=r"deid\.no_reader"):
        make_run(tmp_path).run()
    assert left_in(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the address space is bounded on Linux alone")
def test_a_file_that_needs_more_memory_than_allowed_is_named(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 1)
    large = make_slice(5, pixels=np.zeros((8000, 8000), np.int16))
    write(large, tmp_path / "in" / "large.dcm")
    result = make_run(tmp_path, limits=IntakeLimits(memory_bytes=400 << 20)).run()
    assert result.written == 1 and reasons(result) == ["too_large"]


def test_the_process_never_learns_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_series(tmp_path / "in", 1)
    told: list[bytes] = []
    asked = DeidentifyProcess.ask

    def ask(self: DeidentifyProcess, body: bytes) -> None:
        told.append(body)
        asked(self, body)

    monkeypatch.setattr(DeidentifyProcess, "ask", ask)
    make_run(tmp_path).run()
    key = key_file(tmp_path / "key").open()
    assert len(told) == 2 and not any(key.uid_key.hex().encode() in body for body in told)
    assert DeidentifyProcess.frozen_argument == process.FROZEN_ARGUMENT

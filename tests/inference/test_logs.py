"""The log holds no patient name and no file path, whatever was thrown at it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.errors import InputError
from inference.logs import path_mark, redact, start_log

NAME = "WANG^XIAOMING"
PATHS = (
    "/data/Wang Xiaoming/scan 1/IMG0001.dcm",
    r"C:\Users\doctor\Wang Xiaoming\IMG0001.dcm",
    "/home/doctor/WangXiaoming/t1c.nii.gz",
    "../WangXiaoming/seg.dcm",
)


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    start_log(tmp_path / "logs", "run-0001")
    yield tmp_path / "logs" / "concilium.log"
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_names_and_paths_never_reach_the_log(log_file: Path) -> None:
    log = logging.getLogger("inference.intake")
    for path in PATHS:
        log.warning("cannot read '%s' of %s", path, NAME)
        try:
            raise FileNotFoundError(2, "No such file or directory", path)
        except FileNotFoundError as error:
            log.exception("failed on %s", error)
            try:
                raise InputError("error.input.not_found", file=path, patient=NAME) from error
            except InputError:
                log.exception("refused")
    text = log_file.read_text(encoding="utf-8")
    assert "Wang" not in text and "WANG" not in text and "IMG0001" not in text and "seg.dcm" not in text
    assert "InputError error.input.not_found" in text and "FileNotFoundError" in text
    assert "test_logs.test_names_and_paths_never_reach_the_log, line" in text
    assert text.count("run-0001") >= 12


def test_two_lines_about_one_file_can_be_linked() -> None:
    path = "/data/somebody/IMG0001.dcm"
    first, second = redact(f"reading {path}"), redact(f"cannot read {path}, skipped")
    assert path_mark(path) in first and path_mark(path) in second


@pytest.mark.parametrize(
    "text", ["12/30 slices in 1.5 s", "MR T1 +C, 0.47 mm", "stage.reading 3/4 done", "a ≤ b"]
)
def test_plain_facts_are_left_alone(text: str) -> None:
    assert redact(text) == text


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    root = logging.getLogger()
    before = list(root.handlers)
    start_log(blocker / "logs", "run")
    logging.getLogger("x").warning("still running")
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)

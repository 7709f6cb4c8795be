"""A result of several files is written whole or not at all, and nothing of an earlier one is lost."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from inference import storage
from inference.errors import StorageError
from inference.storage import write_all_or_none

NEW = {"a.json": b"new a", "b.pdf": b"new b", "c.dcm": b"new c"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_all_files_are_written_and_no_trace_is_left(tmp_path: Path) -> None:
    write_all_or_none(tmp_path / "out", NEW)
    assert {name: (tmp_path / "out" / name).read_bytes() for name in names(tmp_path / "out")} == NEW


def test_a_file_that_this_result_lacks_is_not_left_over(tmp_path: Path) -> None:
    (tmp_path / "c.dcm").write_bytes(b"old")
    write_all_or_none(tmp_path, {"a.json": b"new"}, discard=["c.dcm"])
    assert names(tmp_path) == {"a.json"}


@pytest.mark.parametrize("fails_at", range(1, 4))
def test_a_full_disk_leaves_the_earlier_result_untouched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    for name in NEW:
        (tmp_path / name).write_bytes(b"old")
    calls = 0
    flush = os.fsync

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 2 * fails_at - 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        flush(handle)

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(StorageError) as caught:
        write_all_or_none(tmp_path, NEW, discard=["other"])
    assert caught.value.message.id == "error.storage.full"
    assert caught.value.message.fields["file"] == list(NEW)[fails_at - 1]
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == dict.fromkeys(NEW, b"old")


@pytest.mark.parametrize("fails_at", range(6))
def test_a_fault_between_two_renames_puts_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    for name in NEW:
        (tmp_path / name).write_bytes(b"old")
    replace, calls = Path.replace, 0

    def broken(self: Path, target: Path) -> Path:
        nonlocal calls
        if self.suffix:  # not the nameless temporary files that each content goes through first
            calls += 1
            if calls == fails_at + 1:
                raise OSError(errno.EROFS, "Read-only file system")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(StorageError, match="read_only"):
        write_all_or_none(tmp_path, NEW)
    monkeypatch.undo()
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == dict.fromkeys(NEW, b"old")

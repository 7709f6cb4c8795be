"""A file is written whole or not at all, and the reason is a sentence."""

import errno
import os
from pathlib import Path
from typing import BinaryIO

import pytest

from inference import storage
from inference.errors import StorageError
from inference.messages.catalogue import load_catalogue
from inference.storage import prepare_folder, storage_error, write_atomically, write_stream_atomically


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_whole_content_is_there_and_nothing_else(tmp_path: Path) -> None:
    write_atomically(tmp_path / "deep" / "report.pdf", b"content")
    assert (tmp_path / "deep" / "report.pdf").read_bytes() == b"content"
    assert files_in(tmp_path / "deep") == ["report.pdf"]


def test_a_second_writing_replaces_the_first(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", b"first")
    write_atomically(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"second"


def test_a_writer_that_fails_leaves_the_old_file_and_no_temporary(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", b"old")

    def fill_the_disk(stream: BinaryIO) -> None:
        stream.write(b"half of the n")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageError) as caught:
        write_stream_atomically(tmp_path / "a", fill_the_disk)
    assert caught.value.message.id == "error.storage.full"
    assert (tmp_path / "a").read_bytes() == b"old" and files_in(tmp_path) == ["a"]


def test_a_programming_error_while_writing_leaves_nothing_either(tmp_path: Path) -> None:
    def stumble(_: BinaryIO) -> None:
        raise KeyError("bug")

    with pytest.raises(KeyError):
        write_stream_atomically(tmp_path / "a", stumble)
    assert files_in(tmp_path) == []


def test_bytes_that_read_back_differently_are_not_kept(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        write_stream_atomically(tmp_path / "a", lambda stream: stream.write(b"x") and None, expected=b"y")
    assert caught.value.message.id == "error.storage.differs"
    assert files_in(tmp_path) == []


def test_a_rename_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_atomically(tmp_path / "a", b"old")

    def refuse(*_: object) -> Path:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StorageError) as caught:
        write_atomically(tmp_path / "a", b"new")
    assert caught.value.message.id == "error.storage.read_only"
    assert (tmp_path / "a").read_bytes() == b"old" and files_in(tmp_path) == ["a"]


def test_the_content_is_flushed_before_it_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    flush, rename = os.fsync, Path.replace

    def watch_flush(handle: int) -> None:
        steps.append("flush")
        flush(handle)

    def watch_rename(self: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(self, target)

    monkeypatch.setattr(storage.os, "fsync", watch_flush)
    monkeypatch.setattr(Path, "replace", watch_rename)
    write_atomically(tmp_path / "a", b"x")
    assert steps[:2] == ["flush", "rename"]


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError) as caught:
        write_atomically(tmp_path / "file" / "a", b"x")
    assert caught.value.message.id == "error.storage.not_a_folder"
    assert caught.value.message.fields["folder"] == str(tmp_path / "file")
    with pytest.raises(StorageError) as caught:
        prepare_folder(tmp_path / "file")
    assert caught.value.message.fields["folder"] == str(tmp_path / "file")


def test_a_prepared_folder_exists_and_is_empty(tmp_path: Path) -> None:
    prepare_folder(tmp_path / "new" / "folder")
    assert files_in(tmp_path / "new" / "folder") == []


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere"
)
def test_a_read_only_folder_is_found_before_work_is_spent(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError) as caught:
        prepare_folder(tmp_path)
    tmp_path.chmod(0o700)
    assert caught.value.message.id == "error.storage.read_only"


@pytest.mark.parametrize(
    "code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.ENOENT, errno.ENOTDIR, errno.EIO]
)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_reason_is_one_sentence_that_names_the_file(code: int, language: str) -> None:
    error = storage_error(OSError(code, "reason"), Path("/board/report.pdf"))
    text = load_catalogue(language).render(error.message)
    assert "report.pdf" in text and "/board" in text and "⟦" not in text

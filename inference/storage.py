"""The one way a file is written: whole, flushed, renamed into place and read back, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from inference.errors import StorageError

_REASON_BY_ERRNO = {
    errno.ENOSPC: "error.storage.full",
    errno.EDQUOT: "error.storage.full",
    errno.EROFS: "error.storage.read_only",
    errno.EACCES: "error.storage.read_only",
    errno.EPERM: "error.storage.read_only",
    errno.ENOENT: "error.storage.gone",
    errno.ENOTDIR: "error.storage.not_a_folder",
    errno.EEXIST: "error.storage.not_a_folder",
}


_READABLE = 0o644


def write_atomically(path: Path, content: bytes, *, mode: int = _READABLE) -> None:
    """Write ``content`` to ``path`` so that a reader sees the old file or the new one, never a part.

    The bytes go to a temporary file beside the target that its owner alone can read, are flushed to disk,
    read back and compared, and then renamed into place with the permissions ``mode``.

    Raises
    ------
    StorageError
        When the place is read-only, full or gone, or reads back differently; nothing is left behind.
    """
    write_stream_atomically(path, lambda stream: _write_all(stream, content), expected=content, mode=mode)


def write_stream_atomically(
    path: Path, write: Callable[[BinaryIO], None], *, expected: bytes | None = None, mode: int = _READABLE
) -> None:
    """As :func:`write_atomically`, for a writer that fills a stream itself."""
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        if expected is not None and temporary.read_bytes() != expected:
            raise StorageError("error.storage.differs", file=path.name)
        temporary.chmod(mode)
        temporary.replace(path)
        temporary = None
        flush_folder(path.parent)
    except OSError as error:
        raise storage_error(error, path) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def prepare_folder(folder: Path) -> None:
    """Make sure that ``folder`` exists and can be written, before work is spent on its content.

    Raises
    ------
    StorageError
        When it is a file, read-only or cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".writing-", dir=folder)
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        raise storage_error(error, folder) from error


def storage_error(error: OSError, path: Path) -> StorageError:
    """Translate an operating system's error on ``path`` into a sentence for a user."""
    message_id = _REASON_BY_ERRNO.get(error.errno or 0, "error.storage.failed")
    folder = path.parent
    if message_id == "error.storage.not_a_folder":
        folder = next((one for one in (path, *path.parents) if one.is_file()), folder)
    return StorageError(message_id, file=path.name, folder=str(folder), reason=error.strerror or "")


def _write_all(stream: BinaryIO, content: bytes) -> None:
    stream.write(content)


def flush_folder(folder: Path) -> None:
    """Make sure that what was renamed in or out of ``folder`` survives a crash (POSIX)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_all_or_none(folder: Path, contents: Mapping[str, bytes], *, discard: Iterable[str] = ()) -> None:
    """Write several files of one result into ``folder``: all of them, or the folder stays as it was.

    Every file is first written and flushed under a temporary name; only then are they renamed, and files of
    an earlier result, replaced or named in ``discard``, are put back if anything fails.

    Raises
    ------
    StorageError
        When the place is read-only, full or gone.
    """
    staged: dict[Path, Path] = {}
    set_aside: dict[Path, Path] = {}
    placed: list[Path] = []
    target = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            target = folder / name
            waiting = folder / f".writing-{name}"
            staged[target] = waiting
            write_atomically(waiting, content)
        for target in [*staged, *(folder / name for name in discard)]:
            if target.exists():
                kept = folder / f".replaced-{target.name}"
                target.replace(kept)
                set_aside[target] = kept
        for target, waiting in staged.items():
            waiting.replace(target)
            placed.append(target)
    except (OSError, StorageError) as error:
        for done in placed:
            _forget(done)
        for original, kept in set_aside.items():
            with contextlib.suppress(OSError):
                kept.replace(original)
        for waiting in staged.values():
            _forget(waiting)
        if isinstance(error, StorageError):
            raise StorageError(error.message.id, **{**error.message.fields, "file": target.name}) from error
        raise storage_error(error, target) from error
    for kept in set_aside.values():
        _forget(kept)
    flush_folder(folder)


def _forget(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)

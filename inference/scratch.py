"""A private folder for files that must not outlive the process that made them, even when it crashes.

Each folder (0700) has a lock beside it that its process holds as long as it lives; the next start removes
every folder whose lock is free.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import uuid
from pathlib import Path
from typing import Final, Self

from inference.file_lock import lock_file
from inference.storage import storage_error

_log = logging.getLogger(__name__)

_PREFIX: Final = "scratch-"
_LOCK: Final = ".lock"


class ScratchFolder:
    """One folder below ``parent``; :attr:`path` holds whatever its owner puts there until :meth:`close`.

    Raises
    ------
    StorageError
        When the folder cannot be made.
    """

    def __init__(self, parent: Path) -> None:
        self.path = parent / f"{_PREFIX}{uuid.uuid4().hex}"
        self._lock_path = _lock_of(self.path)
        try:
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock: int | None = lock_file(self._lock_path, os.O_CREAT | os.O_EXCL)
            self.path.mkdir(mode=0o700)
        except OSError as error:
            raise storage_error(error, self.path) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder and what is in it; what cannot be removed now goes at the next start."""
        if self._lock is None:
            return
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)
        self._lock = None
        if not self.path.exists():
            self._lock_path.unlink(missing_ok=True)


def remove_leftovers(parent: Path) -> int:
    """Remove the folders of processes that are gone; how many there were."""
    removed = 0
    try:
        with os.scandir(parent) as listed:
            folders = [
                Path(entry.path)
                for entry in listed
                if entry.name.startswith(_PREFIX) and entry.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return 0
    for folder in folders:
        lock = _lock_of(folder)
        try:
            held = lock_file(lock)
        except OSError:
            continue  # its process lives
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)
        if not folder.exists():
            with contextlib.suppress(OSError):
                lock.unlink(missing_ok=True)
            removed += 1
    if removed:
        _log.info("removed %d scratch folders of earlier runs", removed)
    return removed


def _lock_of(folder: Path) -> Path:
    return folder.with_name(folder.name + _LOCK)

"""A folder in which one process trains at a time; a second one is refused as long as the first lives."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from inference.file_lock import lock_file
from inference.storage import storage_error
from models.training.engine.failures import TrainingRunningError

LOCK_FILE: Final = ".lock"


@contextmanager
def sole_training(folder: Path) -> Iterator[None]:
    """Hold ``folder``, which is made where it is missing, while the block runs.

    The lock dies with its process, so that a training that was killed is in nobody's way.  A folder in which
    nothing was put goes again.

    Raises
    ------
    TrainingRunningError
        While another process holds it.
    StorageError
        When the folder cannot be made, or its file system has no locks.
    """
    path = folder / LOCK_FILE
    try:
        descriptor = _held(path)
    except BlockingIOError as error:
        raise TrainingRunningError(folder.name) from error
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            _let_go(path, descriptor)
            folder.rmdir()


def is_untouched(folder: Path) -> bool:
    """True where no training left anything in ``folder``."""
    return not folder.is_dir() or all(path.name == LOCK_FILE for path in folder.iterdir())


def _held(path: Path) -> int:
    """A lock on the file that now lies at ``path``: its last holder may have removed the one that was met."""
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = lock_file(path)
        except FileNotFoundError:
            continue
        with contextlib.suppress(FileNotFoundError):
            if sys.platform == "win32" or os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        os.close(descriptor)


def _let_go(path: Path, descriptor: int) -> None:
    if sys.platform == "win32":  # an open file cannot be removed there
        os.close(descriptor)
        path.unlink(missing_ok=True)
    else:
        path.unlink(missing_ok=True)
        os.close(descriptor)

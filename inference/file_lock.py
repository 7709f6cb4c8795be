"""A lock on a file that one process holds at a time, and that dies with its process however it ends."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Final

_HELD: Final = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})
"""What systems answer when another process holds a lock."""


def lock_file(path: Path, how: int = os.O_CREAT) -> int:
    """A descriptor that holds the lock on ``path`` until it is closed.

    Raises
    ------
    BlockingIOError
        When another process holds it.
    OSError
        When the file cannot be opened, or its file system has no locks.
    """
    descriptor = os.open(path, os.O_RDWR | how, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno in _HELD:
            raise BlockingIOError(error.errno, error.strerror, str(path)) from error
        raise
    return descriptor

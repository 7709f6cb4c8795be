"""How much a source may cost: files, bytes, seconds and memory."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """Bounds on a scan and on the process that parses foreign bytes.

    Parameters
    ----------
    readers
        Processes that parse side by side.
    seconds_per_file, bytes_per_second
        The watchdog ends a reader that spends longer on one file than the seconds, and what a file of its
        size takes at that rate.
    memory_bytes
        Address space of a reader (``RLIMIT_AS``, Linux only; elsewhere the watchdog's time and the
        size caps bound it).
    files, depth
        Files listed from one folder, and levels of folders walked.
    frames, voxels
        Frames in one file or slices in one grid, and voxels in one volume.
    message_bytes
        Longest message that either side accepts.
    archive_bytes, archive_members
        What one archive may unpack to, all members together.
    archive_memory_bytes
        Address space of the process that unpacks it.
    """

    readers: int = 2
    seconds_per_file: float = 5.0
    bytes_per_second: int = 5_000_000
    memory_bytes: int = 2048 * _MIB
    files: int = 250_000
    depth: int = 16
    frames: int = 8192
    voxels: int = 1 << 30
    message_bytes: int = 4 * _MIB
    archive_bytes: int = 16 << 30
    archive_members: int = 250_000
    archive_memory_bytes: int = 1024 * _MIB

    def seconds_for(self, size_bytes: int) -> float:
        """How long a reader may have work of so many bytes in hand."""
        return self.seconds_per_file + size_bytes / self.bytes_per_second


DEFAULT_LIMITS: Final = IntakeLimits()


def confine_this_process(memory_bytes: int, file_bytes: int = 0) -> None:
    """Bound memory and open files, and forbid core dumps and writing files longer than ``file_bytes``.

    It holds for the rest of this process.
    """
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))

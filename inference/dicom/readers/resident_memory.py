"""Resident memory of a process, watched where the operating system sets no bound on the address space."""

from __future__ import annotations

import sys


def memory_is_polled() -> bool:
    """True where nothing like ``RLIMIT_AS`` holds (macOS ignores it, Windows has none)."""
    return sys.platform != "linux"


def resident_bytes(pid: int) -> int:
    """Resident memory of a process; 0 when it is gone."""
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0

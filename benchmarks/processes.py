"""Time and peak memory of a whole process and its children, as the operating system accounts for them."""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """One run: wall and processor seconds, and the largest memory (MB) that the process tree held at once."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    exit_code: int


def measure(command: Sequence[str], environment: dict[str, str] | None = None) -> ProcessFigures:
    """Run ``command`` to its end."""
    before = os.times()
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=None if environment is None else {**os.environ, **environment},
    )
    watch = _MemoryWatch(process.pid)
    code = process.wait()
    wall_s = time.perf_counter() - began
    after = os.times()
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    return ProcessFigures(wall_s, cpu_s, watch.stop(), code)


def median_of(figures: Sequence[ProcessFigures]) -> ProcessFigures:
    """The median of each figure; the exit code is the worst."""
    return ProcessFigures(
        statistics.median(run.wall_s for run in figures),
        statistics.median(run.cpu_s for run in figures),
        statistics.median(run.peak_mb for run in figures),
        max(run.exit_code for run in figures),
    )


class _MemoryWatch:
    """Adds up the resident memory of a process and its descendants every 20 ms (Linux)."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak_kb = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._done.set()
        self._thread.join()
        return self._peak_kb / 1024

    def _run(self) -> None:
        while not self._done.wait(0.02):
            self._peak_kb = max(self._peak_kb, sum(_resident_kb(pid) for pid in _tree(self._pid)))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def _resident_kb(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0

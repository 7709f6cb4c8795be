"""Whether the window's thread was ever away: the time between two turns of its event loop."""

from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import QTimer

_BEAT_MS = 5
_TASKS = Path("/proc/self/task")


class Heartbeat:
    """What lay between two turns, at its longest.

    ``busy_s`` is the time that the window's thread itself worked; it does not depend on what else the machine
    does.  ``away_s`` is the time on the clock without what our threads waited for a processor, which Linux
    counts for each; on a busy machine it holds waiting for the interpreter too.
    """

    def __init__(self) -> None:
        self.longest_s = 0.0
        self.away_s = 0.0
        self.busy_s = 0.0
        self.beats = 0

    def __enter__(self) -> Self:
        self._last_s, self._last_waited_s = time.monotonic(), waited_s()
        self._last_busy_s = time.thread_time()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(_BEAT_MS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now_s, waited = time.monotonic(), waited_s()
        gap_s = now_s - self._last_s
        self.longest_s = max(self.longest_s, gap_s)
        self.away_s = max(self.away_s, gap_s - max(0.0, waited - self._last_waited_s))
        self.busy_s = max(self.busy_s, time.thread_time() - self._last_busy_s)
        self._last_s, self._last_waited_s = now_s, waited
        self._last_busy_s = time.thread_time()
        self.beats += 1


def waited_s() -> float:
    """Seconds for which threads of this process have waited for a processor; 0 where nobody counts."""
    total = 0
    for task in _TASKS.glob("*/schedstat"):
        try:
            total += int(task.read_text(encoding="ascii").split()[1])
        except (OSError, IndexError, ValueError):
            continue  # a thread that has ended meanwhile
    return total / 1e9

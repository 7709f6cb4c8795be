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
    """``away_s`` is the longest time between two turns that the machine had a processor for us.

    A machine that is busy with other things lets threads wait for their turn; Linux counts that time for each
    thread, and what ours waited is no fault of the window.
    """

    def __init__(self) -> None:
        self.longest_s = 0.0
        self.away_s = 0.0
        self.beats = 0

    def __enter__(self) -> Self:
        self._last_s, self._last_waited_s = time.monotonic(), waited_s()
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
        self._last_s, self._last_waited_s = now_s, waited
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

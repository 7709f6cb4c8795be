"""Cyclic garbage is collected in the window's thread alone.

Python collects cycles in whichever thread happens to allocate.  When that is a worker, a widget that was part
of a cycle is destroyed outside the window's thread, and the process crashes.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS: Final = 1000


class GuiThreadGarbage(QObject):
    """Takes over Python's collector, by the same thresholds, between events of the window."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        # What was made at the start stays; looking through it again would only cost time.
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self.collect_what_is_due)
        self._timer.start()

    def collect_what_is_due(self) -> None:
        """Collect the oldest generation whose count is above its threshold."""
        counts = gc.get_count()
        due = [g for g in range(3) if counts[g] > self._thresholds[g] > 0]
        if due:
            gc.collect(max(due))

    def hand_back(self) -> None:
        """Collect once more and let Python do it by itself again."""
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        gc.enable()

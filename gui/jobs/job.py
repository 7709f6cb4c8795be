"""A background job as the window sees it: relays progress and the one end into the window's thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, Signal, Slot

from inference.jobs import EndState, JobEnd, OnProgress, Progress, ShouldStop, ThreadJob

_RELAY_EVERY_S: Final = 0.05

Work = Callable[[OnProgress, ShouldStop], Any]


class BackgroundJob(QObject):
    """Work in a thread of its own; every signal arrives in the thread of this object.

    ``progressed`` carries a :class:`Progress`, ``ended`` the :class:`JobEnd`; exactly one ``ended``
    follows each start, and ``succeeded``, ``refused``, ``failed`` or ``cancelled`` goes before it.
    ``kind`` names what the job is for (``assess``, ``segment``, ``scan`` …), ``case_key`` whose it is.
    """

    progressed = Signal(object)
    succeeded = Signal(object)
    refused = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal(object)

    _progress_arrived = Signal(object)
    _end_arrived = Signal(object)

    def __init__(self, kind: str, case_key: str, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.case_key = case_key
        self.progress: Progress | None = None
        self.end: JobEnd[Any] | None = None
        self.is_cancelling = False
        self.started_s = 0.0
        self._newest: Progress | None = None
        self._is_held = False
        self._relayed_s = 0.0
        queued = Qt.ConnectionType.QueuedConnection
        self._progress_arrived.connect(self._on_progress, queued)
        self._end_arrived.connect(self._on_end, queued)
        self._thread_job: ThreadJob[Any] = ThreadJob(
            case_key, work, on_progress=self._relay, on_end=self._relay_end
        )

    @property
    def stage(self) -> str:
        """Message id of the stage under way, or empty before the first."""
        return self.progress.stage if self.progress else ""

    @property
    def is_running(self) -> bool:
        """True from the start until the end has arrived."""
        return self.started_s > 0 and self.end is None

    @property
    def fraction(self) -> float | None:
        """Share of the present stage that is done, or None while it is unknown."""
        if self.progress is None or self.progress.total <= 0:
            return None
        return min(1.0, self.progress.done / self.progress.total)

    @property
    def remaining_s(self) -> float | None:
        """Seconds that the present stage will still take at the present pace, or None if unknown."""
        fraction = self.fraction
        if not fraction or self.end is not None:
            return None
        return self._stage_elapsed_s() * (1 - fraction) / fraction

    def start(self) -> None:
        """Begin; returns at once."""
        self.started_s = self._stage_started_s = time.monotonic()
        self._thread_job.start()

    def cancel(self) -> None:
        """Ask to stop; visible at once as ``is_cancelling``."""
        if self.is_running and not self.is_cancelling:
            self.is_cancelling = True
            self._thread_job.cancel()
            if self.progress is not None:
                self.progressed.emit(self.progress)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Join the thread; True when it has ended in time.  The end itself arrives as a signal."""
        return self._thread_job.wait(timeout_s)

    def _relay(self, progress: Progress) -> None:
        """In the worker's thread: ten thousand files must not become ten thousand repaints."""
        now_s = time.monotonic()
        is_step = self._newest is None or progress.stage != self._newest.stage
        self._newest, self._is_held = progress, True
        if is_step or now_s - self._relayed_s >= _RELAY_EVERY_S:
            self._relayed_s = now_s
            self._let_go()

    def _relay_end(self, end: JobEnd[Any]) -> None:
        self._let_go()
        self._end_arrived.emit(end)

    def _let_go(self) -> None:
        if self._is_held:
            self._is_held = False
            self._progress_arrived.emit(self._newest)

    def _stage_elapsed_s(self) -> float:
        return time.monotonic() - self._stage_started_s

    @Slot(object)
    def _on_progress(self, progress: Progress) -> None:
        if progress.stage != self.stage:
            self._stage_started_s = time.monotonic()
        self.progress = progress
        self.progressed.emit(progress)

    @Slot(object)
    def _on_end(self, end: JobEnd[Any]) -> None:
        self.end = end
        if end.state is EndState.DONE:
            self.succeeded.emit(end.result)
        elif end.state is EndState.CANCELLED:
            self.cancelled.emit()
        elif end.state is EndState.REFUSED:
            self.refused.emit(end)
        else:
            self.failed.emit(end)
        self.ended.emit(end)

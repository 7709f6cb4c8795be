"""What a session writes: the report, the assessment, and the mask for other systems."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from gui.jobs.job import BackgroundJob, Work
from gui.notice import NoticeKind
from inference.errors import ConciliumError
from inference.findings import Finding
from inference.jobs import EndState, JobEnd
from inference.messages.message import Message

if TYPE_CHECKING:
    from gui.session import Session
    from inference.masks.codecs.exporting import MaskFormat


class PaperJobs(QObject):
    """Takes the content now and writes it beside everything else; ``unwritten`` is how a failed one ended."""

    unwritten = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._paths: dict[BackgroundJob, Path] = {}

    def save_report(self, path: Path, language: str) -> None:
        """Write the report as PDF."""
        from gui.jobs.writing import report_work

        self._start(partial(report_work, self._session, path, language), path)

    def save_assessment(self, path: Path) -> None:
        """Write the assessment as JSON."""
        from gui.jobs.writing import assessment_work

        self._start(partial(assessment_work, self._session, path), path)

    def save_mask(self, path: Path, kind: MaskFormat) -> None:
        """Write the mask of the viewed scan for other systems."""
        from gui.jobs.writing import mask_work

        self._start(partial(mask_work, self._session, path, kind), path)

    def _start(self, take_content: Callable[[], Work], path: Path) -> None:
        try:
            work = take_content()
        except ConciliumError as error:
            self._session.raise_notice(NoticeKind.REFUSED, error.message)
            return
        job = self._session.jobs.aside("write", work)
        self._paths[job] = path
        job.ended.connect(self._on_written)
        job.start()

    @Slot(object)
    def _on_written(self, end: JobEnd[Any]) -> None:
        job = self.sender()
        path = self._paths.pop(job) if isinstance(job, BackgroundJob) else None
        if end.state is EndState.DONE and path is not None:
            self._tell_of(path, end.result)
        else:
            self.unwritten.emit(end)

    def _tell_of(self, path: Path, told: tuple[Finding, ...] | None) -> None:
        if path.suffix.lower() == ".pdf":
            self._session.saved_report = path
        self._session.report_saved.emit(path)
        more = told[0].message if told else None
        self._session.raise_notice(NoticeKind.DONE, Message("gui.notice.saved", {"file": path.name}), more)

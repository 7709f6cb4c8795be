"""Progress of reading files: stage, share, time left and Cancel, there only while it is needed."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import label, say
from gui.jobs.job import BackgroundJob
from gui.jobs.time_left import time_left
from gui.session import Session

_QUIET_KINDS: Final = ("thumbnails", "understand")
_STEPS: Final = 1000


class ProgressLine(QWidget):
    """Shows the session's intake job."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.text = label("small", self, wraps=True)
        self.time_left = label("annotation", self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.cancel_button = QPushButton(self)
        self.cancel_button.setProperty("role", "quiet")
        self.cancel_button.clicked.connect(self._on_cancel)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text, 1)
        row.addWidget(self.cancel_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.bar)
        column.addWidget(self.time_left)
        session.intake_job_changed.connect(self._on_job_changed)
        session.language_changed.connect(self._on_job_changed)
        self._on_job_changed()

    def _on_job_changed(self) -> None:
        session, job = self._session, self._session.intake_job
        running = is_shown(job)
        self.setVisible(running)
        self.cancel_button.setText(session.tr("gui.action.cancel"))
        if job is None or not running:
            return
        fraction = job.fraction
        self.text.setText(progress_text(session, job))
        left = None if job.is_cancelling else time_left(job.remaining_s)
        say(self.time_left, "" if left is None else session.render(left))
        self.cancel_button.setEnabled(not job.is_cancelling)
        self.bar.setRange(0, _STEPS if fraction is not None else 0)
        self.bar.setValue(round(_STEPS * fraction) if fraction is not None else 0)
        self.bar.setAccessibleName(self.text.text())

    def _on_cancel(self) -> None:
        if self._session.intake_job is not None:
            self._session.intake_job.cancel()


def is_shown(job: BackgroundJob | None) -> bool:
    """True for reading that somebody waits for."""
    return job is not None and job.is_running and job.kind not in _QUIET_KINDS


def progress_text(session: Session, job: BackgroundJob) -> str:
    """The stage and how far it is."""
    if job.is_cancelling:
        return session.tr("gui.cancelling")
    if job.progress is None or not job.stage:
        return session.tr("gui.starting")
    done, total = f"{job.progress.done:,}", f"{job.progress.total:,}"
    # A thin space, as in print: 10 000.
    done, total = done.replace(",", "\u202f"), total.replace(",", "\u202f")
    stage = session.tr(job.stage)
    if job.progress.total > 0:
        return session.tr("gui.progress.of", stage=stage, done=done, total=total)
    return session.tr("gui.progress.so_far", stage=stage, done=done) if job.progress.done else stage

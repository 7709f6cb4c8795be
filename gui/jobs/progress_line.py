"""Progress of reading files: stage, share, and Cancel, in one line that is there only while it is needed."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import label
from gui.session import Session

_QUIET_KINDS = ("thumbnails",)


class ProgressLine(QWidget):
    """Shows the session's intake job."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.text = label("small", self)
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
        session.intake_job_changed.connect(self._on_job_changed)
        session.language_changed.connect(self._on_job_changed)
        self._on_job_changed()

    def _on_job_changed(self) -> None:
        job = self._session.intake_job
        running = job is not None and job.is_running and job.kind not in _QUIET_KINDS
        self.setVisible(running)
        self.cancel_button.setText(self._session.tr("gui.action.cancel"))
        if job is None or not running:
            return
        fraction = job.fraction
        stage = self._session.tr(job.stage) if job.stage else self._session.tr("gui.starting")
        if job.is_cancelling:
            stage = self._session.tr("gui.cancelling")
        elif fraction is not None and job.progress is not None:
            stage = f"{stage} {job.progress.done} / {job.progress.total}"
        self.text.setText(stage)
        self.cancel_button.setEnabled(not job.is_cancelling)
        self.bar.setRange(0, 1000 if fraction is not None else 0)
        self.bar.setValue(round(1000 * fraction) if fraction is not None else 0)

    def _on_cancel(self) -> None:
        if self._session.intake_job is not None:
            self._session.intake_job.cancel()

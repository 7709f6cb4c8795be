"""The demonstration in the real window: opens the phantom patient, fills the form, and runs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QEventLoop, QObject, QSize, QTimer, Signal
from PySide6.QtGui import QImage

from gui.application import make_application, make_session, make_window
from gui.main_window import MainWindow
from gui.qt_messages import log_qt_messages
from gui.session import Session
from gui.settings import Settings, default_settings
from gui.theme.palette import apply_theme
from gui.theme.tokens import DARK, THEMES
from inference.clinical.record import ClinicalRecord

_PICTURE_SIZE: Final = QSize(1600, 1000)
_LONGEST_WAIT_MS: Final = 120_000
_SETTLE_MS: Final = 400


class DemonstrationRun(QObject):
    """Runs the assessment once scan and pack are there; ``ended`` comes after its end, whatever it was."""

    ended = Signal()

    def __init__(self, session: Session, scan: Path, record: ClinicalRecord) -> None:
        super().__init__(session)
        self._session = session
        self._scan = scan
        self._record = record
        self._was_started = False
        session.volume_changed.connect(self._on_ready)
        session.pack_changed.connect(self._on_ready)
        session.job_changed.connect(self._on_job_changed)

    def start(self) -> None:
        """Open the scan."""
        self._session.open_path(self._scan)

    def _on_ready(self) -> None:
        if self._was_started or self._session.volume is None or self._session.pack is None:
            return
        self._was_started = True
        self._session.set_record(self._record)
        self._session.run()

    def _on_job_changed(self) -> None:
        if self._was_started and self._session.last_end is not None and not self._session.is_busy:
            self.ended.emit()


def show_demonstration(scan: Path, record: ClinicalRecord, language: str) -> int:
    """Show the window on the demonstration patient until it is closed; returns its exit code."""
    log_qt_messages()
    application = make_application()
    settings = default_settings()
    apply_theme(application, THEMES.get(settings.theme, DARK))
    session = make_session(language or settings.language)
    window = make_window(application, session, settings)
    window.show()
    window.begin()
    run = DemonstrationRun(session, scan, record)
    run.start()
    return application.exec()


def draw_demonstration(scan: Path, record: ClinicalRecord, language: str, settings_file: Path) -> QImage:
    """Run the same window off-screen to the end of its assessment and return its picture."""
    log_qt_messages()
    application = make_application()
    apply_theme(application, DARK)
    session = make_session(language)
    window = make_window(application, session, Settings(settings_file))
    window.resize(_PICTURE_SIZE)
    window.show()
    window.begin()
    run = DemonstrationRun(session, scan, record)
    _wait_for(run)
    _settle()
    picture = _grab(window)
    window.close()
    return picture


def _wait_for(run: DemonstrationRun) -> None:
    loop = QEventLoop()
    run.ended.connect(loop.quit)
    QTimer.singleShot(_LONGEST_WAIT_MS, loop.quit)
    run.start()
    loop.exec()


def _settle() -> None:
    """Let late thumbnails and coalesced repaints arrive."""
    loop = QEventLoop()
    QTimer.singleShot(_SETTLE_MS, loop.quit)
    loop.exec()


def _grab(window: MainWindow) -> QImage:
    return window.grab().toImage()

"""The application: scaling, fonts, theme, language, and the last resort when something breaks its promise."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QIcon
from PySide6.QtWidgets import QApplication

from gui.garbage import GuiThreadGarbage
from gui.language import QtTexts, choose_language
from gui.main_window import MainWindow
from gui.qt_messages import log_qt_messages
from gui.services import IntakeService, PackService
from gui.session import DEFAULT_STUDY, Session
from gui.settings import Settings, default_settings
from gui.theme.icons import FOLDER
from gui.theme.palette import apply_theme
from gui.theme.tokens import DARK, TEXT_PX, THEMES
from inference.messages.message import Message
from inference.pathways.studies import STUDIES

if TYPE_CHECKING:
    from gui.feedback.error_dialog import ErrorDialog

_log = logging.getLogger(__name__)

_SYSTEM_FAMILIES = (
    "Noto Sans",
    "Segoe UI",
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "Microsoft YaHei",
    "PingFang SC",
)


def run_window(
    path: Path | None = None,
    *,
    language: str = "",
    study: str = "",
    pack_request: str | None = None,
    pack_folders: Sequence[Path] | None = None,
    arguments: Sequence[str] = (),
) -> int:
    """Show the window until it is closed.

    Parameters
    ----------
    path
        Folder or file to open at once.
    language
        ``en`` or ``zh_CN``; otherwise what was chosen last, else the system's.
    study, pack_request, pack_folders
        Which study and pack to answer with, and where packs are looked for; without a study the one that
        was chosen last.

    Returns
    -------
    int
        The exit code of the application.
    """
    log_qt_messages()
    application = make_application(arguments)
    settings = default_settings()
    apply_theme(application, THEMES.get(settings.theme, DARK))
    session = make_session(
        language or settings.language,
        study=study or remembered_study(settings),
        pack_request=pack_request,
        pack_folders=pack_folders,
    )
    window = make_window(application, session, settings)
    window.show()
    window.begin()
    if path is not None:
        session.open_path(path)
    code = application.exec()
    sys.excepthook = sys.__excepthook__
    return code


def remembered_study(settings: Settings) -> str:
    """The pathway that the user chose last, where this version knows it."""
    return settings.study if settings.study in STUDIES else DEFAULT_STUDY


def make_application(arguments: Sequence[str] = ()) -> QApplication:
    """The QApplication with exact scaling and the fonts that the report prints with."""
    existing = QApplication.instance()
    if existing is None:
        QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = existing if isinstance(existing, QApplication) else QApplication(["concilium", *arguments])
    application.setApplicationName("concilium")
    application.setApplicationDisplayName("Concilium")
    application.setWindowIcon(QIcon(str(FOLDER / "mark-colour.svg")))
    application.setFont(_font())
    return application


def make_session(
    language: str,
    *,
    study: str = DEFAULT_STUDY,
    pack_request: str | None = None,
    pack_folders: Sequence[Path] | None = None,
) -> Session:
    """A session with the real intake and the installed packs; an empty language is the system's."""
    return Session(
        intake=_make_intake(),
        packs=_make_packs(pack_folders),
        language=choose_language(language),
        study=study,
        pack_request=pack_request,
    )


def make_window(application: QApplication, session: Session, settings: Settings) -> MainWindow:
    """The main window over a session, with Qt's own texts, its garbage and the last-resort hook."""
    QtTexts(application, session)
    window = MainWindow(session, settings)
    garbage = GuiThreadGarbage(application)
    window.closed.connect(garbage.hand_back)
    sys.excepthook = LastResort(session, window).report
    return window


class LastResort(QObject):
    """Shows an escaped error as a sentence; the traceback goes to the log alone."""

    _escaped = Signal()

    def __init__(self, session: Session, window: MainWindow) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._dialog: ErrorDialog | None = None
        session.language_changed.connect(self._on_language_changed)
        # Queued, because an error may escape in another thread or in the middle of painting.
        self._escaped.connect(self._on_escaped, Qt.ConnectionType.QueuedConnection)

    def report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log the error and show that there was one."""
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
            return
        _log.critical("an error escaped", exc_info=(kind, error, trace))
        self._escaped.emit()

    def _on_escaped(self) -> None:
        if self._dialog is not None:
            return
        from gui.feedback.error_dialog import show_error

        self._dialog = show_error(self._session.catalogue, Message("error.internal"), parent=self._window)
        self._dialog.finished.connect(self._on_closed)

    def _on_closed(self) -> None:
        self._dialog = None

    def _on_language_changed(self) -> None:
        if self._dialog is not None:
            self._dialog.speak(self._session.catalogue)


def _font() -> QFont:
    families: list[str] = []
    try:
        from reports.fonts import font_families, font_files
    except ImportError:
        _log.warning("the bundled fonts are missing; the system's are used")
    else:
        for file in font_files():
            QFontDatabase.addApplicationFont(str(file))
        families += font_families()
    font = QFont()
    font.setFamilies([*families, *_SYSTEM_FAMILIES])
    font.setPixelSize(TEXT_PX)
    return font


def _make_intake() -> IntakeService:
    from inference.dicom.intake import Intake
    from inference.dicom.remembered.keeper import Keeper

    return Intake(keeper=Keeper.of_this_user())


def _make_packs(folders: Sequence[Path] | None) -> PackService:
    from inference.packs.store import PackStore

    return PackStore(folders) if folders is not None else PackStore.of_this_user()

"""Which language the window speaks, and Qt's own dialogs with it."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from gui.session import Session
from inference.messages.catalogue import LANGUAGES

_DEFAULT = "en"


def choose_language(wanted: str) -> str:
    """The wanted language where there is one, else the system's, else English."""
    if wanted in LANGUAGES:
        return wanted
    system = QLocale.system().name()
    if system in LANGUAGES:
        return system
    return "zh_CN" if system.startswith("zh") else _DEFAULT


def other_language(code: str) -> str:
    """The language that the switch leads to."""
    codes = list(LANGUAGES)
    return codes[(codes.index(code) + 1) % len(codes)] if code in codes else _DEFAULT


class QtTexts(QObject):
    """Installs Qt's translation of its own buttons and dialogs, and changes it with the session."""

    def __init__(self, application: QApplication, session: Session) -> None:
        super().__init__(application)
        self._application = application
        self._session = session
        self._translator: QTranslator | None = None
        session.language_changed.connect(self._on_language_changed)
        self._on_language_changed()

    def _on_language_changed(self) -> None:
        if self._translator is not None:
            self._application.removeTranslator(self._translator)
            self._translator = None
        language = self._session.language
        QLocale.setDefault(QLocale(language if language in LANGUAGES else _DEFAULT))
        translator = QTranslator(self)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if language != _DEFAULT and translator.load(f"qtbase_{language}", folder):
            self._application.installTranslator(translator)
            self._translator = translator

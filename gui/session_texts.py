"""How a session speaks: the catalogue of the language that is shown, and sentences raised inline."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui.notice import Notice, NoticeKind
from gui.session_signals import SessionSignals
from inference.messages.catalogue import Catalogue, load_catalogue
from inference.messages.message import FieldValue, Message


class SessionTexts(SessionSignals):
    """Texts of messages in one language, which can be changed at once."""

    def __init__(self, language: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.catalogue: Catalogue = load_catalogue(language)

    @property
    def language(self) -> str:
        """Code of the language that is shown."""
        return self.catalogue.language

    def tr(self, message_id: str, **fields: FieldValue) -> str:  # type: ignore[override]
        """The text of a message id in the present language."""
        return self.catalogue.text(message_id, **fields)

    def render(self, message: Message) -> str:
        """The text of a message in the present language."""
        return self.catalogue.render(message)

    def raise_notice(self, kind: NoticeKind, message: Message, advice: Message | None = None) -> None:
        """Show one sentence inline."""
        self.notice_raised.emit(Notice(kind, message, advice))

    def set_language(self, code: str) -> None:
        """Show everything in another language, at once."""
        if code != self.language:
            self.catalogue = load_catalogue(code)
            self.language_changed.emit()

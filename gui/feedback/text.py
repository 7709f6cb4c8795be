"""Labels by their role on the page, so that the theme alone decides how they look."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui.theme.palette import set_look
from gui.theme.tokens import Tone


class WrappingLabel(QLabel):
    """Text that grows downwards as it narrows and never forces the window to grow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)

    def minimumSizeHint(self) -> QSize:
        """One line; the layout asks ``heightForWidth`` for the rest."""
        return QSize(1, self.fontMetrics().height())


def label(role: str, parent: QWidget | None = None, *, wraps: bool = False) -> QLabel:
    """An empty label of a role of ``gui.theme.palette``; plain text, so that no file can bring markup."""
    made = WrappingLabel(parent) if wraps else QLabel(parent)
    made.setProperty("role", role)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def breakable(text: str) -> str:
    """``text`` with places at which a long file name may go on in the next line."""
    return text.replace("/", "/\u200b").replace("_", "_\u200b")


def set_tone(widget: QWidget, tone: Tone) -> None:
    """Give ``widget`` the colours of ``tone``."""
    set_look(widget, tone=tone.value)


def say(target: QLabel, text: str, tone: Tone = Tone.PLAIN) -> None:
    """Show ``text`` in a label that is not there while it has nothing to say."""
    target.setText(text)
    target.setVisible(bool(text))
    set_tone(target, tone)

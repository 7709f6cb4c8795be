"""Labels by their role on the page, so that the theme alone decides how they look."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.theme.palette import set_look
from gui.theme.tokens import Tone


def label(role: str, parent: QWidget | None = None, *, wraps: bool = False) -> QLabel:
    """An empty label of a role of ``gui.theme.palette``; plain text, so that no file can bring markup."""
    made = QLabel(parent)
    made.setProperty("role", role)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if wraps:
        made.setWordWrap(True)
        made.setMinimumWidth(1)
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def set_tone(widget: QWidget, tone: Tone) -> None:
    """Give ``widget`` the colours of ``tone``."""
    set_look(widget, tone=tone.value)


def say(target: QLabel, text: str, tone: Tone = Tone.PLAIN) -> None:
    """Show ``text`` in a label that is not there while it has nothing to say."""
    target.setText(text)
    target.setVisible(bool(text))
    set_tone(target, tone)

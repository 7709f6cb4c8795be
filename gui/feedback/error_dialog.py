"""The one error dialog: what happened, where, and what to do; never a traceback."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QVBoxLayout, QWidget

from gui.feedback.text import label
from gui.feedback.verdict_mark import VerdictMark
from gui.theme.tokens import GRID_PX
from inference.findings import Verdict
from inference.messages.catalogue import Catalogue
from inference.messages.message import Message

_WIDTH_PX = 440


class ErrorDialog(QDialog):
    """Shows a message of the catalogue, and the advice that belongs to it where there is one."""

    def __init__(
        self,
        catalogue: Catalogue,
        message: Message,
        advice: Message | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._message, self._advice = message, advice
        self.setFixedWidth(_WIDTH_PX)
        mark = VerdictMark(self)
        mark.show_verdict(Verdict.REFUSED)
        self.what = label("strong", self, wraps=True)
        self.what.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.what_to_do = label("muted", self, wraps=True)
        buttons = QDialogButtonBox(self)
        self.close_button = buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        words = QVBoxLayout()
        words.setSpacing(2 * GRID_PX)
        words.addWidget(self.what)
        words.addWidget(self.what_to_do)
        row = QHBoxLayout()
        row.setSpacing(3 * GRID_PX)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * GRID_PX, 5 * GRID_PX, 5 * GRID_PX, 4 * GRID_PX)
        column.setSpacing(4 * GRID_PX)
        column.addLayout(row)
        column.addWidget(buttons)
        self.speak(catalogue)

    def speak(self, catalogue: Catalogue) -> None:
        """Say the same in the catalogue's language."""
        message, advice = self._message, self._advice
        if advice is None and catalogue.has(f"{message.id}.do"):
            advice = Message(f"{message.id}.do", message.fields)
        self.setWindowTitle(catalogue.text("panel.error.title"))
        self.what.setText(catalogue.render(message))
        self.what_to_do.setText("" if advice is None else catalogue.render(advice))
        self.what_to_do.setVisible(advice is not None)
        self.close_button.setText(catalogue.text("panel.error.close"))


def show_error(
    catalogue: Catalogue,
    message: Message,
    advice: Message | None = None,
    parent: QWidget | None = None,
) -> ErrorDialog:
    """Show an error without stopping the window; where nothing is passed, ``<id>.do`` is the advice."""
    dialog = ErrorDialog(catalogue, message, advice, parent)
    dialog.open()
    return dialog

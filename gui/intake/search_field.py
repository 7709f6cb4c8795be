"""A search field: filters while one types, Escape empties it, the arrow down goes to what was found."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gui.theme.icons import icon


class SearchField(QLineEdit):
    """``left_downwards`` says that the list below shall take the keys."""

    left_downwards = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = QAction(self)
        self.addAction(self._icon, QLineEdit.ActionPosition.LeadingPosition)
        self.setClearButtonEnabled(True)
        self.refresh_theme()

    def refresh_theme(self) -> None:
        """Tint the magnifying glass for the theme that is shown now."""
        self._icon.setIcon(icon("search"))

    def sizeHint(self) -> QSize:
        return QSize(120, super().sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Escape belongs to the field while there is something to clear, not to Cancel."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self.text():
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)

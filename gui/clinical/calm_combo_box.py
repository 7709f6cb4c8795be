"""A choice among few values that scrolling the page never changes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from gui.theme.palette import current_tokens
from gui.theme.tokens import Tone

_LEFT_PX: Final = 8
_RIGHT_PX: Final = 23
"""From the right border to where numbers end beside their menu (``reason_button``)."""


class CalmComboBox(QComboBox):
    """Ignores the wheel; ``as_number`` shows the text at the right, as numbers stand beside it."""

    def __init__(self, parent: QWidget | None = None, *, as_number: bool = False) -> None:
        super().__init__(parent)
        self._as_number = as_number

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._as_number:
            super().paintEvent(event)
            return
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        field = self.rect().adjusted(_LEFT_PX, 0, -_RIGHT_PX, 0)
        shown = self.currentText() or self.placeholderText()
        text = self.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideRight, field.width())
        painter.setPen(self._text_colour())
        painter.drawText(field, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _text_colour(self) -> QColor:
        if not self.isEnabled() or not self.currentText():
            return QColor(current_tokens().muted)
        return QColor(current_tokens().text_of(Tone(self.property("tone") or Tone.PLAIN)))

"""Few allowed values in sight: one key chooses, and the next field follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from gui.theme.palette import set_look

_PADDING_PX: Final = 12
_WIDEST_ROW_PX: Final = 240


class ChoiceButtons(QWidget):
    """``chosen`` carries a code; ``left_forward`` follows a digit, so that a form is filled key by key.

    Digits choose by place, arrows move the choice, Delete clears it (``cleared``).
    """

    chosen = Signal(str)
    cleared = Signal()
    left_forward = Signal()

    def __init__(self, codes: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.buttons: dict[str, QToolButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        for code in codes:
            button = QToolButton(self)
            button.setProperty("role", "segment")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._on_clicked)
            self.buttons[code] = button

    def name_choices(self, texts: Sequence[str]) -> None:
        """Give the buttons their words; the digit that chooses each is in its tip."""
        across = len(texts) if self.width_of(texts) <= _WIDEST_ROW_PX else 2
        for number, (button, text) in enumerate(zip(self.buttons.values(), texts, strict=True), start=1):
            self._grid.addWidget(button, (number - 1) // across, (number - 1) % across)
            button.setText(text)
            button.setToolTip(f"{text}  [{number}]")

    def width_of(self, texts: Sequence[str]) -> int:
        """How wide the buttons want to be with these words."""
        return sum(self.fontMetrics().horizontalAdvance(text) + _PADDING_PX + 2 for text in texts)

    def show_code(self, code: str | None) -> None:
        """Mark the value that is recorded."""
        for known, button in self.buttons.items():
            button.setChecked(known == code)

    def set_missing(self, is_missing: bool) -> None:
        """Amber while nobody has answered."""
        for button in self.buttons.values():
            set_look(button, tone="warn" if is_missing else "plain")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        codes = list(self.buttons)
        place = event.key() - Qt.Key.Key_1
        if 0 <= place < len(codes):
            self.chosen.emit(codes[place])
            self.left_forward.emit()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            present = next((i for i, code in enumerate(codes) if self.buttons[code].isChecked()), None)
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            start = (-1 if step > 0 else len(codes)) if present is None else present
            self.chosen.emit(codes[min(max(start + step, 0), len(codes) - 1)])
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.cleared.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_focus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_focus(False)

    def _show_focus(self, has_focus: bool) -> None:
        set_look(self, focused=has_focus)
        for button in self.buttons.values():
            button.style().unpolish(button)
            button.style().polish(button)

    def _on_clicked(self) -> None:
        sender = self.sender()
        for code, button in self.buttons.items():
            if button is sender:
                self.setFocus()
                self.chosen.emit(code)

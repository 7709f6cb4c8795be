"""Inside an input at its right: why there is no value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QMenu, QToolButton

from inference.clinical.record import STATED_REASONS, MissingReason

_WIDTH_PX: Final = 22

TEXT_MARGINS: Final = (-6, 0, 11, 0)
"""Beyond the padding of every input: left, top, right, bottom, so that texts end before the button."""


class ReasonButton(QToolButton):
    """A small menu of reasons at the right end of a line edit; ``chosen`` carries the reason."""

    chosen = Signal(object)

    def __init__(self, edit: QLineEdit) -> None:
        super().__init__(edit)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        menu = QMenu(self)
        menu.triggered.connect(self._on_triggered)
        self.actions_by_reason: dict[MissingReason, QAction] = {}
        for reason in STATED_REASONS:
            action = menu.addAction("")
            action.setCheckable(True)
            self.actions_by_reason[reason] = action
        self.setMenu(menu)
        edit.setTextMargins(*TEXT_MARGINS)
        edit.installEventFilter(self)

    def name_reasons(self, name: str, texts: Mapping[MissingReason, str]) -> None:
        """Give the button and its reasons their words."""
        self.setToolTip(name)
        self.setAccessibleName(name)
        for reason, action in self.actions_by_reason.items():
            action.setText(texts[reason])

    def show_reason(self, current: MissingReason | None) -> None:
        """Mark the reason that holds now."""
        for reason, action in self.actions_by_reason.items():
            action.setChecked(reason is current)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QLineEdit):
            self.setGeometry(watched.width() - _WIDTH_PX - 1, 1, _WIDTH_PX, watched.height() - 2)
        return super().eventFilter(watched, event)

    def _on_triggered(self, action: QAction) -> None:
        self.chosen.emit(next(reason for reason, known in self.actions_by_reason.items() if known is action))

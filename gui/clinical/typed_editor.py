"""A clinical value typed as text: Enter or Tab commits it, Escape takes the record's value back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gui.clinical.field_editor import FieldEditor
from gui.clinical.reason_button import ReasonButton
from inference.clinical.record import STATED_REASONS, ClinicalValue, MissingReason
from inference.clinical.schema import FieldSchema
from reports.wording import text_or_code

if TYPE_CHECKING:
    from gui.session import Session

_BESIDE_TEXT_PX: Final = 34
"""Padding, and the button of reasons."""


class TypedEditor(FieldEditor):
    """A line of text, and the reason why there is none."""

    def __init__(self, session: Session, schema: FieldSchema, parent: QWidget) -> None:
        self.edit = QLineEdit(parent)
        super().__init__(session, schema, self.edit, parent)
        self.has_unit = False
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.edit.editingFinished.connect(self._on_editing_finished)
        self.edit.installEventFilter(self)
        self.reason = ReasonButton(self.edit)
        self.reason.chosen.connect(self._on_reason_chosen)

    @property
    def unit_code(self) -> str:
        """The unit that the typed text is in."""
        return ""

    def retranslate(self) -> None:
        assert self.reason is not None
        name = self._session.tr("panel.clinical.why_missing", field=f"clinical.{self.schema.id}")
        self.reason.name_reasons(name, {reason: self.missing_text(reason) for reason in STATED_REASONS})
        super().retranslate()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self.edit.isModified():
                self.reset()
                return True
        if event.type() == QEvent.Type.Resize:
            self._say_why_missing()
        return super().eventFilter(watched, event)

    def _display(self) -> None:
        missing = self.value.missing
        self.edit.setText("" if missing is not None else self.value.typed_value)
        self.edit.setModified(False)
        self._say_why_missing()
        if self.reason is not None:
            self.reason.show_reason(missing)

    def _say_why_missing(self) -> None:
        """In the control, in fewer words where it is narrow."""
        missing = self.value.missing
        text = "" if missing is None else self.missing_text(missing)
        room = self.edit.width() - _BESIDE_TEXT_PX
        if missing is not None and self.edit.fontMetrics().horizontalAdvance(text) > room:
            text = text_or_code(f"report.missing.{missing.value}", "short", self._session.catalogue)
        self.edit.setPlaceholderText(text)

    def _on_editing_finished(self) -> None:
        if self.edit.isModified():
            self.edit.setModified(False)
            self._accept(self.edit.text(), self.unit_code)
            self.edit.setModified(bool(self.problem))

    def _on_reason_chosen(self, reason: MissingReason) -> None:
        self._say("")
        self.entered.emit(ClinicalValue.absent(self.schema.id, reason))
        self.reset()

"""A derived clinical value, such as the stage from T and N."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QStyle, QWidget

from gui.clinical.field_editor import FieldEditor
from gui.clinical.reason_button import TEXT_MARGINS
from inference.clinical.record import ClinicalValue, MissingReason, Provenance
from inference.clinical.schema import FieldSchema

if TYPE_CHECKING:
    from gui.session import Session


class DerivedEditor(FieldEditor):
    """A value that follows from others: read, never typed; an imported one can be dropped."""

    def __init__(self, session: Session, schema: FieldSchema, parent: QWidget) -> None:
        self.edit = QLineEdit(parent)
        super().__init__(session, schema, self.edit, parent)
        self.edit.setReadOnly(True)
        self.edit.setTextMargins(*TEXT_MARGINS)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        icon = self.edit.style().standardIcon(QStyle.StandardPixmap.SP_LineEditClearButton)
        self._drop = self.edit.addAction(icon, QLineEdit.ActionPosition.TrailingPosition)
        self._drop.triggered.connect(self._on_dropped)

    def retranslate(self) -> None:
        self._drop.setText(self._session.tr("panel.clinical.drop_imported"))
        self._drop.setToolTip(self._drop.text())
        super().retranslate()

    def _display(self) -> None:
        imported = self.value.missing is None and self.value.provenance is not Provenance.DERIVED
        self._drop.setVisible(imported)
        code = self.value.canonical
        self.edit.setText(self.choice_text(code) if isinstance(code, str) else "")
        is_excluded = self.value.missing is MissingReason.NOT_APPLICABLE
        pending = self._session.tr("panel.clinical.pending")
        self.edit.setPlaceholderText(
            self.missing_text(MissingReason.NOT_APPLICABLE) if is_excluded else pending
        )
        if isinstance(self.unit, QLabel):
            kind = self.value.provenance if imported else Provenance.DERIVED
            self.unit.setText(self._session.tr(f"panel.provenance.short.{kind.value}"))

    def _limits(self) -> str:
        sources = ", ".join(self._session.tr(f"clinical.{name}") for name in self.schema.derived_from)
        return self._session.tr("panel.clinical.derived_from", fields=sources)

    def _on_dropped(self) -> None:
        self.entered.emit(ClinicalValue.absent(self.schema.id))

"""A clinical choice: one of the allowed values, or the reason why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QComboBox, QWidget

from gui.clinical.calm_combo_box import CalmComboBox
from gui.clinical.field_editor import FieldEditor
from inference.clinical.record import STATED_REASONS, ClinicalValue, MissingReason
from inference.clinical.schema import FieldSchema
from inference.messages.message import Message

if TYPE_CHECKING:
    from gui.session import Session

_MISSING_MARK: Final = "missing:"


class ChoiceEditor(FieldEditor):
    """One of the allowed values, or the reason why there is none."""

    def __init__(self, session: Session, schema: FieldSchema, parent: QWidget) -> None:
        self.combo = CalmComboBox(parent, as_number=True)
        super().__init__(session, schema, self.combo, parent)
        self.has_unit = False
        self.combo.activated.connect(self._on_activated)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(8)

    @property
    def keeps_refused_text(self) -> bool:
        return False

    def retranslate(self) -> None:
        self.combo.clear()
        for code in self.schema.choices:
            self.combo.addItem(self.choice_text(code), code)
        self.combo.insertSeparator(self.combo.count())
        for reason in STATED_REASONS:
            self.combo.addItem(self.missing_text(reason), _MISSING_MARK + reason.value)
        super().retranslate()

    def _display(self) -> None:
        missing = self.value.missing
        shown = self.value.canonical if missing is None else _MISSING_MARK + missing.value
        self.combo.setPlaceholderText("" if missing is None else self.missing_text(missing))
        self.combo.setCurrentIndex(self.combo.findData(shown))

    def _limits(self) -> str:
        names = " · ".join(self.choice_text(code) for code in self.schema.choices)
        return self._session.tr("panel.clinical.allowed", values=names)

    def _on_activated(self, index: int) -> None:
        chosen = str(self.combo.itemData(index))
        if chosen.startswith(_MISSING_MARK):
            self._say("")
            reason = MissingReason(chosen.removeprefix(_MISSING_MARK))
            self.entered.emit(ClinicalValue.absent(self.schema.id, reason))
        else:
            self._accept(chosen, "")

    def show_problem(self, message: Message) -> None:
        """Say why the choice is not used, and show the one that is."""
        super().show_problem(message)
        self._display()

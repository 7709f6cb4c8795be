"""A clinical choice as buttons side by side, with the reasons why there is none in a menu at their end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from gui.clinical.choice_buttons import ChoiceButtons
from gui.clinical.field_editor import FieldEditor
from inference.clinical.record import STATED_REASONS, ClinicalValue, MissingReason
from inference.clinical.schema import FieldSchema

if TYPE_CHECKING:
    from gui.session import Session

MOST_BUTTONS: Final = 4
_WIDEST_PX: Final = 118
_MENU_PX: Final = 22


class ButtonsEditor(FieldEditor):
    """One of at most four values, chosen by a click or a digit."""

    def __init__(self, session: Session, schema: FieldSchema, parent: QWidget) -> None:
        holder = QWidget(parent)
        self.buttons = ChoiceButtons(schema.choices, holder)
        self.why = QToolButton(holder)
        super().__init__(session, schema, holder, parent)
        self.has_unit = False
        self.label.setBuddy(self.buttons)
        self.why.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.why.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.why.setFixedWidth(_MENU_PX)
        menu = QMenu(self.why)
        self.actions_by_reason: dict[MissingReason, QAction] = {}
        for reason in STATED_REASONS:
            action = menu.addAction("")
            action.setCheckable(True)
            action.triggered.connect(self._on_reason)
            self.actions_by_reason[reason] = action
        self.why.setMenu(menu)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.buttons, 1)
        row.addWidget(self.why)
        self.buttons.chosen.connect(self._on_chosen)
        self.buttons.cleared.connect(self._on_cleared)
        self.buttons.left_forward.connect(self._on_left_forward)

    @property
    def needs_own_row(self) -> bool:
        return self.buttons.width_of([self.choice_text(code) for code in self.schema.choices]) > _WIDEST_PX

    @property
    def reachable(self) -> list[QWidget]:
        return [self.buttons, self.why]

    @property
    def keeps_refused_text(self) -> bool:
        return False

    def retranslate(self) -> None:
        self.buttons.name_choices([self.choice_text(code) for code in self.schema.choices])
        name = self._session.tr("panel.clinical.why_missing", field=f"clinical.{self.schema.id}")
        self.why.setToolTip(name)
        self.why.setAccessibleName(name)
        for reason, action in self.actions_by_reason.items():
            action.setText(self.missing_text(reason))
        super().retranslate()

    def _display(self) -> None:
        code = self.value.canonical
        self.buttons.show_code(code if isinstance(code, str) else None)
        for reason, action in self.actions_by_reason.items():
            action.setChecked(reason is self.value.missing)

    def _describe(self) -> None:
        super()._describe()
        code = self.value.canonical
        said = self.missing_text(self.value.missing) if self.value.missing else self.choice_text(str(code))
        self.buttons.setAccessibleName(f"{self.label.text()}: {said}")
        self.buttons.setAccessibleDescription(self.control.accessibleDescription())

    def _limits(self) -> str:
        names = " · ".join(
            f"{number} {self.choice_text(code)}" for number, code in enumerate(self.schema.choices, start=1)
        )
        return self._session.tr("panel.clinical.by_digit", values=names)

    def _say(self, problem: str) -> None:
        super()._say(problem)
        self.buttons.set_missing(self.control.property("tone") == "warn")

    def _on_chosen(self, code: str) -> None:
        self._accept(code, "")
        self._display()

    def _on_cleared(self) -> None:
        self._say("")
        self.entered.emit(ClinicalValue.absent(self.schema.id))

    def _on_left_forward(self) -> None:
        if not self.problem:
            self.passed_on.emit()

    def _on_reason(self) -> None:
        sender: QObject = self.sender()
        for reason, action in self.actions_by_reason.items():
            if action is sender:
                self._say("")
                self.entered.emit(ClinicalValue.absent(self.schema.id, reason))
        self.reset()


def takes_buttons(schema: FieldSchema) -> bool:
    """True for what is read from the scan, and for yes or no."""
    few = schema.kind == "choice" and len(schema.choices) <= MOST_BUTTONS
    return few and (schema.group == "findings" or set(schema.choices) == {"no", "yes"})

"""Where the file is silent, the user may say what the scan is; what is stated is printed in the report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from gui.commands.stated_commands import StateFact
from inference.assessment import FactSource
from inference.case_input import CaseInput, StatedFacts
from inference.guard.body_part import BODY_PARTS, body_part_text
from inference.guard.facts import Known, gather_facts
from inference.meaning.opinion import Phase

if TYPE_CHECKING:
    from gui.session import Session

_MODALITIES: Final = ("MR", "CT", "PT")

_FIELD_BY_LINE: Final = {
    "guard.modality": "modality",
    "guard.contrast": "contrast_enhanced",
    "guard.body_part": "body_part",
    "guard.phase": "phase",
}

Stateable = str | bool


def stateable_lines(case: CaseInput) -> frozenset[str]:
    """Names of the checks whose fact the file does not tell, or which the user has already stated."""
    facts = gather_facts(case)
    known: dict[str, Known] = {
        "guard.modality": facts.modality,
        "guard.contrast": facts.contrast_enhanced,
        "guard.body_part": facts.body_part,
    }
    if facts.phase is not None:
        known["guard.phase"] = facts.phase
    return frozenset(
        name
        for name, fact in known.items()
        if fact.source in (FactSource.NOBODY, FactSource.USER) or fact.contradicted_by is not None
    )


class StatedFactMenu(QPushButton):
    """ "State…" beside a check: choose what the scan is, or take it back; each choice can be undone."""

    def __init__(self, session: Session, line_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._line_name = line_name
        self._field = _FIELD_BY_LINE[line_name]
        self.setProperty("role", "link")
        menu = QMenu(self)
        menu.triggered.connect(self._on_triggered)
        for value in self._choices():
            action = menu.addAction(self._text(value))
            action.setData(value)
            action.setCheckable(True)
            action.setChecked(value == self._stated_value())
        menu.addSeparator()
        self._withdraw = menu.addAction(session.tr("panel.state.withdraw"))
        self._withdraw.setEnabled(self._is_stated())
        self.setMenu(menu)
        self.setText(session.tr("panel.state.change" if self._is_stated() else "panel.state.state"))
        self.setToolTip(session.tr("panel.state.tip"))
        self.setAccessibleName(f"{session.tr(line_name)}: {self.text()}")

    def state(self, value: Stateable | None) -> None:
        """Say what the scan is; None takes it back."""
        empty = getattr(StatedFacts(), self._field)
        change: dict[str, Any] = {self._field: empty if value is None else value}
        stated = replace(self._session.stated, **change)
        if stated != self._session.stated:
            self._session.undo_stack.push(StateFact(self._session, stated, self._line_name))

    def _choices(self) -> tuple[Stateable, ...]:
        if self._field == "modality":
            return _MODALITIES
        if self._field == "phase":
            return tuple(Phase)
        return (True, False) if self._field == "contrast_enhanced" else BODY_PARTS

    def _text(self, value: Stateable) -> str:
        if isinstance(value, bool):
            return self._session.tr("fact.yes" if value else "fact.no")
        shown = f"phase.{value}" if self._field == "phase" else body_part_text(value)
        return self._session.tr(shown) if self._session.catalogue.has(shown) else value

    def _stated_value(self) -> Stateable | None:
        value = getattr(self._session.stated, self._field)
        return value if self._is_stated() else None

    def _is_stated(self) -> bool:
        return getattr(self._session.stated, self._field) not in ("", None)

    def _on_triggered(self, action: QAction) -> None:
        self.state(None if action is self._withdraw else action.data())

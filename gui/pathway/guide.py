"""Takes the user to where the next missing thing is provided: the list of scans, the masks, or a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QWidget

from gui.pathway.requirements import FIELD, INPUTS, MASK, next_place

if TYPE_CHECKING:
    from gui.clinical.schema_form import ClinicalForm
    from gui.session import Session
    from gui.viewer.layers_panel import LayersPanel


class Guide(QObject):
    """Unfolds, scrolls and gives the focus; it changes nothing."""

    def __init__(
        self, session: Session, inputs: QWidget, layers: LayersPanel, clinical: ClinicalForm, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._inputs = inputs
        self._layers = layers
        self._clinical = clinical
        self._target: QWidget | None = None

    def go(self) -> None:
        """Go to the next place, once the columns have taken their new heights."""
        place = next_place(self._session)
        if place == INPUTS:
            self._target = self._first_button(self._inputs)
        elif place.startswith(MASK):
            self._look_at(place.removeprefix(MASK))
            self._target = self._first_button(self._layers)
        elif place.startswith(FIELD):
            self._target = self._field(place.removeprefix(FIELD))
        QTimer.singleShot(0, self, self._arrive)

    def _look_at(self, input_id: str) -> None:
        scan = self._session.scan_of(input_id)
        if scan is not None and not self._session.is_viewed(scan.stack.stack_id):
            self._session.choose_stack(scan.stack.stack_id)

    def _field(self, field_id: str) -> QWidget | None:
        editor = self._clinical.editors.get(field_id)
        if editor is None:
            return self._clinical
        self._clinical.groups[editor.schema.group].unfold()
        return editor.reachable[0]

    def _first_button(self, panel: QWidget) -> QWidget:
        """What can be pressed there first, as the eye reads it."""
        usable = [
            one for one in panel.findChildren(QAbstractButton) if one.isVisibleTo(panel) and one.isEnabled()
        ]
        at = [(one.mapTo(panel, one.rect().topLeft()), one) for one in usable]
        return min(at, key=lambda pair: (pair[0].y(), pair[0].x()))[1] if at else panel

    def _arrive(self) -> None:
        target, self._target = self._target, None
        if target is None:
            return
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        column = target.parentWidget()
        while column is not None and not isinstance(column, QScrollArea):
            column = column.parentWidget()
        if column is not None:
            column.ensureWidgetVisible(target, 0, column.height() // 3)

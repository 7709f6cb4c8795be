"""Two patients in one source: work stops until the reader says which one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from gui.feedback.text import label
from gui.intake.patient_list import PatientList, patient_lines
from gui.session import Session
from gui.theme.palette import set_look
from inference.cases.identity import PatientIdentity
from inference.scan import Plan


class IdentityDialog(QDialog):
    """Lists the patients with identifier, birth date, series and dates; nobody is preselected.

    Arrows mark one, Enter opens the one that is marked, Escape opens nobody.
    """

    def __init__(self, session: Session, plan: Plan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._plan = session, plan
        self.setModal(True)
        self.setMinimumWidth(500)
        self._patients = plan.patients
        self.heading = label("title", self, wraps=True)
        self.explanation = label("muted", self, wraps=True)
        self.list = PatientList(len(self._patients), self)
        self.buttons = QDialogButtonBox(self)
        self.open_button = self.buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        set_look(self.open_button, role="primary")
        self.open_button.setDefault(True)
        self.open_button.setEnabled(False)
        self.leave_button = self.buttons.addButton("", QDialogButtonBox.ButtonRole.RejectRole)
        self.leave_button.setAutoDefault(False)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.list.itemSelectionChanged.connect(self._on_selection_changed)
        self.list.itemDoubleClicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        for widget in (self.heading, self.explanation, self.list, self.buttons):
            column.addWidget(widget)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        session.language_changed.connect(self._on_language_changed)
        self._on_language_changed()
        self.list.setFocus()

    @property
    def chosen(self) -> PatientIdentity | None:
        """The patient that is marked, or None."""
        rows = self.list.selectionModel().selectedRows()
        return self._patients[rows[0].row()] if rows else None

    def accept(self) -> None:
        """Go on with the patient that is marked; with nobody there is nothing to go on with."""
        if self.chosen is not None:
            super().accept()

    def _on_language_changed(self) -> None:
        session = self._session
        tr = session.tr
        self.setWindowTitle(tr("gui.identity.title"))
        self.heading.setText(tr("gui.identity.heading", count=len(self._patients)))
        self.explanation.setText(tr("gui.identity.explanation"))
        self.list.say([patient_lines(session, self._plan, one) for one in self._patients])
        self.list.setAccessibleName(tr("gui.identity.title"))
        self.list.setAccessibleDescription(f"{self.heading.text()}. {self.explanation.text()}")
        self.open_button.setText(tr("gui.identity.open"))
        leave = "gui.identity.close" if session.patient is None else "gui.action.cancel"
        self.leave_button.setText(tr(leave))

    def _on_selection_changed(self) -> None:
        self.open_button.setEnabled(self.chosen is not None)

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
        tr = session.tr
        self.setModal(True)
        self.setWindowTitle(tr("gui.identity.title"))
        self.setMinimumWidth(500)
        self._patients = plan.patients
        heading = label("title", self, wraps=True)
        heading.setText(tr("gui.identity.heading", count=len(self._patients)))
        explanation = label("muted", self, wraps=True)
        explanation.setText(tr("gui.identity.explanation"))
        self.list = PatientList([patient_lines(session, plan, one) for one in self._patients], self)
        self.list.setAccessibleName(tr("gui.identity.title"))
        self.list.setAccessibleDescription(f"{heading.text()}. {explanation.text()}")
        self.buttons = QDialogButtonBox(self)
        self.open_button = self.buttons.addButton(
            tr("gui.identity.open"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        set_look(self.open_button, role="primary")
        self.open_button.setDefault(True)
        self.open_button.setEnabled(False)
        leave = "gui.identity.close" if session.patient is None else "gui.action.cancel"
        self.leave_button = self.buttons.addButton(tr(leave), QDialogButtonBox.ButtonRole.RejectRole)
        self.leave_button.setAutoDefault(False)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.list.itemSelectionChanged.connect(self._on_selection_changed)
        self.list.itemDoubleClicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        for widget in (heading, explanation, self.list, self.buttons):
            column.addWidget(widget)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
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

    def _on_selection_changed(self) -> None:
        self.open_button.setEnabled(self.chosen is not None)

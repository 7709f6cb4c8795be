"""Two patients in one source: work stops until the reader says which one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui.feedback.text import label
from gui.intake.patient_words import describe_patient
from gui.intake.stack_choice import same_patient
from gui.session import Session
from inference.cases.identity import PatientIdentity
from inference.scan import Plan


class IdentityDialog(QDialog):
    """Lists the patients with identifier, birth date, sex and number of series; nobody is preselected."""

    def __init__(self, session: Session, plan: Plan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr = session.tr
        self.setModal(True)
        self.setWindowTitle(tr("gui.identity.title"))
        self.setMinimumWidth(480)
        self._patients = plan.patients
        heading = label("title", self, wraps=True)
        heading.setText(tr("gui.identity.heading", count=len(self._patients)))
        explanation = label("muted", self, wraps=True)
        explanation.setText(tr("gui.identity.explanation"))
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("gui.identity.title"))
        for patient in self._patients:
            count = sum(same_patient(stack.identity, patient) for stack in plan.stacks)
            item = QListWidgetItem(
                f"{describe_patient(session, patient)}\n{tr('gui.identity.series', count=count)}"
            )
            self.list.addItem(item)
        self.list.setCurrentRow(-1)
        self.buttons = QDialogButtonBox(self)
        self.open_button = self.buttons.addButton(
            tr("gui.identity.open"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.open_button.setProperty("role", "primary")
        self.open_button.setEnabled(False)
        self.buttons.addButton(tr("gui.identity.close"), QDialogButtonBox.ButtonRole.RejectRole)
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

    @property
    def chosen(self) -> PatientIdentity | None:
        """The patient that is marked, or None."""
        rows = self.list.selectionModel().selectedRows()
        return self._patients[rows[0].row()] if rows else None

    def _on_selection_changed(self) -> None:
        self.open_button.setEnabled(self.chosen is not None)

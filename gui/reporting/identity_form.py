"""Who the report is about, where the scan does not say: an identifier, and a name or date of birth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFormLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import label, say
from gui.theme.tokens import GRID_PX, Tone
from inference.cases.identity import PatientIdentity, PatientKey
from reports.wording import person_name

if TYPE_CHECKING:
    from gui.session import Session


class IdentityForm(QWidget):
    """Takes what is missing; what the scan does say stands and cannot be changed here."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.heading = label("heading", self)
        self.patient_id, self.name, self.birth_date = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        self._labels = {
            field: label("muted", self) for field in (self.patient_id, self.name, self.birth_date)
        }
        rows = QFormLayout()
        rows.setSpacing(2 * GRID_PX)
        for field, text in self._labels.items():
            text.setBuddy(field)
            rows.addRow(text, field)
            field.returnPressed.connect(self._on_used)
        self.problem = label("small", self, wraps=True)
        self.use_button = QPushButton(self)
        self.use_button.clicked.connect(self._on_used)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID_PX)
        column.addWidget(self.heading)
        column.addLayout(rows)
        column.addWidget(self.problem)
        column.addWidget(self.use_button)
        session.identity_changed.connect(self._on_identity_changed)
        session.language_changed.connect(self._on_language_changed)
        self._on_identity_changed()
        self._on_language_changed()

    def _on_identity_changed(self) -> None:
        """Another patient: nothing that was typed for the former one may stay."""
        told = self._session.identity or PatientIdentity()
        for field, text in (
            (self.patient_id, told.key.id if told.key else ""),
            (self.name, person_name(told.name)),
            (self.birth_date, told.birth_date),
        ):
            field.setText(text)
            field.setReadOnly(bool(text))
        say(self.problem, "")

    def _on_language_changed(self) -> None:
        tr = self._session.tr
        self.heading.setText(tr("panel.identity.heading"))
        for field, message_id in (
            (self.patient_id, "panel.identity.id"),
            (self.name, "panel.identity.name"),
            (self.birth_date, "panel.identity.birth_date"),
        ):
            self._labels[field].setText(tr(message_id))
            field.setAccessibleName(tr(message_id))
        self.birth_date.setPlaceholderText(tr("panel.identity.birth_date.format"))
        self.use_button.setText(tr("panel.identity.use"))
        say(self.problem, "")

    def _on_used(self) -> None:
        told = self._session.identity or PatientIdentity()
        patient_id = self.patient_id.text().strip()
        # What the file says is shown as people write it, and kept as it is written there.
        name = told.name or self.name.text().strip()
        birth_date = self.birth_date.text().strip()
        problem = self._problem(patient_id, name, birth_date)
        say(self.problem, problem, Tone.BAD)
        if not problem:
            key = told.key or PatientKey("", patient_id)
            self._session.set_identity(replace(told, key=key, name=name, birth_date=birth_date))

    def _problem(self, patient_id: str, name: str, birth_date: str) -> str:
        if not patient_id:
            return self._session.tr("panel.identity.need_id")
        if not name and not birth_date:
            return self._session.tr("panel.identity.need_second")
        if birth_date and not _is_date(birth_date):
            return self._session.tr("panel.identity.bad_date", value=birth_date)
        return ""


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

"""Where a source is open and no picture can be: whose study is it, or why can nothing be shown."""

from __future__ import annotations

from enum import Enum
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.actions import Actions, plain
from gui.feedback.text import label
from gui.intake.problem_panel import ProblemPanel
from gui.intake.stack_choice import is_viewable
from gui.session import Session
from gui.theme.icons import pixmap
from gui.theme.palette import current_tokens, set_look

_WIDTH_PX: Final = 560


class Stop(Enum):
    """Why work cannot go on; the value names the icon."""

    CHOOSE_PATIENT = "patient"
    NOTHING_TO_SHOW = "warning"


def stop_of(session: Session) -> Stop | None:
    """What stands between an open source and its pictures, or None."""
    plan = session.plan
    if plan is None or session.stack is not None:
        return None
    if session.patient is None and len(plan.patients) > 1:
        return Stop.CHOOSE_PATIENT
    return None if any(map(is_viewable, session.stacks_of_patient())) else Stop.NOTHING_TO_SHOW


class StopPage(QWidget):
    """One sentence and one deed; with the reasons below where nothing can be shown."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("ground")
        self.picture = QLabel(self)
        self.title = label("title", self, wraps=True)
        self.text = label("muted", self, wraps=True)
        self.choose_button = QPushButton(self)
        self.choose_button.clicked.connect(session.patient_choice_needed)
        self.folder_button = QPushButton(self)
        self.folder_button.clicked.connect(actions["open_folder"].trigger)
        self.reasons = QFrame(self)
        self.reasons.setProperty("role", "card")
        self._reasons_column = QVBoxLayout(self.reasons)
        self._reasons_column.setContentsMargins(1, 1, 1, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.choose_button)
        buttons.addWidget(self.folder_button)
        buttons.addStretch(1)
        middle = QWidget(self)
        middle.setMaximumWidth(_WIDTH_PX)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addStretch(1)
        column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (self.title, self.text):
            widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(widget)
        column.addSpacing(6)
        column.addLayout(buttons)
        column.addSpacing(10)
        column.addWidget(self.reasons, 8)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 24, 24, 24)
        row.addStretch(1)
        row.addWidget(middle, 100)
        row.addStretch(1)
        for signal in (session.plan_changed, session.stack_changed, session.language_changed):
            signal.connect(self._on_changed)
        self._on_changed()

    def take(self, problems: ProblemPanel) -> None:
        """Show the one panel of problems on this page."""
        self._reasons_column.addWidget(problems)

    def _on_changed(self) -> None:
        session, tr = self._session, self._session.tr
        stop = stop_of(session)
        if stop is None or session.plan is None:
            return
        patients = len(session.plan.patients)
        is_choice = stop is Stop.CHOOSE_PATIENT
        tokens = current_tokens()
        colour = tokens.accent if is_choice else tokens.warn
        self.picture.setPixmap(pixmap(stop.value, 40, colour, self.devicePixelRatioF()))
        self.title.setText(
            tr("gui.identity.heading", count=patients) if is_choice else tr("gui.stop.nothing")
        )
        self.text.setText(tr("gui.identity.explanation" if is_choice else "gui.stop.nothing.text"))
        self.choose_button.setText(tr("gui.do.choose_first" if is_choice else "gui.do.choose_patient"))
        self.choose_button.setVisible(patients > 1)
        self.folder_button.setText(plain(tr("gui.action.open_folder")))
        for button, is_next in ((self.choose_button, is_choice), (self.folder_button, not is_choice)):
            set_look(button, role="primary" if is_next else "")
        self.reasons.setVisible(not is_choice)
        self.setAccessibleName(self.title.text())
        self.setAccessibleDescription(self.text.text())

"""The card of an answer: what comes next while there is none, else its contents, reasons, origin and age."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import label, say
from gui.pathway.readiness import run_obstacle
from gui.results.card import Card
from gui.theme.tokens import GRID_PX, Tone
from inference.assessment import Assessment
from inference.packs.state import PackState
from inference.prediction import PredictionStatus
from reports import wording

if TYPE_CHECKING:
    from gui.session import Session


class AnswerPanel(QWidget):
    """Subclasses lay the numbers of an assessment into ``body``, and say how they are headed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.heading = label("heading", self, wraps=True)
        self.card = Card(self)
        self.hint = label("muted", self.card, wraps=True)
        self.body = QVBoxLayout()
        self.body.setSpacing(self.card.column.spacing())
        self.reasons = label("", self.card, wraps=True)
        self.origin = label("annotation", self.card, wraps=True)
        self.stale_note = label("strong", self.card, wraps=True)
        self.recalculate = QPushButton(self.card)
        self.recalculate.setProperty("role", "link")
        self.recalculate.clicked.connect(session.run)
        stale_row = QHBoxLayout()
        stale_row.addWidget(self.stale_note, 1)
        stale_row.addWidget(self.recalculate)
        self.card.column.addWidget(self.hint)
        self.card.column.addLayout(self.body)
        self.card.column.addWidget(self.reasons)
        self.card.column.addWidget(self.origin)
        self.card.column.addLayout(stale_row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID_PX)
        column.addWidget(self.heading)
        column.addWidget(self.card)

    def follow(self) -> None:
        """Show the session as it is, and every change of it: once the subclass is built."""
        session = self._session
        for signal in (
            session.outcome_changed,
            session.currency_changed,
            session.job_changed,
            session.pack_changed,
            session.study_changed,
            session.volume_changed,
            session.stack_changed,
            session.language_changed,
        ):
            signal.connect(self._on_changed)
        self._on_changed()

    @abstractmethod
    def is_meant(self) -> bool:
        """True while the study is one of those that this panel answers."""

    @abstractmethod
    def title(self) -> str:
        """What the numbers are of."""

    @abstractmethod
    def step_to_run(self) -> str:
        """Id of what is to be done once the case is complete."""

    @abstractmethod
    def show_numbers(self, assessment: Assessment | None, *, stale: bool) -> None:
        """Lay the predictions of an assessment into ``body``, or clear it."""

    def _on_changed(self) -> None:
        session = self._session
        is_meant = self.is_meant()
        self.setVisible(is_meant)
        self.heading.setText(self.title())
        self.setAccessibleName(self.heading.text())
        outcome = session.outcome if is_meant else None
        assessment = None if outcome is None else outcome.assessment
        stale = assessment is not None and not session.is_current
        self.show_numbers(assessment, stale=stale)
        say(self.hint, self._next_step() if assessment is None else "")
        say(self.reasons, "" if assessment is None else self._reasons(assessment))
        say(self.origin, "" if assessment is None else self._origin(assessment))
        say(self.stale_note, session.tr("panel.stale.short") if stale else "", Tone.WARN)
        self.recalculate.setText(session.tr("panel.run.recalculate"))
        self.recalculate.setVisible(stale)
        self.recalculate.setEnabled(run_obstacle(session) is None)
        self.card.look(Tone.PLAIN, stale=stale)

    def _reasons(self, assessment: Assessment) -> str:
        if assessment.is_answered:
            return ""
        return "\n".join(f"– {self._session.render(reason)}" for reason in wording.all_reasons(assessment))

    def _origin(self, assessment: Assessment) -> str:
        answered = any(p.status is PredictionStatus.ANSWERED for p in assessment.predictions)
        if not answered or assessment.pack.state != PackState.DEMONSTRATION:
            return ""
        return self._session.tr("panel.comparison.demonstration")

    def _next_step(self) -> str:
        session = self._session
        if session.stack is None:
            return session.tr("panel.next.open")
        if session.is_busy:
            return session.tr("panel.next.running")
        obstacle = run_obstacle(session)
        return session.render(obstacle) if obstacle is not None else session.tr(self.step_to_run())

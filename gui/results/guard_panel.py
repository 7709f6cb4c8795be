"""What the guard measured for the answer that is shown, what the pack allows, and what was noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import label, say
from gui.feedback.verdict_mark import TONE_BY_VERDICT
from gui.pathway.check_line import CheckLine
from gui.results.card import Card
from gui.theme.tokens import GRID_PX, Tone
from inference.findings import Verdict
from reports.wording import guard_word

if TYPE_CHECKING:
    from gui.session import Session
    from inference.assessment import Assessment


class GuardPanel(QWidget):
    """A summary in words; the lines unfold, and stand open whenever one of them does not pass."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_open: bool | None = None
        self.lines: list[CheckLine] = []
        self.card = Card(self)
        self.title = label("muted", self.card)
        self.summary = label("", self.card, wraps=True)
        self.findings = label("small", self.card, wraps=True)
        self.toggle = QPushButton(self.card)
        self.toggle.setProperty("role", "link")
        self.toggle.clicked.connect(self._on_toggled)
        self._list = QVBoxLayout()
        self._list.setSpacing(GRID_PX // 2)
        self.card.column.addWidget(self.title)
        self.card.column.addWidget(self.summary)
        self.card.column.addLayout(self._list)
        self.card.column.addWidget(self.findings)
        self.card.column.addWidget(self.toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)
        session.outcome_changed.connect(self._on_outcome_changed)
        session.currency_changed.connect(self._on_changed)
        session.language_changed.connect(self._on_changed)
        self._on_changed()

    def _on_outcome_changed(self) -> None:
        self._is_open = None
        self._on_changed()

    def _on_toggled(self) -> None:
        self._is_open = not self._shows_lines()
        self._on_changed()

    def _shows_lines(self) -> bool:
        outcome = self._session.outcome
        passes = outcome is not None and outcome.assessment.guard_verdict is Verdict.FINE
        return not passes if self._is_open is None else self._is_open

    def _on_changed(self) -> None:
        session = self._session
        outcome = session.outcome
        self.setVisible(outcome is not None)
        self.title.setText(session.tr("panel.guard.heading"))
        self.setAccessibleName(self.title.text())
        self.toggle.setText(session.tr("panel.guard.hide" if self._shows_lines() else "panel.guard.show"))
        for shown in self.lines:
            self._list.removeWidget(shown)
            shown.hide()
            shown.deleteLater()
        self.lines = []
        if outcome is None:
            return
        assessment = outcome.assessment
        stale = not session.is_current
        tone = Tone.PLAIN if stale else TONE_BY_VERDICT[assessment.guard_verdict]
        say(self.summary, self._summary(assessment), tone)
        say(self.findings, "\n".join(f"– {session.render(finding)}" for finding in assessment.findings))
        if self._shows_lines():
            for line in assessment.guard:
                shown = CheckLine(self.card, shows_allowed=True)
                shown.show_line(line, session)
                self._list.addWidget(shown)
                self.lines.append(shown)
        self.card.look(Tone.PLAIN, stale=stale)

    def _summary(self, assessment: Assessment) -> str:
        counts = dict.fromkeys(Verdict, 0)
        for line in assessment.guard:
            counts[line.verdict] += 1
        return " · ".join(
            self._session.tr(
                "panel.guard.count", count=count, word=guard_word(verdict, self._session.catalogue)
            )
            for verdict, count in counts.items()
            if count
        )

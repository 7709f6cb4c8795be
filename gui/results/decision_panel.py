"""The board's decision: own opinion first where it is wanted; then accept, modify or override."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.feedback.text import label, say
from gui.results.card import Card
from gui.theme.tokens import GRID_PX, Tone
from inference.assessment import RecommendationStatus
from inference.decisions.board_decision import Choice, decide
from inference.decisions.decision_store import DecisionStore
from inference.errors import ConciliumError
from reports.wording import moment

if TYPE_CHECKING:
    from gui.session import Session

_TEXT_HEIGHT_PX: Final = 52


class DecisionPanel(QWidget):
    """Before the answer it offers the own opinion alone; a decision stands until the answer changes.

    What was typed for one patient is never there for the next.
    """

    def __init__(
        self, session: Session, store: DecisionStore | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._store = store or DecisionStore.of_this_user()
        self._typed_for = session.case_key, session.study
        self.card = Card(self)
        self.heading = label("heading", self, wraps=True)
        self.opinion_first = QCheckBox(self.card)
        self.opinion_first_meaning = label("annotation", self.card, wraps=True)
        self.opinion_first.toggled.connect(session.board.want)
        self.hidden_note = label("strong", self.card, wraps=True)
        self.opinion = _text_field(self.card)
        self.opinion_told = label("small", self.card, wraps=True)
        self.choices = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(GRID_PX)
        for choice in Choice:
            button = QPushButton(self.card)
            button.setCheckable(True)
            button.setProperty("role", "choice")
            button.setObjectName(choice.value)
            self.choices.addButton(button)
            row.addWidget(button, 1)
        self.choices.buttonToggled.connect(self._on_changed)
        self.decided, self.reason = _text_field(self.card), _text_field(self.card)
        self.by = QLineEdit(self.card)
        self.commit = QPushButton(self.card)
        self.commit.setProperty("role", "primary")
        self.commit.clicked.connect(self._on_commit)
        self.problem = label("small", self.card, wraps=True)
        self.recorded = label("", self.card, wraps=True)
        self.again = QPushButton(self.card)
        self.again.setProperty("role", "link")
        self.again.clicked.connect(self._on_again)
        column = self.card.column
        first = (self.opinion_first, self.opinion_first_meaning)
        for above in (*first, self.hidden_note, self.opinion, self.opinion_told):
            column.addWidget(above)
        column.addLayout(row)
        for widget in (
            self.decided,
            self.reason,
            self.by,
            self.commit,
            self.problem,
            self.recorded,
            self.again,
        ):
            column.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(2 * GRID_PX)
        outer.addWidget(self.heading)
        outer.addWidget(self.card)
        for signal in (
            session.stack_changed,
            session.outcome_changed,
            session.currency_changed,
            session.language_changed,
            session.board.changed,
            session.jobs.variation.changed,
        ):
            signal.connect(self._on_changed)
        self._on_changed()

    @property
    def choice(self) -> Choice | None:
        """What is marked."""
        marked = self.choices.checkedButton()
        return None if marked is None else Choice(marked.objectName())

    def _on_changed(self, *_: object) -> None:
        session = self._session
        tr, outcome = session.tr, session.outcome
        self._clear_for_another_case()
        hides, is_taken = session.board.hides, session.board.decision is not None
        is_open = outcome is not None and not hides and not is_taken
        self.setVisible(session.stack is not None)
        self.opinion_first.setChecked(session.board.is_wanted)
        self.heading.setText(tr("panel.decision.heading"))
        self.setAccessibleName(self.heading.text())
        self.opinion_first.setText(tr("panel.decision.opinion_first"))
        say(self.opinion_first_meaning, tr("panel.decision.opinion_first.meaning"))
        say(self.hidden_note, tr("panel.decision.hidden") if hides else "", Tone.WARN)
        self.opinion.setVisible(hides)
        self._ask(self.opinion, "panel.decision.opinion")
        say(self.opinion_told, self._told())
        given = outcome is not None and (
            outcome.assessment.recommendation.status is RecommendationStatus.GIVEN
        )
        for button in self.choices.buttons():
            button.setText(tr(f"panel.decision.{button.objectName()}"))
            button.setVisible(is_open)
            button.setEnabled(given or button.objectName() != Choice.ACCEPT.value)
        changes = self.choice in (Choice.MODIFY, Choice.OVERRIDE)
        for field, name in ((self.decided, "decided"), (self.reason, "reason")):
            field.setVisible(changes and is_open)
            self._ask(field, f"panel.decision.{name}")
        is_asked = hides or (self.choice is not None and is_open)
        self.by.setVisible(is_asked)
        self.by.setPlaceholderText(tr("panel.decision.by"))
        self.by.setAccessibleName(self.by.placeholderText())
        self.commit.setText(tr("panel.decision.opinion.commit" if hides else "panel.decision.commit"))
        self.commit.setVisible(is_asked)
        obstacle = "" if hides or outcome is None else self._obstacle()
        self.commit.setEnabled(not obstacle)
        say(self.problem, tr(obstacle) if obstacle else "", Tone.WARN)
        say(self.recorded, self._recorded(), Tone.GOOD)
        self.again.setText(tr("panel.decision.again"))
        self.again.setVisible(is_taken)

    def _obstacle(self) -> str:
        """Why the answer that is shown cannot be decided on yet."""
        if not self._session.is_current:
            return "panel.decision.stale"
        return "error.report.varying" if self._session.jobs.variation.is_running else ""

    def _clear_for_another_case(self) -> None:
        typed_for = self._session.case_key, self._session.study
        if typed_for == self._typed_for:
            return
        self._typed_for = typed_for
        for field in (self.opinion, self.decided, self.reason):
            field.clear()
        self.choices.setExclusive(False)
        for button in self.choices.buttons():
            button.setChecked(False)
        self.choices.setExclusive(True)

    def _ask(self, field: QPlainTextEdit, name: str) -> None:
        field.setPlaceholderText(self._session.tr(name))
        field.setAccessibleName(field.placeholderText())

    def _told(self) -> str:
        opinion = self._session.board.opinion
        if opinion is None:
            return ""
        at = moment(opinion.at)
        return self._session.tr("panel.decision.opinion.told", text=opinion.text, by=opinion.by, at=at)

    def _recorded(self) -> str:
        made = self._session.board.decision
        if made is None:
            return ""
        choice = self._session.tr(f"decision.choice.{made.choice.value}")
        at = moment(made.at)
        said = self._session.tr("panel.decision.recorded", choice=choice, by=made.by, at=at)
        return "\n".join(text for text in (said, made.decided, made.reason) if text)

    def _on_commit(self) -> None:
        session = self._session
        try:
            if session.board.hides:
                session.board.commit(self.opinion.toPlainText(), self.by.text())
                return
            outcome, choice = session.outcome, self.choice
            assert outcome is not None and choice is not None
            made = decide(
                outcome.assessment,
                {reading.name: reading.word for reading in outcome.readings},
                choice,
                decision_id=str(session.ids.new_id()),
                case_id=str(session.case_id),
                decided=self.decided.toPlainText() if choice is not Choice.ACCEPT else "",
                reason=self.reason.toPlainText() if choice is not Choice.ACCEPT else "",
                by=self.by.text(),
                at=session.clock.now(),
                opinion=session.board.opinion,
            )
            self._store.put(made)
        except ConciliumError as error:
            say(self.problem, session.render(error.message), Tone.BAD)
            return
        session.board.take(made)

    def _on_again(self) -> None:
        self._session.board.take(None)


def _text_field(parent: QWidget) -> QPlainTextEdit:
    field = QPlainTextEdit(parent)
    field.setFixedHeight(_TEXT_HEIGHT_PX)
    field.setTabChangesFocus(True)
    field.setLocale(QLocale.c())
    return field

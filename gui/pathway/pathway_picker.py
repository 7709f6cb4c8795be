"""Which question is asked: five pathways by diagnosis and planned treatment, chosen by the user alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from gui.feedback.text import label, say
from gui.results.card import Card
from gui.theme.tokens import GRID_PX, Tone
from inference.pathways.studies import STUDIES
from reports.wording import sentences

if TYPE_CHECKING:
    from gui.session import Session


class PathwayPicker(QWidget):
    """The pathway that is walked with its question; *Change* unfolds all five in its place."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_open = False
        self._heading = label("heading", self)
        self.change = QPushButton(self)
        self.change.setProperty("role", "link")
        self.change.clicked.connect(self._on_change_clicked)
        self.card = Card(self)
        self.name = label("strong", self.card, wraps=True)
        self.question = label("small", self.card, wraps=True)
        self.endpoint = label("annotation", self.card, wraps=True)
        self.problem = label("small", self.card, wraps=True)
        for widget in (self.name, self.question, self.endpoint, self.problem):
            self.card.column.addWidget(widget)
        self.card.column.setSpacing(GRID_PX)
        self.choices = QWidget(self)
        self.entries = {study: _Entry(study, self.choices) for study in STUDIES}
        group = QButtonGroup(self)
        rows = QVBoxLayout(self.choices)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2 * GRID_PX)
        for entry in self.entries.values():
            group.addButton(entry.button)
            entry.button.clicked.connect(partial(self._on_chosen, entry.study))
            rows.addWidget(entry)
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self.change)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        column.addLayout(top)
        column.addWidget(self.card)
        column.addWidget(self.choices)
        self.menu = PathwayMenu(session, self)
        for signal in (session.study_changed, session.pack_changed, session.language_changed):
            signal.connect(self._on_changed)
        self._on_changed()

    def _on_change_clicked(self) -> None:
        self._is_open = not self._is_open
        self._on_changed()
        if self._is_open:
            self.entries[self._session.study].button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_chosen(self, study: str, _checked: bool = False) -> None:
        # An arrow key moves among the five and chooses; they stay until the user folds them.
        self._session.choose_study(study)

    def _on_changed(self) -> None:
        session, tr = self._session, self._session.tr
        study = session.study
        self._heading.setText(tr("panel.pathway.heading"))
        self.change.setText(tr("panel.pathway.fold" if self._is_open else "panel.pathway.change"))
        self.change.setAccessibleName(f"{self._heading.text()}: {self.change.text()}")
        self.setAccessibleName(self._heading.text())
        self.name.setText(tr(f"pathway.{study}.choice"))
        self.question.setText(tr(f"pathway.{study}.asks"))
        self.endpoint.setText(tr(f"pathway.{study}.endpoint"))
        said = ""
        if session.pack_problem is not None:
            said = f"{session.render(session.pack_problem)} {tr('panel.pathway.no_pack')}"
        say(self.problem, said, Tone.WARN)
        self.name.setVisible(not self._is_open)
        self.question.setVisible(not self._is_open)
        self.endpoint.setVisible(not self._is_open)
        self.card.setVisible(not self._is_open or bool(said))
        self.choices.setVisible(self._is_open)
        for entry in self.entries.values():
            entry.show_in(session)


class _Entry(QWidget):
    """One pathway to choose: diagnosis and treatment as its button, beneath it what it answers."""

    def __init__(self, study: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.study = study
        self.button = QRadioButton(self)
        self.title = label("value", self, wraps=True)
        self.title.setBuddy(self.button)
        self.asks = label("annotation", self, wraps=True)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID_PX)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.title)
        texts.addWidget(self.asks)
        row.addLayout(texts, 1)
        row.setContentsMargins(0, 0, 0, 0)
        self.setLayout(row)

    def mousePressEvent(self, event: object) -> None:
        """The whole entry is the button."""
        self.button.setFocus(Qt.FocusReason.MouseFocusReason)
        self.button.click()

    def show_in(self, session: Session) -> None:
        """Show the texts in the session's language, and whether this is the one."""
        tr, study = session.tr, self.study
        asks = sentences((tr(f"pathway.{study}.asks"), tr(f"pathway.{study}.endpoint")))
        self.title.setText(tr(f"pathway.{study}.choice"))
        self.asks.setText(asks)
        self.button.setChecked(study == session.study)
        self.button.setAccessibleName(self.title.text())
        self.button.setAccessibleDescription(asks)


class PathwayMenu(QMenu):
    """The five pathways as commands, each with its key."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        group = QActionGroup(self)
        self.commands: dict[str, QAction] = {}
        for number, study in enumerate(STUDIES, 1):
            action = self.addAction("")
            action.setCheckable(True)
            action.setShortcut(QKeySequence(f"Ctrl+Alt+{number}"))
            action.triggered.connect(partial(self._choose, study))
            group.addAction(action)
            self.commands[study] = action
        session.study_changed.connect(self._on_changed)
        session.language_changed.connect(self._on_changed)
        self._on_changed()

    def _choose(self, study: str, _checked: bool = False) -> None:
        self._session.choose_study(study)

    def _on_changed(self) -> None:
        tr = self._session.tr
        self.setTitle(tr("gui.menu.pathway"))
        for study, action in self.commands.items():
            action.setText(tr(f"pathway.{study}.choice"))
            action.setToolTip(tr(f"pathway.{study}.asks"))
            action.setChecked(study == self._session.study)

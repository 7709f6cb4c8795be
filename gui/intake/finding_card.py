"""One kind of finding on screen: what it is, where, what follows, what to do, and the deed itself."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import breakable, label
from gui.feedback.verdict_mark import VerdictMark
from gui.intake.finding_actions import action_widgets
from gui.intake.finding_groups import FindingGroup, release_words, said_together, verdict_words
from gui.intake.release_form import release_widget
from gui.session import Session
from inference.findings import Verdict

_MOST_AT_ONCE: Final = 3


class FindingCard(QWidget):
    """A mark, the sentences, both verdicts in words, the advice, and buttons where there is something to do.

    Many findings of one kind show the first few and unfold the rest.
    """

    def __init__(self, session: Session, group: FindingGroup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.group = group
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        mark = VerdictMark(self)
        # A tick or a ring says: nothing to worry about.
        mark.show_verdict(group.worst if group.worst is not Verdict.FINE else None)
        column = QVBoxLayout()
        column.setSpacing(2)
        texts = [session.render(finding.message) for finding in group.findings]
        for text in texts[:_MOST_AT_ONCE]:
            column.addWidget(self._text(text))
        left = texts[_MOST_AT_ONCE:]
        self.rest = self._text("\n".join(left))
        self.rest.setVisible(False)
        self.more = QPushButton(self)
        self.more.setProperty("role", "link")
        self.more.setVisible(bool(left))
        self.more.setText(session.tr("gui.problems.more", count=len(left)))
        self.more.clicked.connect(self._unfold)
        column.addWidget(self.rest)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        words, both = verdict_words(group), said_together(group)
        if both is not None:
            # The mark before the sentence says it already.
            column.addWidget(self._text(session.render(both), "annotation"))
        elif words:
            column.addLayout(self._verdicts(session, words))
        released = release_words(group)
        if released is not None:
            column.addWidget(self._text(session.render(released)))
        advice = group.findings[0].advice
        if released is None and session.catalogue.has(advice.id):
            column.addWidget(self._text(session.render(advice), "small"))
        actions = action_widgets(session, group, self)
        if actions:
            buttons = QHBoxLayout()
            buttons.setSpacing(8)
            for action in actions:
                buttons.addWidget(action)
            buttons.addStretch(1)
            column.addLayout(buttons)
        self.release = release_widget(session, group, self)
        if self.release is not None:
            column.addWidget(self.release)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        messages = [message for _, message in words] + ([] if released is None else [released])
        said = [texts[0], *(session.render(message) for message in messages)]
        self.setAccessibleName(" ".join(said))

    def _verdicts(self, session: Session, words: tuple) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(4)
        for verdict, message in words:
            mark = VerdictMark(self)
            mark.show_verdict(verdict)
            said = label("annotation", self)
            said.setMinimumWidth(1)
            said.setText(session.render(message))
            line.addWidget(mark)
            line.addWidget(said)
            line.addSpacing(10)
        line.addStretch(1)
        return line

    def _text(self, text: str, role: str = "value") -> QWidget:
        made = label(role, self, wraps=True)
        made.setText(breakable(text))
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return made

    def _unfold(self) -> None:
        self.rest.setVisible(True)
        self.more.setVisible(False)

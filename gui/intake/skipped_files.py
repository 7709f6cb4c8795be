"""Files that were passed over: by reason with their number, unfolded on demand."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import breakable, label
from gui.feedback.verdict_mark import VerdictMark
from gui.intake.finding_groups import FindingGroup, short_reason
from gui.session import Session
from inference.findings import Verdict

_MOST_LISTED: Final = 200


class FoldButton(QPushButton):
    """A line that unfolds what is below it; a long text ends in an ellipsis, its number stays."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = ("", "", "")
        self.setProperty("role", "fold")
        self.setCheckable(True)

    def say(self, arrow: str, text: str, count: str) -> None:
        """Show an arrow, a text and a number."""
        self._parts = (arrow, text, count)
        self.setAccessibleName(f"{text} {count}")
        self.setToolTip(text)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(60, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        arrow, text, count = self._parts
        metrics = self.fontMetrics()
        room = self.width() - metrics.horizontalAdvance(f"{arrow}  {count}") - 14
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(40, room))
        self.setText(f"{arrow} {shown} {count}")


class SkippedGroup(QWidget):
    """One reason: a line with the number of files; their names and what to do when it is unfolded."""

    def __init__(self, session: Session, group: FindingGroup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.group = group
        mark = VerdictMark(self)
        mark.show_verdict(group.worst if group.worst is not Verdict.FINE else None)
        self.head = FoldButton(self)
        self.head.toggled.connect(self._on_toggled)
        self.names = label("small", self, wraps=True)
        self.names.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.names.setVisible(False)
        column = QVBoxLayout()
        column.setSpacing(1)
        column.addWidget(self.head)
        column.addWidget(self.names)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        self._on_toggled(False)

    def _on_toggled(self, is_open: bool) -> None:
        session, findings = self._session, self.group.findings
        arrow = "▾" if is_open else "▸"
        self.head.say(arrow, short_reason(session.catalogue, self.group), f"({len(findings)})")
        if is_open and not self.names.text():
            lines = [session.render(finding.message) for finding in findings[:_MOST_LISTED]]
            left = len(findings) - _MOST_LISTED
            if left > 0:
                lines.append(session.tr("gui.problems.more", count=left))
            advice = findings[0].advice
            if session.catalogue.has(advice.id):
                lines.append(session.render(advice))
            self.names.setText(breakable("\n".join(lines)))
        self.names.setVisible(is_open)

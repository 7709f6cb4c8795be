"""Required before Run: each scan, mask, clinical value and question, green or not, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gui.feedback.text import label, say
from gui.feedback.verdict_mark import TONE_BY_VERDICT, VerdictMark
from gui.pathway.requirements import Requirement, requirements
from gui.theme.tokens import GRID_PX
from inference.findings import Verdict

if TYPE_CHECKING:
    from gui.session import Session


class RequiredLine(QWidget):
    """One requirement: mark, name, and beneath it why it is not met."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.mark = VerdictMark(self)
        self.what = label("", self, wraps=True)
        self.why = label("annotation", self, wraps=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID_PX)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.mark, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.what, 0, 1)
        grid.addWidget(self.why, 1, 1)

    def show_requirement(self, one: Requirement, session: Session) -> None:
        """Show it in the session's language."""
        what = session.render(one.what)
        why = "" if one.why is None else session.render(one.why)
        self.mark.show_verdict(one.verdict)
        self.what.setText(what)
        say(self.why, why, TONE_BY_VERDICT[one.verdict])
        word = session.tr("panel.required.met" if one.verdict is Verdict.FINE else "panel.required.unmet")
        self.setAccessibleName(f"{what}: {word}. {why}".rstrip())


class RequiredList(QWidget):
    """Lines are kept and filled anew, so that a brush stroke does not make the column jump."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.lines: list[RequiredLine] = []
        self._heading = label("heading", self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID_PX)
        self._column.addWidget(self._heading)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.refresh)
        for signal in (
            session.stack_changed,
            session.volume_changed,
            session.mask_changed,
            session.record_changed,
            session.stated_changed,
            session.pick_changed,
            session.pack_changed,
            session.study_changed,
            session.inputs.changed,
            session.language_changed,
        ):
            signal.connect(self._later.start)
        self.refresh()

    def refresh(self) -> None:
        """Show what is required now."""
        session = self._session
        found = requirements(session)
        self._heading.setText(session.tr("panel.required.heading"))
        self.setAccessibleName(self._heading.text())
        self.setVisible(bool(found))
        while len(self.lines) < len(found):
            line = RequiredLine(self)
            self.lines.append(line)
            self._column.addWidget(line)
        for place, line in enumerate(self.lines):
            line.setVisible(place < len(found))
            if place < len(found):
                line.show_requirement(found[place], session)

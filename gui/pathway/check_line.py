"""One check on screen: mark, name, what was measured, and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLayout, QSizePolicy, QWidget

from gui.feedback.text import label, say
from gui.feedback.verdict_mark import TONE_BY_VERDICT, VerdictMark
from gui.theme.tokens import GRID_PX, Tone
from inference.assessment import GuardLine
from inference.findings import Verdict
from reports.wording import guard_word

if TYPE_CHECKING:
    from gui.session import Session


class CheckLine(QWidget):
    """A line of the guard; its word is said to screen readers and stands in the tooltip with what is allowed.

    A line that does not pass shows what is allowed beneath; ``shows_allowed`` shows it always.
    """

    def __init__(self, parent: QWidget | None = None, *, shows_allowed: bool = False) -> None:
        super().__init__(parent)
        self._shows_allowed = shows_allowed
        self.mark = VerdictMark(self)
        self.name = label("", self, wraps=True)
        self.measured = label("muted", self, wraps=True)
        self.measured.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.detail = label("annotation", self, wraps=True)
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, GRID_PX // 2, 0, GRID_PX // 2)
        self.grid.setHorizontalSpacing(2 * GRID_PX)
        self.grid.setVerticalSpacing(0)
        self.grid.setSizeConstraint(QLayout.SizeConstraint.SetDefaultConstraint)
        self.grid.setColumnStretch(1, 4)
        self.grid.setColumnStretch(2, 5)
        top = Qt.AlignmentFlag.AlignTop
        self.grid.addWidget(self.mark, 0, 0, top)
        self.grid.addWidget(self.name, 0, 1, top)
        self.grid.addWidget(self.measured, 0, 2, top)
        self.grid.addWidget(self.detail, 1, 1, 1, 2)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def show_line(self, line: GuardLine, session: Session) -> None:
        """Show a check in the session's language."""
        word = guard_word(line.verdict, session.catalogue)
        name, measured = session.tr(line.name), session.render(line.measured)
        allowed = session.tr("panel.check.allowed", allowed=session.render(line.allowed))
        self.mark.show_verdict(line.verdict)
        self.name.setText(name)
        self.measured.setText(measured)
        passed = line.verdict is Verdict.FINE
        tone = Tone.PLAIN if passed else TONE_BY_VERDICT[line.verdict]
        detail = allowed if passed else f"{word} · {allowed}"
        say(self.detail, detail if self._shows_allowed or not passed else "", tone)
        if len(session.serving) > 1:
            # A heading says it to the eye alone.
            scan = line.scan or session.named_inputs[0].id
            name = session.tr("panel.check.of_scan", check=name, input=f"input.{scan}")
        self.setToolTip(f"{name}: {word}\n{measured}\n{allowed}")
        self.setAccessibleName(f"{name}: {word}. {measured}. {allowed}")

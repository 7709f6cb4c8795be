"""Whether the patient is like those studied: each question met, not met or open, seen before Run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import label
from gui.feedback.verdict_mark import VerdictMark
from gui.intake.release_form import finding_release
from gui.theme.palette import set_look
from gui.theme.tokens import GRID_PX, Tone
from inference.clinical.eligibility.evaluation import Answer, Eligibility, EligibilityLine, eligibility_of
from inference.findings import Verdict
from inference.inputs.scan_dates import date_of
from inference.release import Release, release_of

if TYPE_CHECKING:
    from gui.session import Session

_VERDICTS: Final = {Answer.MET: Verdict.FINE, Answer.OPEN: Verdict.NOTE, Answer.NOT_MET: Verdict.REFUSED}
_FOLDED, _OPEN = "\u25b8", "\u25be"
_INDENT: Final = "\u2003\u2002"


class EligibilityList(QWidget):
    """What is not met always stands in sight with its release; the rest folds beneath its count."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[object, ...] = ()
        self.eligibility: Eligibility | None = None
        self.head = QPushButton(self)
        self.head.setCheckable(True)
        self.head.setProperty("role", "group")
        self.head.toggled.connect(self._on_toggled)
        self._refusals = QWidget(self)
        self._rest = QWidget(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID_PX)
        for widget in (self.head, self._refusals, self._rest):
            self._column.addWidget(widget)
        for signal in (
            session.record_changed,
            session.stack_changed,
            session.stated_changed,
            session.pick_changed,
            session.language_changed,
        ):
            signal.connect(self._on_changed)
        self._on_changed()

    def _on_changed(self) -> None:
        session, stack = self._session, self._session.stack
        self.setVisible(stack is not None)
        self.head.setAccessibleName(session.tr("panel.eligibility.heading"))
        if stack is None:
            self._shown, self.eligibility = (), None
            return
        first = session.first_scan
        eligibility = eligibility_of(session.record, date_of(stack if first is None else first.stack))
        shown = (eligibility, first is None, _releases(session), session.language)
        if shown == self._shown:
            return
        self._shown, self.eligibility = shown, eligibility
        unmet = [line for line in eligibility.lines if line.answer is Answer.NOT_MET]
        others = sorted(
            (line for line in eligibility.lines if line not in unmet),
            key=lambda line: line.answer is Answer.MET,
        )
        self._refusals = self._replaced(self._refusals, unmet)
        self._rest = self._replaced(self._rest, others)
        self._refusals.setVisible(bool(unmet))
        self._say_head()
        self._on_toggled(self.head.isChecked())

    def _replaced(self, old: QWidget, lines: list[EligibilityLine]) -> QWidget:
        made = QWidget(self)
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        for line in lines:
            column.addWidget(_LineView(self._session, line, made))
        self._column.replaceWidget(old, made)
        old.hide()
        old.deleteLater()
        return made

    def _say_head(self) -> None:
        assert self.eligibility is not None
        tr, lines = self._session.tr, self.eligibility.lines
        counts = {answer: sum(line.answer is answer for line in lines) for answer in Answer}
        parts = [
            tr(f"panel.eligibility.count.{answer.value}", count=counts[answer])
            for answer in (Answer.NOT_MET, Answer.OPEN, Answer.MET)
            if counts[answer]
        ]
        heading, said = tr("panel.eligibility.heading"), " · ".join(parts)
        # Several counts stand in a line of their own: side by side they would widen the column.
        between = f"\n{_INDENT}" if len(parts) > 1 else "  "
        self.head.setText(f"{_OPEN if self.head.isChecked() else _FOLDED}  {heading}{between}{said}")
        self.head.setAccessibleName(f"{heading} {said}")
        self.head.setToolTip(self.eligibility.citation)
        barred = bool(self.eligibility.barriers(_releases(self._session)))
        tone = Tone.BAD if barred else Tone.WARN if counts[Answer.OPEN] else Tone.PLAIN
        set_look(self.head, tone=tone.value)

    def _on_toggled(self, is_open: bool) -> None:
        self._rest.setVisible(is_open)
        if self.eligibility is not None:
            self._say_head()


class _LineView(QWidget):
    """One question with its mark, what is recorded, and where it is not met, its release."""

    def __init__(self, session: Session, line: EligibilityLine, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID_PX)
        released = _release_of(line, _releases(session))
        mark = VerdictMark(self)
        mark.show_verdict(Verdict.NOTE if released is not None else _VERDICTS[line.answer])
        column = QVBoxLayout()
        column.setSpacing(0)
        asked = label("value", self, wraps=True)
        asked.setText(session.render(line.asked))
        column.addWidget(asked)
        said = label("annotation", self, wraps=True)
        said.setText(_said(session, line))
        column.addWidget(said)
        if released is not None:
            by = label("annotation", self, wraps=True)
            by.setText(session.tr("gui.release.said", by=released.by, reason=released.reason))
            column.addWidget(by)
        if line.finding is not None:
            release = finding_release(session, line.finding, self)
            if release is not None:
                column.addWidget(release)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)


def _releases(session: Session) -> tuple[Release, ...]:
    """What was released on the study's first scan, whichever is looked at."""
    return () if session.first_scan is None else session.first_scan.stated.releases


def _said(session: Session, line: EligibilityLine) -> str:
    if line.finding is not None:
        return session.render(line.finding.message)
    answer = f"panel.eligibility.{line.answer.value}"
    return session.tr("panel.eligibility.line", answer=answer, said=line.said, required=line.required.id)


def _release_of(line: EligibilityLine, releases: tuple[Release, ...]) -> Release | None:
    return None if line.finding is None else release_of(line.finding, releases)

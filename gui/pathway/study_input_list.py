"""What the pathway needs: each named input with the scans that could be it, and why others cannot."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import label, say, set_tone
from gui.feedback.verdict_mark import TONE_BY_VERDICT, VerdictMark
from gui.intake.series_badges import title
from gui.pathway.input_matches import InputMatches
from gui.theme.tokens import GRID_PX, Tone
from inference.findings import Verdict
from inference.inputs.matching import Availability, Candidate, InputMatch
from inference.inputs.reasons import Fit

if TYPE_CHECKING:
    from gui.session import Session
    from inference.inputs.study_inputs import NamedInput

_MOST_CANDIDATES: Final = 4
_VERDICT: Final = {Fit.GREEN: Verdict.FINE, Fit.AMBER: Verdict.NOTE, Fit.RED: Verdict.REFUSED}
_VERDICT_OF: Final = {
    Availability.ONE: Verdict.FINE,
    Availability.SEVERAL: Verdict.NOTE,
    Availability.TO_CONFIRM: Verdict.NOTE,
    Availability.MISSING: Verdict.REFUSED,
}


def _has_decided(session: Session) -> bool:
    """True once the user, not the order of the files, said which scan is which input."""
    return bool(session.serving) or session.is_picked


class CandidateLine(QWidget):
    """One scan held against an input: mark, name, every reason that speaks against it, and the pick."""

    def __init__(
        self, session: Session, candidate: Candidate, named: NamedInput, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._input = named
        stack = candidate.read.stack
        self._stack_id = stack.stack_id
        reasons = [
            " ".join(session.render(message) for message in one.messages)
            for one in candidate.reasons
            if one.fit is not Fit.GREEN
        ]
        mark = VerdictMark(self)
        mark.show_verdict(_VERDICT[candidate.fit])
        name = label("value", self, wraps=True)
        name.setText(title(session, stack))
        self.pick = QPushButton(self)
        self.pick.setProperty("role", "link")
        is_shown, is_several = session.is_viewed(stack.stack_id), len(session.named_inputs) > 1
        served = session.scan_of(named.id)
        is_used = served is not None and served.stack.stack_id == stack.stack_id
        is_used = is_used and _has_decided(session)
        self.pick.setEnabled(not (is_used and is_shown) and (is_used or candidate.fit is not Fit.RED))
        self.pick.setVisible(is_used or candidate.fit is not Fit.RED)
        said = "in_use" if is_used and is_shown else "show" if is_used else "use_for" if is_several else "use"
        self.pick.setText(session.tr(f"panel.inputs.{said}", input=named.title))
        self.pick.setAccessibleName(f"{self.pick.text()}: {title(session, stack)}")
        self.pick.clicked.connect(self._look if is_used else self._use)
        self.leave = QPushButton(self)
        self.leave.setProperty("role", "link")
        self.leave.setText(session.tr("panel.inputs.do_not_use"))
        self.leave.setAccessibleName(f"{self.leave.text()}: {title(session, stack)}")
        self.leave.setVisible(is_used and is_several)
        self.leave.clicked.connect(self._leave)
        why = label("annotation", self, wraps=True)
        say(why, "\n".join(reasons), TONE_BY_VERDICT[_VERDICT[candidate.fit]] if reasons else Tone.PLAIN)
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(name, 1)
        links = QHBoxLayout()
        links.setSpacing(2 * GRID_PX)
        links.setContentsMargins(20, 0, 0, 0)
        (links if is_several else top).addWidget(self.pick, 0, Qt.AlignmentFlag.AlignTop)
        links.addWidget(self.leave)
        links.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        if is_several:
            column.addLayout(links)
        column.addWidget(why)
        why.setContentsMargins(20, 0, 0, 0)
        self.setAccessibleName(
            ". ".join(
                [title(session, stack), session.tr(f"panel.inputs.{candidate.fit.name.lower()}"), *reasons]
            )
        )

    def _use(self) -> None:
        self._session.use_scan(self._input.id, self._stack_id)

    def _look(self) -> None:
        self._session.choose_stack(self._stack_id)

    def _leave(self) -> None:
        self._session.stop_using(self._input.id)


class StudyInputList(QWidget):
    """Rebuilt when scans, facts or the pick change; nothing is ever picked by the program."""

    def __init__(self, session: Session, matches: InputMatches, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._matches = matches
        self._unfolded: set[str] = set()
        self.lines: list[CandidateLine] = []
        self._body: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        matches.changed.connect(self._on_changed)
        session.pick_changed.connect(self._on_changed)
        session.stack_changed.connect(self._on_changed)
        session.language_changed.connect(self._on_changed)
        self._on_changed()

    def _on_changed(self) -> None:
        if self._body is not None:
            self._column.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
        self.lines = []
        body = self._body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        if self._matches.matches:
            heading = label("heading", body)
            heading.setText(self._session.tr("panel.inputs.heading"))
            column.addWidget(heading)
        for match in self._matches.matches:
            self._add(match, column, body)
        self._column.addWidget(body)
        self.setVisible(bool(self._matches.matches))

    def _add(self, match: InputMatch, column: QVBoxLayout, body: QWidget) -> None:
        session = self._session
        verdict = _VERDICT_OF[match.availability]
        if verdict is Verdict.REFUSED and not match.input.required:
            verdict = Verdict.NOTE
        told = session.render(match.message)
        taken = self._taken(match)
        if verdict is not Verdict.FINE and taken is not None and taken.fit is not Fit.RED:
            # Once the user has decided, nothing is left to pick or to confirm.
            verdict = _VERDICT[taken.fit]
            name = "panel.inputs.used" if taken.fit is Fit.GREEN else "panel.inputs.used_noted"
            told = session.tr(name, input=match.input.title)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID_PX)
        mark = VerdictMark(body)
        mark.show_verdict(verdict)
        said = label("", body, wraps=True)
        said.setText(told)
        set_tone(said, Tone.PLAIN if verdict is Verdict.FINE else TONE_BY_VERDICT[verdict])
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(said, 1)
        column.addLayout(row)
        shown = match.candidates
        if match.input.id not in self._unfolded:
            # Those that may be picked, and the open one; the red rest on demand.
            opened = session.stack.stack_id if session.stack is not None else ""
            used = session.serving.get(match.input.id, opened if session.is_input_implied else "")
            near = [one for one in shown if one.fit is not Fit.RED or one.read.stack.stack_id == used]
            shown = tuple(near[:_MOST_CANDIDATES])
        for candidate in shown:
            line = CandidateLine(session, candidate, match.input, body)
            line.setContentsMargins(22, 0, 0, 0)
            self.lines.append(line)
            column.addWidget(line)
        left = len(match.candidates) - len(shown)
        if left:
            more = QPushButton(body)
            more.setProperty("role", "link")
            more.setText(session.tr("panel.inputs.others", count=left))
            more.clicked.connect(partial(self._unfold, match.input.id))
            column.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)

    def _taken(self, match: InputMatch) -> Candidate | None:
        """The candidate that the user has taken for this input."""
        served = self._session.scan_of(match.input.id)
        if served is None or not _has_decided(self._session):
            return None
        of = served.stack.stack_id
        return next((one for one in match.candidates if one.read.stack.stack_id == of), None)

    def _unfold(self, input_id: str, _checked: bool = False) -> None:
        self._unfolded.add(input_id)
        self._on_changed()

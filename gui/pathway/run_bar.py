"""Run and Cancel, what is under way and for how long, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import label, set_tone
from gui.feedback.verdict_mark import TONE_BY_VERDICT, VerdictMark
from gui.jobs.time_left import time_left
from gui.pathway.readiness import guard_lines, refused_names, run_obstacle, unmet
from gui.pathway.requirements import next_place
from gui.theme.palette import set_look
from gui.theme.tokens import GRID_PX, Tone
from inference.clinical.taken_over import releases_of
from inference.findings import Verdict
from inference.jobs import EndState
from inference.messages.message import LIST_MARK

if TYPE_CHECKING:
    from gui.session import Session

_REFRESH_MS: Final = 250
_STEPS: Final = 1000
_MOST_NAMED: Final = 3
"""So many failing checks are named here; the list above names them all."""

_VERDICT_BY_END: Final = {
    EndState.DONE: Verdict.FINE,
    EndState.REFUSED: Verdict.NOTE,
    EndState.FAILED: Verdict.REFUSED,
    EndState.CANCELLED: None,
}


class RunBar(QWidget):
    """The one place from which an answer is asked for; it always says what the next step is.

    ``guidance_wanted`` asks to be taken to where the next missing thing is provided.
    """

    guidance_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.run_button = QPushButton(self)
        self.run_button.setProperty("role", "primary")
        self.run_button.clicked.connect(session.run)
        self.cancel_button = QPushButton(self)
        self.cancel_button.clicked.connect(session.cancel)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(GRID_PX)
        self.mark = VerdictMark(self)
        self.status = label("muted", self, wraps=True)
        self.time_left = label("muted", self)
        self.show_me = QPushButton(self)
        self.show_me.setProperty("role", "link")
        self.show_me.clicked.connect(self.guidance_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID_PX)
        buttons.addWidget(self.run_button, 1)
        buttons.addWidget(self.cancel_button)
        said = QHBoxLayout()
        said.setSpacing(2 * GRID_PX)
        said.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.status, 1)
        said.addWidget(self.time_left, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.show_me, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(int(1.5 * GRID_PX))
        column.addLayout(buttons)
        column.addWidget(self.progress)
        column.addLayout(said)
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self._show_running)
        for signal in (
            session.job_changed,
            session.volume_changed,
            session.mask_changed,
            session.record_changed,
            session.stated_changed,
            session.pack_changed,
            session.rule_set_changed,
            session.outcome_changed,
            session.language_changed,
            session.pick_changed,
            session.inputs.changed,
        ):
            signal.connect(self._on_changed)
        self._on_changed()

    def _on_changed(self) -> None:
        session = self._session
        busy = session.is_busy
        obstacle = run_obstacle(session)
        self.run_button.setEnabled(obstacle is None)
        self.run_button.setText(session.tr(self._verb()))
        # Blue is the next step: an answer that is there, would be withheld or rest on less, is none.
        refused = () if obstacle is not None or busy else refused_names(guard_lines(session))
        is_next = not (session.is_current or refused or unmet(session))
        set_look(self.run_button, role="primary" if is_next else "")
        self.run_button.setToolTip("" if obstacle is None else session.render(obstacle))
        self.run_button.setAccessibleDescription(self.run_button.toolTip())
        lacks = obstacle is not None or bool(unmet(session))
        self.show_me.setText(session.tr("panel.run.show_me" if lacks else "panel.run.next_value"))
        self.show_me.setToolTip(session.tr("panel.run.show_me.tip"))
        self.show_me.setVisible(not busy and not session.is_current and bool(next_place(session)))
        self.cancel_button.setText(session.tr("panel.run.cancel"))
        self.cancel_button.setVisible(busy)
        self.progress.setVisible(busy)
        self.progress.setAccessibleName(session.tr("panel.run.progress"))
        self.time_left.setVisible(busy)
        if busy:
            self._timer.start()
            self._show_running()
        else:
            self._timer.stop()
            self._show_standing(refused)

    def _verb(self) -> str:
        if self._session.outcome is None:
            return "panel.run.run"
        return "panel.run.again" if self._session.is_current else "panel.run.recalculate"

    def _show_running(self) -> None:
        job = self._session.job
        if job is None or not self._session.is_busy:
            return
        fraction = job.fraction
        self.progress.setRange(0, 0 if fraction is None else _STEPS)
        if fraction is not None:
            self.progress.setValue(round(fraction * _STEPS))
        stage = "panel.run.cancelling" if job.is_cancelling else job.stage or "panel.run.starting"
        self._say(None, self._session.tr(stage))
        self.cancel_button.setEnabled(not job.is_cancelling)
        left = None if job.is_cancelling else time_left(job.remaining_s)
        self.time_left.setText("" if left is None else self._session.render(left))

    def _show_standing(self, refused: tuple[str, ...]) -> None:
        """Say how the last run ended while that still holds, else what stands in the way or comes next."""
        session = self._session
        obstacle = run_obstacle(session)
        end = session.last_end
        stale = session.outcome is not None and not session.is_current
        if end is not None and not (end.state is EndState.DONE and stale):
            is_withheld = session.outcome is not None and not session.outcome.assessment.is_answered
            told = Verdict.NOTE if end.state is EndState.DONE and is_withheld else _VERDICT_BY_END[end.state]
            self._say(told, self._end_text(end.state))
        elif obstacle is not None:
            self._say(None, session.render(obstacle))
        elif stale:
            self._say(Verdict.NOTE, session.tr("panel.run.stale"))
        elif refused:
            names = tuple(dict.fromkeys(refused))
            checks, left = LIST_MARK.join(names[:_MOST_NAMED]), len(names) - _MOST_NAMED
            text = session.tr("panel.run.would_be_withheld", checks=checks)
            if left > 0:
                text = session.tr("panel.run.would_be_withheld.more", checks=checks, count=left)
            self._say(Verdict.REFUSED, text)
        elif lacking := unmet(session):
            first = lacking[0]
            self._say(Verdict.NOTE, session.render(first.why or first.what))
        elif self._is_released():
            self._say(Verdict.NOTE, session.tr("panel.run.ready_released"))
        else:
            self._say(Verdict.FINE, session.tr("panel.run.ready"))

    def _is_released(self) -> bool:
        """True when somebody lifted a refusal of a scan, or took over values of another patient's name."""
        case = self._session.case_input
        of_scans = case is not None and any(scan.stated.releases for _, scan in case.by_scan())
        return of_scans or bool(releases_of(self._session.record))

    def _end_text(self, state: EndState) -> str:
        session = self._session
        end = session.last_end
        assert end is not None
        stage = session.tr(end.stage) if end.stage else session.tr("panel.run.starting")
        reason = "" if end.message is None else session.render(end.message)
        if state is EndState.DONE:
            seconds = session.outcome_seconds
            if session.outcome is None or seconds is None:
                return session.tr("panel.run.done_other")
            given = session.outcome.assessment.is_answered
            return session.tr(f"panel.run.{'done' if given else 'withheld'}", seconds=f"{seconds:.1f}")
        if state is EndState.CANCELLED:
            return session.tr("panel.run.cancelled", stage=stage)
        return session.tr(f"panel.run.{state.value}", stage=stage, reason=reason)

    def _say(self, verdict: Verdict | None, text: str) -> None:
        self.mark.show_verdict(verdict)
        self.status.setText(text)
        set_tone(self.status, Tone.PLAIN if verdict is None else TONE_BY_VERDICT[verdict])
        self.status.setAccessibleName(text)

"""Which scans of the patient fit the study's named inputs, as the window knows them now."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gui.pathway.pixel_meanings import PixelMeanings
from inference.clinical.days import treatment_day
from inference.clinical.schema import load_form
from inference.inputs.matching import InputMatch, ReadStack, match_inputs
from inference.inputs.reasons import Fit
from inference.inputs.study_inputs import load_study_inputs
from inference.jobs import OnProgress, Progress, ShouldStop, stop_if_asked
from inference.meaning.understanding import Meaning, understand
from inference.scan import Plan

if TYPE_CHECKING:
    from gui.session import Session

_STAGE: Final = "stage.understanding"
_AT_ONCE: Final = 40
"""So many stacks are matched in a few milliseconds; more of them in a job."""


class InputMatches(QObject):
    """Understands all stacks by their tags in a job, those in sight by their pixels too, and matches them."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._meanings: dict[str, Meaning] = {}
        self.pixels = PixelMeanings(session, self)
        self.matches: tuple[InputMatch, ...] = ()
        self._turn = 0
        self._treatment: date | None = None
        # A case that opens changes stack, facts and volume at once: matched once, in a turn of its own.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._match)
        session.plan_changed.connect(self._on_plan_changed)
        for signal in (session.volume_changed, session.stated_changed, session.stack_changed):
            signal.connect(self._later.start)
        self.pixels.learned.connect(self._later.start)
        session.study_changed.connect(self._match)
        session.record_changed.connect(self._on_record_changed)
        self._on_plan_changed()

    @property
    def needs_pick(self) -> bool:
        """True when several scans could be an input and the user has not said which."""
        several = any(sum(one.fit is not Fit.RED for one in match.candidates) > 1 for match in self.matches)
        return several and not self._session.is_picked and self._session.is_input_implied

    def _on_plan_changed(self) -> None:
        session = self._session
        self._meanings = {}
        stacks = session.stacks_of_patient()
        self._match()
        if not stacks:
            return

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Plan | None, dict[str, Meaning]]:
            found: dict[str, Meaning] = {}
            for done, stack in enumerate(stacks, 1):
                stop_if_asked(should_stop)
                found[stack.stack_id] = understand(stack, None)
                on_progress(Progress(done, len(stacks), _STAGE))
            return plan, found

        plan = session.plan
        job = session.jobs.aside("understand", work, of_case=False)
        job.succeeded.connect(self._on_understood)
        job.start()

    @Slot(object)
    def _on_understood(self, result: tuple[Plan | None, dict[str, Meaning]]) -> None:
        plan, found = result
        if plan is self._session.plan:
            self._meanings = found
            self._match()

    def _treatment_day(self) -> date | None:
        return treatment_day(load_form(self._session.study), self._session.record)

    def _on_record_changed(self) -> None:
        """Scans are held against the day of treatment; other values change nothing here."""
        if self._treatment_day() != self._treatment:
            self._later.start()

    def _match(self) -> None:
        session, opened = self._session, self._session.stack
        reads = []
        for stack in session.stacks_of_patient():
            meaning = self.pixels.of(stack) or self._meanings.get(stack.stack_id)
            if opened is not None and opened.stack_id == stack.stack_id:
                # As it is now, perhaps straightened, and with what was stated about it.
                meaning = session.meaning or meaning
                if meaning is not None:
                    reads.append(ReadStack(opened, meaning, session.stated))
            elif (kept := session.scan(stack.stack_id)) is not None and meaning is not None:
                reads.append(ReadStack(kept.stack, meaning, kept.stated))
            elif meaning is not None:
                reads.append(ReadStack(stack, meaning))
        study, today = load_study_inputs(session.study), session.clock.now().date()
        treatment = self._treatment = self._treatment_day()
        self._turn += 1
        if len(reads) <= _AT_ONCE:
            self._accept(
                (self._turn, match_inputs(study, reads, today=today, treatment=treatment) if reads else ())
            )
            return
        turn = self._turn

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> tuple[int, tuple[InputMatch, ...]]:
            return turn, match_inputs(study, reads, today=today, treatment=treatment)

        job = session.jobs.aside("understand", work, of_case=False)
        job.succeeded.connect(self._accept)
        job.start()

    @Slot(object)
    def _accept(self, result: tuple[int, tuple[InputMatch, ...]]) -> None:
        turn, matches = result
        if turn == self._turn:
            self.matches = matches
            self.changed.emit()

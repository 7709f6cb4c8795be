"""What the pixels of stacks say that nobody has opened: found quietly, while nothing else is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from gui.intake.stack_choice import is_viewable
from inference.errors import ConciliumError
from inference.jobs import EndState, JobEnd, OnProgress, ShouldStop, stop_if_asked
from inference.meaning.understanding import Meaning
from inference.scan import Plan, Stack

if TYPE_CHECKING:
    from gui.jobs.job import BackgroundJob
    from gui.session import Session

_QUIET_MS: Final = 150
"""Nothing has been read for so long: the hand rests."""
_BY_PIXELS: Final = ("CT", "")


class PixelMeanings(QObject):
    """Understands the stacks whose pictures are in the list; each once, one at a time.

    Whatever is read for the user comes first: a job that reads makes this one give way, and what was left
    goes on afterwards.  ``learned`` names a stack whose pixels have been heard.
    """

    learned = Signal(str)
    _arrived = Signal(object, str, object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._plan: Plan | None = None
        self._known: dict[str, Meaning] = {}
        self._waiting: dict[str, Stack] = {}
        self._job: BackgroundJob | None = None
        self._is_ending = False
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MS)
        self._quiet.timeout.connect(self._start)
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)
        session.plan_changed.connect(self._on_plan_changed)
        session.thumbnail_ready.connect(self._on_thumbnail_ready)
        session.volume_changed.connect(self._on_volume_changed)
        session.intake_job_changed.connect(self._on_reading_changed)
        session.jobs.ending.connect(self._on_ending)

    def of(self, stack: Stack) -> Meaning | None:
        """What tags and pixels of a stack of the open source say together, once that is known."""
        return self._known.get(stack.stack_id)

    def _on_plan_changed(self) -> None:
        if self._session.plan is not self._plan:
            self._plan = self._session.plan
            self._known, self._waiting = {}, {}
            self._give_way()

    def _on_thumbnail_ready(self, stack_id: str) -> None:
        """What is in sight is of interest, and its source has just been read."""
        if self._plan is None or stack_id in self._known or stack_id in self._waiting:
            return
        stack = next((one for one in self._plan.stacks if one.stack_id == stack_id), None)
        kind = stack.acquisition.modality.strip().upper() if stack is not None else None
        if stack is not None and kind in _BY_PIXELS and is_viewable(stack):
            self._waiting[stack_id] = stack
            self._quiet.start()

    def _on_volume_changed(self) -> None:
        """The open stack has been understood by its reader; that holds after it is closed."""
        session = self._session
        stack, meaning = session.stack, session.meaning
        # What the user states is not what the pixels say.
        if stack is not None and meaning is not None and not session.stated.modality:
            self._waiting.pop(stack.stack_id, None)
            if self._plan is not None and any(stack is one for one in self._plan.stacks):
                self._known[stack.stack_id] = meaning

    def _on_reading_changed(self) -> None:
        if self._is_somebody_reading():
            self._give_way()
        elif self._waiting:
            self._quiet.start()

    def _on_ending(self) -> None:
        self._is_ending = True
        self._give_way()

    def _give_way(self) -> None:
        self._quiet.stop()
        if self._job is not None:
            self._job.cancel()

    def _is_somebody_reading(self) -> bool:
        job = self._session.intake_job
        return job is not None and job.is_running

    def _start(self) -> None:
        plan, session = self._plan, self._session
        if plan is None or not self._waiting or self._job is not None or self._is_ending:
            return
        if self._is_somebody_reading():
            return
        intake, stacks = session.intake, tuple(self._waiting.values())

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> None:
            for stack in stacks:
                stop_if_asked(should_stop)
                try:
                    meaning = intake.understand(plan, stack, should_stop=should_stop)
                except ConciliumError:
                    # Reading it aloud is for whoever opens it.
                    meaning = None
                self._arrived.emit(plan, stack.stack_id, meaning)

        self._job = session.jobs.aside("understand", work, of_case=False)
        self._job.ended.connect(self._on_ended)
        self._job.start()

    @Slot(object, str, object)
    def _on_arrived(self, plan: Plan, stack_id: str, meaning: Meaning | None) -> None:
        if plan is not self._plan:
            return
        self._waiting.pop(stack_id, None)
        if meaning is not None:
            self._known[stack_id] = meaning
            self.learned.emit(stack_id)

    @Slot(object)
    def _on_ended(self, end: JobEnd[None]) -> None:
        self._job = None
        if end.state is EndState.FAILED:
            # Not tried again: it would fail again.
            self._waiting = {}
        if self._waiting and not self._is_somebody_reading() and not self._is_ending:
            self._quiet.start()

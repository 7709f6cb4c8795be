"""The jobs of a session: one runs on the files, one on the case; results of a closed case are dropped."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal, Slot

from gui.intake.thumbnail import coarsened
from gui.jobs.job import BackgroundJob, Work
from gui.jobs.mask_import import MaskImport, MaskOffer
from gui.jobs.pack_job import PackJob
from gui.jobs.paper_jobs import PaperJobs
from gui.jobs.variation_job import VariationJob
from gui.notice import NoticeKind
from gui.viewer.slice_source import SliceSource
from inference.errors import ConciliumError
from inference.findings import Verdict, worst_view
from inference.jobs import EndState, JobEnd, OnProgress, Progress, ShouldStop, stop_if_asked
from inference.masks.layer import MaskLayer
from inference.messages.message import Message
from inference.scan import Plan, Stack
from inference.volume import Volume

if TYPE_CHECKING:
    from gui.session import Session
    from inference.case_input import CaseInput
    from inference.packs.load import LoadedPack
    from inference.rules.rule_book import RuleBook

Accept = Callable[[Any], None]

_READING: Final = frozenset({"load", "mask", "straighten"})


class CaseJobs(QObject):
    """Starts the work of a session and hands its results back in the window's thread.

    Scanning, loading and reading masks share the one intake worker and run in turn; an assessment or
    segmentation runs beside them.
    """

    provisional_arrived = Signal(object)
    ending = Signal()
    _slice_arrived = Signal(str, int, object)
    _thumbnail_arrived = Signal(str, object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.mask_import = MaskImport(session)
        self.variation = VariationJob(session)
        self.pack = PackJob(session)
        self.pack.refused.connect(self._tell)
        self.papers = PaperJobs(session)
        self.papers.unwritten.connect(self._tell)
        queued = Qt.ConnectionType.QueuedConnection
        self._slice_arrived.connect(self._on_slice_arrived, queued)
        self._thumbnail_arrived.connect(self._on_thumbnail_arrived, queued)
        self._running: set[BackgroundJob] = set()
        self._unwanted: set[BackgroundJob] = set()
        self._accept: dict[BackgroundJob, Accept] = {}
        self._next_intake: Callable[[], None] | None = None
        self._thumbnails: tuple[Plan, tuple[Stack, ...]] | None = None
        self._drawing: tuple[Plan, tuple[Stack, ...]] | None = None

    # Intake

    def scan(self, path: Path) -> None:
        """Find out what a folder or file holds."""
        intake = self._session.intake

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> Plan:
            return intake.scan(path, on_progress, should_stop, self.provisional_arrived.emit)

        self._start_intake("scan", work, self._session.accept_plan)

    def load(self, plan: Plan, stack: Stack) -> None:
        """Read the slices of a stack; the middle one is shown as soon as it is there."""
        intake = self._session.intake
        first = SliceSource.loading(stack).first_index

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> Volume:
            on_progress(Progress(0, 0, "stage.reading"))
            if stack.frames[first] is not None:
                pixels = intake.load_slice(plan, stack, first)
                self._slice_arrived.emit(stack.stack_id, first, pixels)
            from inference.meaning.known_meanings import meaning_of

            volume = intake.load(plan, stack, on_progress=on_progress, should_stop=should_stop)
            # Hashed and understood here, so that the window need not: it asks for both at once.
            volume.pixel_sha256()
            meaning_of(stack, volume)
            return volume

        def accept(volume: Volume) -> None:
            if self._session.stack is stack:
                self._session.accept_volume(volume)

        self._start_intake("load", work, accept)

    def reload(self) -> None:
        """Read the open stack again after its reading was cancelled."""
        session = self._session
        idle = session.intake_job is None or not session.intake_job.is_running
        if idle and session.volume is None and session.plan is not None and session.stack is not None:
            self.load(session.plan, session.stack)

    def draw_thumbnails(self, plan: Plan, stacks: tuple[Stack, ...]) -> None:
        """Read the middle slice of each stack once nothing else waits to be read; what is in sight first."""
        waiting = self._thumbnails
        earlier = waiting[1] if waiting is not None and waiting[0] is plan else ()
        self._thumbnails = (plan, tuple(dict.fromkeys((*stacks, *earlier))))
        self._start_thumbnails()

    def _start_thumbnails(self) -> None:
        waiting, running = self._thumbnails, self._session.intake_job
        if waiting is None or (running is not None and running.is_running):
            return
        self._thumbnails, self._drawing = None, waiting
        plan, stacks = waiting
        intake = self._session.intake

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> None:
            for stack in stacks:
                stop_if_asked(should_stop)
                if stack.slice_count == 0 or worst_view(stack.findings) is Verdict.REFUSED:
                    continue
                try:
                    pixels = intake.load_slice(plan, stack, SliceSource.loading(stack).first_index)
                except ConciliumError:
                    continue
                self._thumbnail_arrived.emit(stack.stack_id, coarsened(pixels))

        self._start_intake("thumbnails", work, lambda _: None)

    def read_mask(self, path: Path, plan: Plan, stack: Stack) -> None:
        """Read a mask file onto the grid of ``stack``."""
        intake = self._session.intake

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> MaskOffer:
            imported = intake.read_mask(path, plan, stack, on_progress=on_progress, should_stop=should_stop)
            return MaskOffer(imported, path.name, stack)

        self._start_intake("mask", work, self.mask_import.accept)

    # Pack and case

    def warm_up(self) -> None:
        """Spawn the intake worker before it is needed."""
        intake = self._session.intake

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> None:
            intake.start()
            # Importing holds the window up when it does it itself at the first volume.
            import inference.pipeline  # noqa: F401

        self._make("warm_up", "", work).start()

    def forget_sources(self) -> None:
        """Remove what is remembered of sources; nothing of the open case is lost."""
        intake = self._session.intake

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> None:
            intake.forget()

        job = self._make("forget", "", work)
        job.succeeded.connect(self._on_forgotten)
        job.start()

    def segment(self, case: CaseInput, pack: LoadedPack) -> None:
        """Propose a mask."""

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> MaskLayer:
            from inference.pipeline import segment

            return segment(case, pack, on_progress=on_progress, should_stop=should_stop)

        of = case.stack.stack_id

        def accept(layer: MaskLayer) -> None:
            from gui.commands.mask_commands import ReplaceMask

            if self._session.scan(of) is not None:
                self._session.undo_stack.push(ReplaceMask(self._session, layer, "segment", of))

        self._start_case("segment", work, accept)

    def assess(self, case: CaseInput, pack: LoadedPack, rule_set: str, rules: RuleBook | None) -> None:
        """Assess the case; ``rules`` are a site's, in place of those that the pack asks for."""

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Any, float]:
            from inference.pipeline import assess

            started_s = time.monotonic()
            outcome = assess(
                case,
                pack,
                rule_set=rule_set,
                rules=rules,
                on_progress=on_progress,
                should_stop=should_stop,
            )
            return outcome, time.monotonic() - started_s

        def accept(result: tuple[Any, float]) -> None:
            self._session.accept_outcome(*result, has_drawn=case.mask is None)
            self.variation.start(case, pack, rules)

        self._start_case("assess", work, accept)

    def aside(self, kind: str, work: Work, *, of_case: bool = True) -> BackgroundJob:
        """A job beside the others (the report's preview …); who asks listens to it and starts it."""
        return self._make(kind, self._session.case_key if of_case else "", work)

    # Ending

    def cancel_case(self) -> None:
        """Stop what runs for the open case; its results will be dropped."""
        for job in list(self._running):
            if job.case_key:
                job.cancel()
        self._next_intake = None

    def cancel_reading(self) -> None:
        """Stop reading what is no longer looked at; what runs for the case goes on."""
        for job in list(self._running):
            if job.kind in _READING:
                self._unwanted.add(job)
                job.cancel()
        self._next_intake = None

    def drop_answer(self) -> None:
        """Stop what is asked of the pack; its result is dropped though it may come yet."""
        job, self._session.job = self._session.job, None
        if job is not None:
            job.cancel()

    def cancel_all(self) -> None:
        """Stop everything that runs."""
        for job in list(self._running):
            job.cancel()
        self._next_intake = None
        self._thumbnails = None

    def shut_down(self, timeout_s: float) -> None:
        """Stop and join everything."""
        self.ending.emit()
        self.cancel_all()
        deadline = time.monotonic() + timeout_s
        for job in list(self._running):
            job.wait(max(0.0, deadline - time.monotonic()))

    # Inside

    def _make(self, kind: str, case_key: str, work: Work) -> BackgroundJob:
        job = BackgroundJob(kind, case_key, work, self)
        self._running.add(job)
        job.ended.connect(self._on_any_ended)
        return job

    def _start_intake(self, kind: str, work: Work, accept: Accept) -> None:
        running = self._session.intake_job
        if running is not None and running.is_running:
            running.cancel()
            self._next_intake = lambda: self._start_intake(kind, work, accept)
            return
        case_key = self._session.case_key
        job = self._make(kind, case_key, work)
        self._accept[job] = accept
        self._session.intake_job = job
        job.progressed.connect(self._session.intake_job_changed)
        job.ended.connect(self._on_intake_ended)
        job.start()
        self._session.intake_job_changed.emit()

    def _start_case(self, kind: str, work: Work, accept: Accept) -> None:
        job = self._make(kind, self._session.case_key, work)
        self._accept[job] = accept
        self._session.job = job
        self._session.last_end = None
        job.progressed.connect(self._session.job_changed)
        job.ended.connect(self._on_case_ended)
        job.start()
        self._session.job_changed.emit()

    @Slot(object)
    def _on_any_ended(self, _end: JobEnd[Any]) -> None:
        job = self.sender()
        if isinstance(job, BackgroundJob):
            self._running.discard(job)
            self._unwanted.discard(job)
            job.deleteLater()

    @Slot(object)
    def _on_intake_ended(self, end: JobEnd[Any]) -> None:
        session = self._session
        job, session.intake_job = session.intake_job, None
        assert job is not None
        accept = self._accept.pop(job)
        following, self._next_intake = self._next_intake, None
        if job.kind == "thumbnails" and end.state is EndState.CANCELLED:
            self._draw_later()
        if following is not None:
            following()
        elif end.case_key == session.case_key and job not in self._unwanted:
            if end.state is EndState.DONE:
                accept(end.result)
            elif job.kind != "thumbnails":
                self._tell(end)
            if job.kind == "scan" and session.stack is not None and session.volume is None:
                # The scan had interrupted the reading of the case that stays open.
                self.reload()
        session.intake_job_changed.emit()
        self._start_thumbnails()

    def _draw_later(self) -> None:
        """What gave way to more urgent reading is drawn afterwards, unless the source has been closed."""
        if self._drawing is not None and self._drawing[0] is self._session.plan:
            plan, stacks = self._drawing
            left = tuple(stack for stack in stacks if stack.stack_id not in self._session.thumbnails)
            self.draw_thumbnails(plan, left)

    @Slot(str, int, object)
    def _on_slice_arrived(self, stack_id: str, index: int, pixels: NDArray[np.int16]) -> None:
        self._session.accept_early_slice(stack_id, index, pixels)

    @Slot(str, object)
    def _on_thumbnail_arrived(self, stack_id: str, pixels: NDArray[np.int16]) -> None:
        self._session.accept_thumbnail(stack_id, pixels)

    @Slot(object)
    def _on_case_ended(self, end: JobEnd[Any]) -> None:
        job, session = self.sender(), self._session
        if not isinstance(job, BackgroundJob):
            return
        accept = self._accept.pop(job)
        is_awaited = job is session.job
        if is_awaited:
            session.job = None
        if end.case_key != session.case_key or not is_awaited:
            session.job_changed.emit()
            return
        if end.state is EndState.DONE:
            accept(end.result)
        session.accept_job_end(end)

    @Slot(object)
    def _on_forgotten(self, _result: object) -> None:
        self._session.raise_notice(NoticeKind.DONE, Message("gui.notice.forgotten"))

    @Slot(object)
    def _tell(self, end: JobEnd[Any]) -> None:
        kinds = {
            EndState.REFUSED: NoticeKind.REFUSED,
            EndState.FAILED: NoticeKind.FAILED,
            EndState.CANCELLED: NoticeKind.CANCELLED,
        }
        if end.message is not None and end.state in kinds:
            self._session.raise_notice(kinds[end.state], end.message)

"""Straightening the open scan: offered where its slices are tilted, done in a job, recorded as a finding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gui.notice import NoticeKind
from inference.jobs import JobEnd, OnProgress, ShouldStop
from inference.messages.message import Message
from inference.preprocessing.straighten import straighten, tilt_deg, without_tilt
from inference.scan import Stack
from inference.volume import Volume

if TYPE_CHECKING:
    from gui.session import Session


class Straightening(QObject):
    """One straightening of one volume; a result that belongs to a scan no longer open is dropped."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session

    def start(self) -> None:
        """Begin, when a whole scan is open."""
        session = self._session
        stack, volume = session.stack, session.volume
        if stack is None or volume is None:
            self.deleteLater()
            return

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Stack, Volume]:
            from inference.meaning.known_meanings import meaning_of

            upright = straighten(volume, on_progress, should_stop)
            made = replace(
                stack,
                geometry=upright.geometry,
                rows_columns=upright.geometry.shape[1:],
                findings=without_tilt(stack.findings),
            )
            upright.pixel_sha256()
            meaning_of(made, upright)
            return made, upright

        self._volume = volume
        job = session.jobs.aside("straighten", work)
        job.succeeded.connect(self._on_straightened)
        job.failed.connect(self._on_failed)
        job.ended.connect(self.deleteLater)
        job.start()

    @Slot(object)
    def _on_straightened(self, result: tuple[Stack, Volume]) -> None:
        session = self._session
        if session.volume is not self._volume:
            return
        degrees = round(tilt_deg(self._volume.geometry), 1)
        session.replace_scan(*result)
        session.raise_notice(NoticeKind.DONE, Message("gui.notice.straightened", {"degrees": degrees}))

    @Slot(object)
    def _on_failed(self, end: JobEnd) -> None:
        if end.message is not None:
            self._session.raise_notice(NoticeKind.FAILED, end.message)

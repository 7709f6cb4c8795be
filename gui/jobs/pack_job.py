"""Opening the pack of the study: verified and loaded in the background, the last one asked for alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from inference.jobs import JobEnd, OnProgress, ShouldStop

if TYPE_CHECKING:
    from gui.jobs.job import BackgroundJob
    from gui.session import Session
    from inference.packs.load import LoadedPack


class PackJob(QObject):
    """One at a time; a pack of a study that has been left is dropped.  ``refused`` is how one ended."""

    refused = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._job: BackgroundJob | None = None

    def start(self) -> None:
        """Verify and load the pack; nothing of the window waits for it."""
        session = self._session
        study, request = session.study, session.pack_request

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> LoadedPack:
            return session.packs.open(study, request)

        job = self._job = session.jobs.aside("pack", work, of_case=False)
        job.succeeded.connect(self._on_opened)
        job.refused.connect(self._on_refused)
        job.failed.connect(self._on_refused)
        job.start()

    @Slot(object)
    def _on_opened(self, pack: LoadedPack) -> None:
        if self.sender() is self._job:
            self._session.accept_pack(pack, None)

    @Slot(object)
    def _on_refused(self, end: JobEnd[Any]) -> None:
        if self.sender() is self._job:
            self._session.accept_pack(None, end.message)
            self.refused.emit(end)

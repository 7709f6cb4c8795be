"""After an answer: small changes are tried in the background, and what came of them takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from gui.notice import NoticeKind
from inference.jobs import EndState, JobEnd, OnProgress, ShouldStop

if TYPE_CHECKING:
    from gui.jobs.job import BackgroundJob
    from gui.session import Session
    from inference.case_input import CaseInput
    from inference.outcome import Outcome
    from inference.packs.load import LoadedPack
    from inference.rules.rule_book import RuleBook


class VariationJob(QObject):
    """One at a time, for the outcome that is shown; what belongs to another is dropped.

    While that outcome is stale its variations wait: what was changed may be changed back.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.job: BackgroundJob | None = None
        self._of: Outcome | None = None
        self._waiting: Outcome | None = None
        session.outcome_changed.connect(self._on_outcome_changed)
        session.currency_changed.connect(self._on_currency_changed)

    @property
    def is_running(self) -> bool:
        """True while changes are being tried for the outcome that is shown."""
        return self.job is not None and self.job.is_running and self._of is self._session.outcome

    def start(self, case: CaseInput, pack: LoadedPack, rules: RuleBook | None) -> None:
        """Begin for the session's outcome, which was computed from ``case``, ``pack`` and ``rules``."""
        outcome = self._session.outcome
        if outcome is None or not outcome.readings:
            return

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> Outcome:
            from inference.varying import vary

            return vary(outcome, case, pack, rules=rules, on_progress=on_progress, should_stop=should_stop)

        self._of, self._waiting = outcome, None
        self.job = self._session.jobs.aside("vary", work)
        self.job.progressed.connect(self.changed)
        self.job.succeeded.connect(self._on_varied)
        self.job.ended.connect(self._on_ended)
        self.job.start()
        self.changed.emit()

    @Slot()
    def _on_outcome_changed(self) -> None:
        if self._session.outcome is self._of:
            return
        self._waiting = None
        if self.job is not None:
            self.job.cancel()

    @Slot(object)
    def _on_varied(self, varied: Outcome) -> None:
        if self._session.outcome is self._of:
            self._waiting = varied
            self._on_currency_changed()

    @Slot()
    def _on_currency_changed(self) -> None:
        session, varied = self._session, self._waiting
        if varied is not None and session.is_current:
            self._of, self._waiting = varied, None
            session.accept_outcome(varied, session.outcome_seconds or 0.0, has_drawn=False)

    @Slot(object)
    def _on_ended(self, end: JobEnd[Any]) -> None:
        if self.sender() is not self.job:
            return
        self.job = None
        if end.state in (EndState.REFUSED, EndState.FAILED) and end.message is not None:
            self._session.raise_notice(NoticeKind.FAILED, end.message)
        self.changed.emit()

"""After an answer: small changes are tried in the background, and what came of them takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from inference.jobs import OnProgress, ShouldStop

if TYPE_CHECKING:
    from gui.jobs.job import BackgroundJob
    from gui.session import Session
    from inference.case_input import CaseInput
    from inference.outcome import Outcome
    from inference.packs.load import LoadedPack
    from inference.rules.rule_book import RuleBook


class VariationJob(QObject):
    """One at a time, for the outcome that is shown; what belongs to another is dropped."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.job: BackgroundJob | None = None
        self._of: Outcome | None = None
        session.outcome_changed.connect(self._on_outcome_changed)

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

        self._of = outcome
        self.job = self._session.jobs.aside("vary", work)
        self.job.progressed.connect(self.changed)
        self.job.succeeded.connect(self._on_varied)
        self.job.ended.connect(self._on_ended)
        self.job.start()
        self.changed.emit()

    @Slot()
    def _on_outcome_changed(self) -> None:
        if self.job is not None and self._session.outcome is not self._of:
            self.job.cancel()

    @Slot(object)
    def _on_varied(self, varied: Outcome) -> None:
        session = self._session
        if session.outcome is self._of and session.is_current:
            self._of = varied
            session.accept_outcome(varied, session.outcome_seconds or 0.0)

    @Slot(object)
    def _on_ended(self, _end: object) -> None:
        if self.sender() is self.job:
            self.job = None
            self.changed.emit()

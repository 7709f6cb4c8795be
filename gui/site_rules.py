"""A site's rule file in place of the project's rules, for the study at hand; it is not remembered."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from inference.errors import ConciliumError
from inference.jobs import OnProgress, ShouldStop
from inference.messages.message import Message
from inference.rules.rule_file import RuleFileError, read_site_rules, require_study, rules_of

if TYPE_CHECKING:
    from gui.jobs.job import BackgroundJob
    from gui.session import Session
    from inference.rules.rule_book import RuleBook


@dataclass(frozen=True, slots=True)
class RefusedRules:
    """A file that was not taken, and everything that is wrong with it."""

    file: str
    problems: tuple[Message, ...]


class SiteRules(QObject):
    """Which rules the next run reads; a file that cannot be used changes nothing but ``refused``."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._job: BackgroundJob | None = None
        self.site: RuleBook | None = None
        self.refused: RefusedRules | None = None
        session.study_changed.connect(self._on_study_changed)

    @property
    def book(self) -> RuleBook | None:
        """The site's rules, or those that the pack asks for; None while there is no pack."""
        pack = self._session.pack
        return self.site if pack is None else rules_of(pack.manifest, self.site)

    def read(self, path: Path) -> None:
        """Read a file of the site; if all is well, its rules stand in for the project's."""

        def work(on_progress: OnProgress, should_stop: ShouldStop) -> RuleBook | RefusedRules:
            try:
                return read_site_rules(path)
            except RuleFileError as error:
                return RefusedRules(path.name, error.problems)
            except ConciliumError as error:
                return RefusedRules(path.name, (error.message,))

        self._job = self._session.jobs.aside("rules", work, of_case=False)
        self._job.succeeded.connect(self._on_read)
        self._job.start()

    def take_back(self) -> None:
        """Go back to the project's rules."""
        self._take(None)

    @Slot(object)
    def _on_read(self, found: RuleBook | RefusedRules) -> None:
        if self.sender() is not self._job:
            return
        if not isinstance(found, RefusedRules):
            found = self._fitting(found)
        if isinstance(found, RefusedRules):
            self.refused = found
            self.changed.emit()
        else:
            self._take(found)

    def _fitting(self, book: RuleBook) -> RuleBook | RefusedRules:
        """The rules, unless they are another study's or read what the pack does not give."""
        try:
            require_study(book, self._session.study)
            if self._session.pack is not None:
                rules_of(self._session.pack.manifest, book)
        except ConciliumError as error:
            return RefusedRules(book.file.name, (error.message,))
        return book

    def _take(self, site: RuleBook | None) -> None:
        self.site, self.refused = site, None
        session = self._session
        known = [] if self.book is None else [each.id for each in self.book.rule_sets]
        if known and session.rule_set not in known:
            session.rule_set = known[0]
        session.rule_set_changed.emit()
        session.currency_changed.emit()
        self.changed.emit()

    def _on_study_changed(self) -> None:
        """Rules of another study are nobody's here."""
        self._job = self.site = self.refused = None
        self.changed.emit()

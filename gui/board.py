"""What the board says of the open case: an own opinion before the answer is seen, and its decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from inference.decisions.board_decision import BoardDecision, OwnOpinion

if TYPE_CHECKING:
    from gui.session import Session
    from inference.outcome import HeatMap


class Board(QObject):
    """Opinion and decision belong to the open case and its pathway; another asks for both again.

    While ``is_wanted``, an answer stays hidden until somebody has committed a view of the case.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._asked_for = ("", "")
        self.is_wanted = False
        self._opinion: OwnOpinion | None = None
        self._decision: BoardDecision | None = None
        session.outcome_changed.connect(self.changed)

    @property
    def _asked_now(self) -> tuple[str, str]:
        return self._session.case_key, self._session.study

    @property
    def opinion(self) -> OwnOpinion | None:
        """What was committed for the open case."""
        return self._opinion if self._asked_for == self._asked_now else None

    @property
    def hides(self) -> bool:
        """True while an answer is there that may not be seen yet."""
        return self.is_wanted and self._session.outcome is not None and self.opinion is None

    @property
    def visible_heat_maps(self) -> tuple[HeatMap, ...]:
        """Heat maps of the outcome, none while it is hidden."""
        outcome = self._session.outcome
        return () if outcome is None or self.hides else outcome.heat_maps

    @property
    def decision(self) -> BoardDecision | None:
        """The decision on the answer that is shown; on a changed answer nothing has been decided."""
        outcome, made = self._session.outcome, self._decision
        if outcome is None or made is None:
            return None
        return made if made.assessment_sha256 == outcome.assessment.content_sha256() else None

    def take(self, decision: BoardDecision | None) -> None:
        """Show a decision that was recorded; None opens the question again."""
        self._decision = decision
        self.changed.emit()

    def want(self, is_wanted: bool) -> None:
        """Ask for it or not; what has been seen cannot be hidden again."""
        if is_wanted != self.is_wanted:
            self.is_wanted = is_wanted
            self._tell()

    def commit(self, text: str, by: str) -> None:
        """Keep a view of the open case.

        Raises
        ------
        InputError
            When the view or the name is blank or too long.
        """
        self._opinion = OwnOpinion(text.strip(), by.strip(), self._session.clock.now())
        self._asked_for = self._asked_now
        self._tell()

    def _tell(self) -> None:
        self.changed.emit()
        self._session.heat_map_changed.emit()

"""Banners that cannot be closed: a demonstration pack says so, a result that is stale or withheld says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from gui.feedback.text import label, set_tone
from gui.feedback.verdict_mark import VerdictMark
from gui.pathway.readiness import run_obstacle
from gui.theme.tokens import GRID_PX, Tone
from inference.findings import Verdict
from inference.packs.state import PackState

if TYPE_CHECKING:
    from gui.session import Session


class Banner(QFrame):
    """One sentence across the page with its mark; it offers no way to close it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.mark = VerdictMark(self)
        self.text = label("", self, wraps=True)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(3 * GRID_PX, int(1.5 * GRID_PX), 3 * GRID_PX, int(1.5 * GRID_PX))
        self.row.setSpacing(2 * GRID_PX)
        self.row.addWidget(self.mark)
        self.row.addWidget(self.text, 1)

    def speak(self, verdict: Verdict | None, tone: Tone, text: str) -> None:
        """Show a sentence in a tone."""
        self.mark.show_verdict(verdict)
        self.text.setText(text)
        self.setAccessibleName(text)
        set_tone(self, tone)
        set_tone(self.text, tone)


class DemonstrationBanner(Banner):
    """Stands whenever the open pack, or the pack behind the answer, was made from synthetic patients."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        session.pack_changed.connect(self._on_changed)
        session.outcome_changed.connect(self._on_changed)
        session.language_changed.connect(self._on_changed)
        self._on_changed()

    @property
    def is_needed(self) -> bool:
        """True while something on screen may come from a demonstration pack."""
        session = self._session
        opened = session.pack is not None and session.pack.state is PackState.DEMONSTRATION
        answered = (
            session.outcome is not None and session.outcome.assessment.pack.state == PackState.DEMONSTRATION
        )
        return opened or answered

    def setVisible(self, visible: bool) -> None:
        """Show or hide; while it is needed it cannot be hidden."""
        super().setVisible(visible or self.is_needed)

    def _on_changed(self) -> None:
        self.speak(Verdict.NOTE, Tone.WARN, self._session.tr("panel.banner.demonstration"))
        self.setVisible(self.is_needed)


class CurrencyBanner(Banner):
    """Says that the answer on screen is stale, or withheld; not there while it is current and given."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.recalculate = QPushButton(self)
        self.recalculate.clicked.connect(session.run)
        self.row.addWidget(self.recalculate)
        for signal in (
            session.outcome_changed,
            session.currency_changed,
            session.job_changed,
            session.language_changed,
        ):
            signal.connect(self._on_changed)
        self._on_changed()

    def _on_changed(self) -> None:
        session = self._session
        outcome = session.outcome
        stale = outcome is not None and not session.is_current
        withheld = outcome is not None and not outcome.assessment.is_answered
        self.recalculate.setText(session.tr("panel.run.recalculate"))
        self.recalculate.setVisible(stale)
        self.recalculate.setEnabled(run_obstacle(session) is None)
        if stale:
            self.speak(Verdict.NOTE, Tone.WARN, session.tr("panel.stale"))
        elif withheld:
            self.speak(Verdict.REFUSED, Tone.WARN, session.tr("panel.banner.withheld"))
        self.setVisible(stale or withheld)

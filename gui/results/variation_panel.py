"""How the answer holds under small changes of outline and values: tried after the answer, then told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import label, say
from gui.results.card import Card
from gui.theme.tokens import GRID_PX, Tone
from inference.prediction import Prediction, PredictionStatus
from reports.prediction_wording import prediction_name, variation_range, variation_score

if TYPE_CHECKING:
    from gui.session import Session

_STEPS: Final = 1000


class VariationPanel(QWidget):
    """A line for each score with its range; every change unfolds, those that cross stand open."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_open = False
        self.card = Card(self)
        self.title = label("muted", self.card, wraps=True)
        self.progress = label("annotation", self.card, wraps=True)
        self.bar = QProgressBar(self.card)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(GRID_PX)
        self.summary = label("", self.card, wraps=True)
        self.crossing = label("small", self.card, wraps=True)
        self.every = label("small", self.card, wraps=True)
        self.toggle = QPushButton(self.card)
        self.toggle.setProperty("role", "link")
        self.toggle.clicked.connect(self._on_toggled)
        for widget in (
            self.title,
            self.progress,
            self.bar,
            self.summary,
            self.crossing,
            self.every,
            self.toggle,
        ):
            self.card.column.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        column.addWidget(self.card)
        for signal in (session.outcome_changed, session.currency_changed, session.language_changed):
            signal.connect(self._on_changed)
        session.jobs.variation.changed.connect(self._on_changed)
        self._on_changed()

    def _on_toggled(self) -> None:
        self._is_open = not self._is_open
        self._on_changed()

    def _varied(self) -> tuple[Prediction, ...]:
        outcome = self._session.outcome
        found = () if outcome is None else outcome.assessment.predictions
        return tuple(p for p in found if p.status is PredictionStatus.ANSWERED and p.variations)

    def _on_changed(self) -> None:
        session = self._session
        varied, running = self._varied(), session.jobs.variation.is_running
        self.setVisible(bool(varied) or running)
        self.title.setText(session.tr("report.section.variations"))
        self.setAccessibleName(self.title.text())
        say(self.progress, session.tr("panel.variations.running") if running else "")
        self._show_progress(running)
        say(self.summary, "\n".join(self._summary(one) for one in varied))
        say(self.crossing, "\n".join(self._lines(varied, crossing=True)), Tone.WARN)
        say(self.every, "\n".join(self._lines(varied, crossing=False)) if self._is_open else "")
        self.toggle.setText(session.tr("panel.variations.hide" if self._is_open else "panel.variations.show"))
        self.toggle.setVisible(any(not one.crosses for p in varied for one in p.variations))
        self.card.look(Tone.PLAIN, stale=bool(varied) and not session.is_current)

    def _show_progress(self, running: bool) -> None:
        job = self._session.jobs.variation.job
        fraction = None if job is None else job.fraction
        self.bar.setVisible(running)
        self.bar.setAccessibleName(self.progress.text())
        self.bar.setRange(0, 0 if fraction is None else _STEPS)
        self.bar.setValue(0 if fraction is None else round(fraction * _STEPS))

    def _summary(self, prediction: Prediction) -> str:
        return self._session.tr(
            "report.variations.summary",
            name=prediction_name(prediction, self._session.catalogue),
            range=variation_range(prediction, self._session.catalogue),
            count=len(prediction.variations),
            crossing=sum(one.crosses for one in prediction.variations),
        )

    def _lines(self, varied: tuple[Prediction, ...], *, crossing: bool) -> list[str]:
        catalogue = self._session.catalogue
        names = len(varied) > 1
        return [
            (f"{prediction_name(prediction, catalogue)}: " if names else "")
            + f"{catalogue.render(one.change)} → {variation_score(prediction, one, catalogue)}"
            for prediction in varied
            for one in prediction.variations
            if one.crosses is crossing
        ]

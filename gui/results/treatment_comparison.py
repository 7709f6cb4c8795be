"""The treatments side by side: probability with its range, cut-off and verdict, or why there is none."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.feedback.figure import Figure
from gui.feedback.text import label, say
from gui.pathway.readiness import run_obstacle
from gui.results.card import Card
from gui.theme.palette import set_look
from gui.theme.tokens import GRID_PX, Tone
from inference.assessment import Assessment
from inference.packs.state import PackState
from inference.prediction import Prediction, PredictionStatus
from reports import prediction_wording, wording
from reports.figures.drawing import Drawing
from reports.figures.probability_bar import HEIGHT, probability_bar
from reports.figures.style import FigureStyle

if TYPE_CHECKING:
    from gui.session import Session
    from inference.messages.catalogue import Catalogue

_MOST_COLUMNS: Final = 2


class TreatmentColumn:
    """The lines of one treatment, laid into the comparison's grid so that they align with the other's."""

    def __init__(self, parent: QWidget) -> None:
        self.name = label("muted", parent, wraps=True)
        self.score = label("figure", parent)
        self.bar = Figure(HEIGHT, parent)
        self.range = label("annotation", parent, wraps=True)
        self.verdict = label("strong", parent, wraps=True)
        self.flags = label("annotation", parent, wraps=True)

    def widgets(self) -> tuple[QWidget, ...]:
        """From top to bottom."""
        return self.name, self.score, self.bar, self.verdict, self.range, self.flags

    def show_prediction(self, prediction: Prediction, catalogue: Catalogue, *, stale: bool) -> None:
        """Show one treatment's prediction; a withheld one shows no number."""
        answered = prediction.status is PredictionStatus.ANSWERED
        tone = tone_of(prediction)
        self.name.setText(prediction_wording.prediction_name(prediction, catalogue))
        say(self.score, prediction_wording.score_text(prediction, catalogue), tone)
        set_look(self.score, role="figure" if answered else "title", stale=stale)
        self.score.setAccessibleName(f"{self.name.text()}: {self.score.text()}")
        draw = partial(_bar, prediction, catalogue)
        self.bar.show_figure(draw, stale=stale)
        say(self.range, prediction_wording.fold_range(prediction, catalogue))
        say(self.verdict, verdict_text(prediction, catalogue) if answered else "", tone)
        set_look(self.verdict, stale=stale)
        flags = []
        if answered and prediction.is_borderline:
            flags.append(catalogue.text("panel.comparison.borderline"))
        if answered and prediction.folds_disagree:
            flags.append(catalogue.text("panel.comparison.folds_disagree"))
        say(self.flags, " · ".join(flags), Tone.WARN)


class TreatmentComparison(QWidget):
    """What each treatment is predicted to leave behind; it says so when it is not current."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.columns: dict[str, TreatmentColumn] = {}
        self.heading = label("heading", self, wraps=True)
        self.card = Card(self)
        self.hint = label("muted", self.card, wraps=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(5 * GRID_PX)
        self._grid.setVerticalSpacing(GRID_PX // 2)
        self.reasons = label("", self.card, wraps=True)
        self.origin = label("annotation", self.card, wraps=True)
        self.stale_note = label("strong", self.card, wraps=True)
        self.recalculate = QPushButton(self.card)
        self.recalculate.setProperty("role", "link")
        self.recalculate.clicked.connect(session.run)
        stale_row = QHBoxLayout()
        stale_row.addWidget(self.stale_note, 1)
        stale_row.addWidget(self.recalculate)
        self.card.column.addWidget(self.hint)
        self.card.column.addLayout(self._grid)
        self.card.column.addWidget(self.reasons)
        self.card.column.addWidget(self.origin)
        self.card.column.addLayout(stale_row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID_PX)
        column.addWidget(self.heading)
        column.addWidget(self.card)
        for signal in (
            session.outcome_changed,
            session.currency_changed,
            session.job_changed,
            session.pack_changed,
            session.volume_changed,
            session.stack_changed,
            session.language_changed,
        ):
            signal.connect(self._on_changed)
        self._on_changed()

    def _on_changed(self) -> None:
        session = self._session
        self.setVisible(session.pack is None or bool(session.pack.manifest.treatments))
        outcome = session.outcome
        self.heading.setText(session.tr("panel.comparison.heading"))
        self.setAccessibleName(self.heading.text())
        assessment = None if outcome is None else outcome.assessment
        stale = assessment is not None and not session.is_current
        self._show_columns(assessment, stale=stale)
        say(self.hint, self._next_step() if assessment is None else "")
        say(self.reasons, "" if assessment is None else self._reasons(assessment))
        say(self.origin, "" if assessment is None else self._origin(assessment))
        say(self.stale_note, session.tr("panel.stale.short") if stale else "", Tone.WARN)
        self.recalculate.setText(session.tr("panel.run.recalculate"))
        self.recalculate.setVisible(stale)
        self.recalculate.setEnabled(run_obstacle(session) is None)
        self.card.look(Tone.PLAIN, stale=stale)

    def _show_columns(self, assessment: Assessment | None, *, stale: bool) -> None:
        predictions = (
            {} if assessment is None else {p.treatment: p for p in assessment.predictions if p.treatment}
        )
        if tuple(predictions) != tuple(self.columns):
            self._build(tuple(predictions))
        for treatment, prediction in predictions.items():
            self.columns[treatment].show_prediction(prediction, self._session.catalogue, stale=stale)

    def _build(self, treatments: tuple[str, ...]) -> None:
        for column in self.columns.values():
            for widget in column.widgets():
                self._grid.removeWidget(widget)
                widget.deleteLater()
        self.columns = {treatment: TreatmentColumn(self.card) for treatment in treatments}
        for place, column in enumerate(self.columns.values()):
            band, across = divmod(place, _MOST_COLUMNS)
            self._grid.setColumnStretch(across, 1)
            for row, widget in enumerate(column.widgets()):
                top = Qt.AlignmentFlag.AlignTop if widget is not column.bar else Qt.AlignmentFlag(0)
                self._grid.addWidget(widget, band * len(column.widgets()) + row, across, top)

    def _reasons(self, assessment: Assessment) -> str:
        if assessment.is_answered:
            return ""
        return "\n".join(f"– {self._session.render(reason)}" for reason in wording.all_reasons(assessment))

    def _origin(self, assessment: Assessment) -> str:
        answered = any(p.status is PredictionStatus.ANSWERED for p in assessment.predictions)
        if not answered or assessment.pack.state != PackState.DEMONSTRATION:
            return ""
        return self._session.tr("panel.comparison.demonstration")

    def _next_step(self) -> str:
        session = self._session
        if session.stack is None:
            return session.tr("panel.next.open")
        obstacle = run_obstacle(session)
        if obstacle is not None:
            return session.render(obstacle)
        return session.tr("panel.next.run" if session.mask is not None else "panel.next.run_segments")


def tone_of(prediction: Prediction) -> Tone:
    """Green for the class that is hoped for, red for the other, amber for what is withheld or borderline."""
    if prediction.status is not PredictionStatus.ANSWERED or prediction.is_borderline:
        return Tone.WARN
    return Tone.BAD if prediction_wording.is_unfavourable(prediction) else Tone.GOOD


def verdict_text(prediction: Prediction, catalogue: Catalogue) -> str:
    """The verdict with its shape, as in the report: a diamond for what nobody hopes for, else a ring."""
    shape = "◆" if prediction_wording.is_unfavourable(prediction) else "○"
    return f"{shape} {prediction_wording.verdict_word(prediction, catalogue)}"


def _bar(prediction: Prediction, catalogue: Catalogue, width: float, style: FigureStyle) -> Drawing:
    return probability_bar(prediction, width, catalogue, style)

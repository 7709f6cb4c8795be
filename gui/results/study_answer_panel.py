"""The answer of a study's pack: the score that answers, its group, and what stands beside it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.feedback.figure import Figure
from gui.feedback.text import label, say
from gui.pathway.readiness import run_obstacle
from gui.results.card import Card
from gui.results.treatment_comparison import tone_of, verdict_text
from gui.theme.palette import set_look
from gui.theme.tokens import GRID_PX, Tone
from inference.packs.state import PackState
from inference.prediction import Prediction, PredictionStatus
from reports import wording
from reports.figures.drawing import Drawing
from reports.figures.probability_bar import HEIGHT, probability_bar
from reports.figures.style import FigureStyle
from reports.prediction_wording import (
    cutoff_text,
    fallback_text,
    fold_range,
    horizons_of,
    outcome_text,
    prediction_name,
    prediction_with_long_name,
    score_text,
    survival_text,
)

if TYPE_CHECKING:
    from gui.session import Session
    from inference.assessment import Assessment
    from inference.messages.catalogue import Catalogue


_LINES: Final = ("name", "scale", "verdict", "survival", "fallback", "flags", "reasons", "origin")


def answers_by_score(session: Session) -> bool:
    """True where the open pack answers with a score of its study instead of one per treatment."""
    return session.pack is not None and not session.pack.manifest.treatments


class StudyAnswerPanel(QWidget):
    """One number, large, with its cut-off, range and group; it says so when it is not current."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: list[QLabel] = []
        self.heading = label("heading", self, wraps=True)
        self.card = Card(self)
        self.hint = label("muted", self.card, wraps=True)
        self.name = label("muted", self.card, wraps=True)
        self.score = label("figure", self.card)
        self.bar = Figure(HEIGHT, self.card)
        self.scale = label("annotation", self.card, wraps=True)
        self.verdict = label("strong", self.card, wraps=True)
        self.survival = label("strong", self.card, wraps=True)
        self.fallback = label("small", self.card, wraps=True)
        self.flags = label("annotation", self.card, wraps=True)
        self.reasons = label("", self.card, wraps=True)
        self.beside = label("annotation", self.card, wraps=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(3 * GRID_PX)
        self._grid.setVerticalSpacing(GRID_PX // 2)
        self._grid.setColumnStretch(2, 1)
        self.origin = label("annotation", self.card, wraps=True)
        self.stale_note = label("strong", self.card, wraps=True)
        self.recalculate = QPushButton(self.card)
        self.recalculate.setProperty("role", "link")
        self.recalculate.clicked.connect(session.run)
        stale_row = QHBoxLayout()
        stale_row.addWidget(self.stale_note, 1)
        stale_row.addWidget(self.recalculate)
        for widget in (
            self.hint,
            self.name,
            self.score,
            self.bar,
            self.scale,
            self.verdict,
            self.survival,
            self.fallback,
            self.flags,
            self.reasons,
            self.beside,
        ):
            self.card.column.addWidget(widget)
        self.card.column.addLayout(self._grid)
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
        self.setVisible(answers_by_score(session))
        outcome = session.outcome
        assessment = None if outcome is None else outcome.assessment
        stale = assessment is not None and not session.is_current
        self.heading.setText(session.tr("panel.answer.heading"))
        self.setAccessibleName(self.heading.text())
        predictions = () if assessment is None else assessment.predictions
        answer = predictions[0] if predictions and predictions[0].model else None
        self._show_answer(answer, assessment, stale=stale)
        self._show_beside(predictions[1:] if answer is not None else (), assessment, stale=stale)
        say(self.hint, self._next_step() if answer is None else "")
        say(self.stale_note, session.tr("panel.stale.short") if stale else "", Tone.WARN)
        self.recalculate.setText(session.tr("panel.run.recalculate"))
        self.recalculate.setVisible(stale)
        self.recalculate.setEnabled(run_obstacle(session) is None)
        self.card.look(Tone.PLAIN, stale=stale)

    def _show_answer(self, answer: Prediction | None, assessment: Assessment | None, *, stale: bool) -> None:
        catalogue = self._session.catalogue
        is_answered = answer is not None and answer.status is PredictionStatus.ANSWERED
        has_bar = answer is not None and answer.scale == "probability"
        self.bar.setVisible(has_bar)
        self.score.setVisible(answer is not None)
        texts = dict.fromkeys(
            ("name", "scale", "verdict", "survival", "fallback", "flags", "reasons", "origin"), ""
        )
        tone = Tone.PLAIN
        if answer is not None and assessment is not None:
            tone = tone_of(answer)
            texts["name"] = prediction_with_long_name(answer, catalogue)
            texts["scale"] = " · ".join(_scale(answer, catalogue))
            say(self.score, score_text(answer, catalogue), tone)
            set_look(self.score, role="figure" if is_answered else "title", stale=stale)
            self.score.setAccessibleName(f"{texts['name']}: {self.score.text()}")
            if has_bar:
                self.bar.show_figure(partial(_bar, answer, catalogue), stale=stale)
            if is_answered:
                texts["verdict"] = verdict_text(answer, catalogue)
                months = horizons_of(answer, assessment.study)
                foretold = [survival_text(answer, month, catalogue) for month in months]
                texts["survival"] = " · ".join(foretold)
                texts["fallback"] = fallback_text(answer, catalogue)
                flags = (
                    (answer.is_borderline, "panel.comparison.borderline"),
                    (answer.folds_disagree, "panel.comparison.folds_disagree"),
                )
                texts["flags"] = " · ".join(catalogue.text(name) for is_so, name in flags if is_so)
                if assessment.pack.state == PackState.DEMONSTRATION:
                    texts["origin"] = catalogue.text("panel.comparison.demonstration")
            if not assessment.is_answered:
                reasons = wording.all_reasons(assessment)
                texts["reasons"] = "\n".join(f"– {self._session.render(reason)}" for reason in reasons)
        tones = {"verdict": tone, "fallback": Tone.WARN, "flags": Tone.WARN}
        for name, text in texts.items():
            say(getattr(self, name), text, tones.get(name, Tone.PLAIN))
        for widget in (self.verdict, self.survival):
            set_look(widget, stale=stale)

    def _show_beside(
        self, predictions: tuple[Prediction, ...], assessment: Assessment | None, *, stale: bool
    ) -> None:
        catalogue = self._session.catalogue
        for shown in self._shown:
            self._grid.removeWidget(shown)
            shown.hide()
            shown.deleteLater()
        self._shown = []
        answered = [one for one in predictions if one.status is PredictionStatus.ANSWERED]
        say(self.beside, catalogue.text("report.beside.beside") if answered else "")
        assert assessment is not None or not answered
        for row, one in enumerate(answered):
            months = () if assessment is None else horizons_of(one, assessment.study)
            said = [verdict_text(one, catalogue)] if one.is_positive is not None else []
            said += [survival_text(one, month, catalogue) for month in months]
            name, score = (
                prediction_name(one, catalogue),
                score_text(one, catalogue),
            )
            for column, text in enumerate((name, score, " · ".join(said))):
                self._add_cell(row, column, text, outcome_text(one, catalogue), stale=stale)

    def _add_cell(self, row: int, column: int, text: str, tip: str, *, stale: bool) -> None:
        cell = label("small", self.card, wraps=column == 2)
        cell.setText(text)
        cell.setToolTip(tip)
        set_look(cell, stale=stale)
        side = Qt.AlignmentFlag.AlignRight if column == 1 else Qt.AlignmentFlag.AlignLeft
        cell.setAlignment(side | Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(cell, row, column)
        cell.show()
        self._shown.append(cell)

    def _next_step(self) -> str:
        session = self._session
        if session.stack is None:
            return session.tr("panel.next.open")
        obstacle = run_obstacle(session)
        return session.render(obstacle) if obstacle is not None else session.tr("panel.next.run")


def _scale(answer: Prediction, catalogue: Catalogue) -> list[str]:
    """What the number is, and what it is compared with."""
    parts = [catalogue.text("report.answer.log_hazard")] if answer.scale != "probability" else []
    cutoff = cutoff_text(answer, catalogue)
    if cutoff and answer.scale != "probability":
        parts.append(catalogue.text("report.cutoff", value=cutoff))
    if len(answer.fold_scores) > 1:
        parts.append(fold_range(answer, catalogue))
    return parts


def _bar(prediction: Prediction, catalogue: Catalogue, width: float, style: FigureStyle) -> Drawing:
    return probability_bar(prediction, width, catalogue, style)

"""The answer of a study's pack: the score that answers, its group, and what stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui.feedback.text import label, say
from gui.pathway.treatments import answers_by_treatment
from gui.results.answer_panel import AnswerPanel
from gui.results.prediction_lines import PredictionLines, survival_lines, verdict_text
from gui.theme.palette import set_look
from gui.theme.tokens import GRID_PX
from inference.assessment import Assessment
from inference.prediction import Prediction, PredictionStatus
from reports.prediction_wording import (
    calibrated_text,
    horizons_of,
    interval_remark,
    outcome_text,
    prediction_name,
    score_text,
)

if TYPE_CHECKING:
    from gui.session import Session


class StudyAnswerPanel(AnswerPanel):
    """One number, large, with its cut-off, range and group; smaller beneath it those that no rule reads."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._shown: list[QLabel] = []
        self.answer = PredictionLines(self.card)
        self.beside = label("annotation", self.card, wraps=True)
        self.covered = label("annotation", self.card, wraps=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(3 * GRID_PX)
        self._grid.setVerticalSpacing(GRID_PX // 2)
        self._grid.setColumnStretch(2, 1)
        for widget in self.answer.widgets():
            self.body.addWidget(widget)
        self.card.column.insertWidget(self.card.column.indexOf(self.origin), self.beside)
        self.card.column.insertLayout(self.card.column.indexOf(self.origin), self._grid)
        self.card.column.insertWidget(self.card.column.indexOf(self.origin), self.covered)
        self.follow()

    def is_meant(self) -> bool:
        return not answers_by_treatment(self._session)

    def title(self) -> str:
        return self._session.tr(f"panel.answer.heading.{self._session.study}")

    def step_to_run(self) -> str:
        return "panel.next.run_score"

    def show_numbers(self, assessment: Assessment | None, *, stale: bool) -> None:
        predictions = () if assessment is None else assessment.predictions
        if assessment is None or not predictions or not predictions[0].model:
            self.answer.show_nothing()
            self._show_beside((), "", stale=stale)
            say(self.covered, "")
            return
        first, *others = predictions
        study = assessment.study
        self.answer.show_prediction(
            first,
            self._session.catalogue,
            stale=stale,
            is_alone=True,
            horizons_months=horizons_of(first, study),
        )
        self._show_beside(tuple(others), study, stale=stale)
        say(self.covered, interval_remark(predictions, study, self._session.catalogue))

    def _show_beside(self, predictions: tuple[Prediction, ...], study: str, *, stale: bool) -> None:
        catalogue = self._session.catalogue
        for shown in self._shown:
            self._grid.removeWidget(shown)
            shown.hide()
            shown.deleteLater()
        self._shown = []
        answered = [one for one in predictions if one.status is PredictionStatus.ANSWERED]
        say(self.beside, catalogue.text("report.beside.beside") if answered else "")
        for row, one in enumerate(answered):
            said = [verdict_text(one, catalogue)] if one.is_positive is not None else []
            said += [survival_lines(one, horizons_of(one, study), catalogue), calibrated_text(one, catalogue)]
            texts = (
                prediction_name(one, catalogue),
                score_text(one, catalogue),
                "\n".join(filter(None, said)),
            )
            for column, text in enumerate(texts):
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

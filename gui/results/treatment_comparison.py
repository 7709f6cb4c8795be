"""The treatments side by side: probability with its range, cut-off and verdict, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.pathway.treatments import answers_by_treatment
from gui.results.answer_panel import AnswerPanel
from gui.results.prediction_lines import PredictionLines
from gui.theme.tokens import GRID_PX
from inference.assessment import Assessment

if TYPE_CHECKING:
    from gui.session import Session

_MOST_COLUMNS: Final = 2


class TreatmentComparison(AnswerPanel):
    """What each treatment is predicted to leave behind; it says so when it is not current."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.columns: dict[str, PredictionLines] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(5 * GRID_PX)
        self._grid.setVerticalSpacing(GRID_PX // 2)
        self.body.addLayout(self._grid)
        self.follow()

    def is_meant(self) -> bool:
        return answers_by_treatment(self._session)

    def title(self) -> str:
        return self._session.tr("panel.comparison.heading")

    def step_to_run(self) -> str:
        return "panel.next.run" if self._session.mask is not None else "panel.next.run_segments"

    def show_numbers(self, assessment: Assessment | None, *, stale: bool) -> None:
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
        self.columns = {treatment: PredictionLines(self.card) for treatment in treatments}
        for place, column in enumerate(self.columns.values()):
            band, across = divmod(place, _MOST_COLUMNS)
            self._grid.setColumnStretch(across, 1)
            for row, widget in enumerate(column.widgets()):
                top = Qt.AlignmentFlag.AlignTop if widget is not column.bar else Qt.AlignmentFlag(0)
                self._grid.addWidget(widget, band * len(column.widgets()) + row, across, top)

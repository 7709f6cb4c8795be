"""Why: how far each slice holds the score up; a click or a key shows that slice in the viewer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.feedback.figure import PX_PER_POINT, Figure
from gui.feedback.text import label, say
from gui.results.card import Card
from gui.theme.palette import current_tokens
from gui.theme.tokens import Tone
from inference.prediction import Prediction, PredictionStatus
from reports.figures.drawing import Drawing
from reports.figures.slice_shares import HEIGHT, slice_shares, slice_under, strongest_slice
from reports.figures.style import FigureStyle
from reports.prediction_wording import prediction_name
from reports.wording import slice_number

if TYPE_CHECKING:
    from gui.session import Session
    from inference.messages.catalogue import Catalogue


class SliceShareFigure(Figure):
    """The bars of one treatment; arrows move between slices, Enter or a click asks for one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(HEIGHT, parent)
        self._session = session
        self._prediction: Prediction | None = None
        self._place: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_prediction(self, prediction: Prediction, catalogue: Catalogue, *, stale: bool) -> None:
        """Show the shares of an answered prediction."""
        if prediction is not self._prediction:
            self._place = None
        self._prediction = prediction
        self.show_figure(partial(_shares, prediction, catalogue), stale=stale)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._prediction is not None:
            index = slice_under(self._prediction, event.position().x() / PX_PER_POINT, self.width_points)
            if index is not None:
                self._go(self._prediction.slices.index(index))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        prediction = self._prediction
        if prediction is None or not prediction.slices or event.key() not in steps:
            super().keyPressEvent(event)
            return
        strongest = strongest_slice(prediction)
        if self._place is None:
            self._go(prediction.slices.index(strongest) if strongest is not None else 0)
        else:
            self._go(min(max(self._place + steps[Qt.Key(event.key())], 0), len(prediction.slices) - 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.hasFocus() or self._prediction is None:
            return
        painter = QPainter(self)
        painter.setPen(QPen(QColor(current_tokens().accent), 1))
        if self._place is None:
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        else:
            step = self.width() / len(self._prediction.slices)
            painter.drawRect(round(self._place * step), 0, round(step) - 1, self.height() - 1)
        painter.end()

    def _go(self, place: int) -> None:
        assert self._prediction is not None
        self._place = place
        index = self._prediction.slices[place]
        share = self._prediction.slice_shares[place]
        self.setAccessibleDescription(
            self._session.tr("panel.shares.slice", number=slice_number(index), points=f"{100 * share:+.1f}")
        )
        self.update()
        self._session.slice_requested.emit(index)


class SliceSharePanel(QWidget):
    """Per treatment the bars of the slices; not there while nothing is answered."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.figures: dict[str, SliceShareFigure] = {}
        self.card = Card(self)
        self.title = label("muted", self.card, wraps=True)
        self._bars = QVBoxLayout()
        self.caveat = label("annotation", self.card, wraps=True)
        self.card.column.addWidget(self.title)
        self.card.column.addLayout(self._bars)
        self.card.column.addWidget(self.caveat)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)
        session.outcome_changed.connect(self._on_outcome_changed)
        session.currency_changed.connect(self._on_changed)
        session.language_changed.connect(self._on_outcome_changed)
        self._on_outcome_changed()

    def _predictions(self) -> tuple[Prediction, ...]:
        outcome = self._session.outcome
        found = () if outcome is None else outcome.assessment.predictions
        return tuple(p for p in found if p.status is PredictionStatus.ANSWERED and p.slice_shares)

    def _on_outcome_changed(self) -> None:
        """Another outcome or language: build the figures anew."""
        while (item := self._bars.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.figures = {}
        for prediction in self._predictions():
            name = label("annotation", self.card)
            name.setText(prediction_name(prediction, self._session.catalogue))
            figure = SliceShareFigure(self._session, self.card)
            self._bars.addWidget(name)
            self._bars.addWidget(figure)
            self.figures[prediction.treatment] = figure
        self._on_changed()

    def _on_changed(self) -> None:
        session = self._session
        predictions = self._predictions()
        self.setVisible(bool(predictions))
        self.title.setText(session.tr("panel.shares.heading"))
        self.setAccessibleName(self.title.text())
        say(self.caveat, session.tr("panel.shares.caveat"))
        stale = not session.is_current
        for prediction in predictions:
            if prediction.treatment in self.figures:
                figure = self.figures[prediction.treatment]
                figure.show_prediction(prediction, session.catalogue, stale=stale)
        self.card.look(Tone.PLAIN, stale=stale and bool(predictions))


def _shares(prediction: Prediction, catalogue: Catalogue, width: float, style: FigureStyle) -> Drawing:
    return slice_shares(prediction, width, catalogue, style)

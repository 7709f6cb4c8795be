"""Why a study's pack answers so: contributions, the cohort, survival by group, the nomogram; each unfolds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gui.feedback.figure import Figure
from gui.feedback.text import label, say
from gui.pathway.heat_maps import gives_heat_maps
from gui.results.card import Card
from gui.theme.tokens import GRID_PX, Tone
from inference.prediction import Prediction, PredictionStatus
from reports.figures.cohort_position import cohort_position
from reports.figures.contribution_bars import contribution_bars
from reports.figures.drawing import Drawing
from reports.figures.predicted_survival import curve_title, predicted_survival
from reports.figures.style import FigureStyle
from reports.prediction_wording import explanation_remark, horizons_of, prediction_name

if TYPE_CHECKING:
    from gui.session import Session
    from inference.predictors.explanation import StudyExplanation

Draw = Callable[[float, FigureStyle], Drawing]
_PARTS: Final = ("contributions", "cohort", "survival", "nomogram")
_OPEN_AT_FIRST: Final = frozenset({"contributions", "cohort"})


class ExplanationPanel(QWidget):
    """One card with a fold for each picture; not there while nothing is answered by a score."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._open = set(_OPEN_AT_FIRST)
        self.card = Card(self)
        self.title = label("muted", self.card, wraps=True)
        self.card.column.addWidget(self.title)
        self.toggles: dict[str, QPushButton] = {}
        self.figures: dict[str, Figure] = {}
        for name in _PARTS:
            toggle = QPushButton(self.card)
            toggle.setProperty("role", "link")
            toggle.setObjectName(name)
            toggle.clicked.connect(self._on_toggled)
            self.toggles[name] = toggle
            self.figures[name] = Figure(None, self.card)
            self.card.column.addWidget(toggle)
            self.card.column.addWidget(self.figures[name])
        self.caveat = label("annotation", self.card, wraps=True)
        self.card.column.addWidget(self.caveat)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        column.addWidget(self.card)
        for signal in (session.outcome_changed, session.currency_changed, session.language_changed):
            signal.connect(self._on_changed)
        self._on_changed()

    def _on_toggled(self) -> None:
        toggle = self.sender()
        assert isinstance(toggle, QPushButton)
        self._open ^= {toggle.objectName()}
        self._on_changed()

    def _on_changed(self) -> None:
        session = self._session
        outcome = session.outcome
        explanation = None if outcome is None else outcome.explanation
        answer = None if outcome is None else outcome.assessment.predictions[0]
        is_answered = answer is not None and answer.status is PredictionStatus.ANSWERED
        self.setVisible(explanation is not None and is_answered)
        if explanation is None or answer is None or not is_answered:
            return
        stale = not session.is_current
        self.title.setText(session.tr("report.section.explanation"))
        self.setAccessibleName(self.title.text())
        foretold = explanation.survival_of(outcome.assessment.predictions) if outcome is not None else None
        pictures = self._pictures(answer, foretold, explanation)
        for name in _PARTS:
            toggle, figure = self.toggles[name], self.figures[name]
            toggle.setVisible(name in pictures)
            is_open = name in self._open and name in pictures
            mark = "\u25be" if is_open else "\u25b8"
            toggle.setText(f"{mark} {self._title(name, answer, foretold)}")
            figure.setVisible(is_open)
            figure.show_figure(pictures.get(name) if is_open else None, stale=stale)
        has_cohort = bool(explanation.quantiles)
        remarks = [explanation_remark(answer, has_cohort=has_cohort, catalogue=session.catalogue)]
        if not gives_heat_maps(session):
            remarks.append(session.tr("panel.explanation.no_heat_map"))
        say(self.caveat, "\n".join(remarks))
        self.card.look(Tone.PLAIN, stale=stale)

    def _title(self, name: str, answer: Prediction, foretold: Prediction | None) -> str:
        if name != "survival" or foretold is None:
            return self._session.tr(f"panel.explanation.{name}")
        title = curve_title(foretold, self._session.catalogue)
        own = prediction_name(foretold, self._session.catalogue)
        return title if foretold is answer else f"{title} · {own}"

    def _pictures(
        self, answer: Prediction, foretold: Prediction | None, explanation: StudyExplanation
    ) -> dict[str, Draw]:
        catalogue, study = self._session.catalogue, self._session.study
        found: dict[str, Draw] = {}
        if answer.contributions:
            found["contributions"] = lambda width, style: contribution_bars(
                answer, study, width, catalogue, style
            )
        if explanation.quantiles:
            found["cohort"] = lambda width, style: cohort_position(
                answer, explanation.quantiles, width=width, catalogue=catalogue, style=style
            )
        if foretold is not None:
            months = horizons_of(foretold, study)
            found["survival"] = lambda width, style: predicted_survival(
                foretold, explanation.groups, width=width, catalogue=catalogue, horizons=months, style=style
            )
        if (drawn := explanation.nomogram) is not None:
            # It brings scipy, which the window can do without until there is an answer.
            from reports.nomogram_words import nomogram_drawing

            found["nomogram"] = lambda width, style: nomogram_drawing(drawn, study, width, catalogue, style)
        return found

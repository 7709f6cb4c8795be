"""One prediction as lines beneath each other: its name, the number large, its bar, class and doubts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from gui.feedback.figure import Figure
from gui.feedback.text import label, say
from gui.theme.palette import set_look
from gui.theme.tokens import Tone
from inference.prediction import Prediction, PredictionStatus
from reports import prediction_wording
from reports.figures.drawing import Drawing
from reports.figures.probability_bar import HEIGHT, probability_bar
from reports.figures.style import FigureStyle

if TYPE_CHECKING:
    from inference.messages.catalogue import Catalogue


class PredictionLines:
    """The widgets of one prediction; whoever made them lays them out."""

    def __init__(self, parent: QWidget) -> None:
        self.name = label("muted", parent, wraps=True)
        self.score = label("figure", parent)
        self.bar = Figure(HEIGHT, parent)
        self.verdict = label("strong", parent, wraps=True)
        self.survival = label("strong", parent, wraps=True)
        self.range = label("annotation", parent, wraps=True)
        self.fallback = label("small", parent, wraps=True)
        self.flags = label("annotation", parent, wraps=True)

    def widgets(self) -> tuple[QWidget, ...]:
        """From top to bottom."""
        return (
            self.name,
            self.score,
            self.bar,
            self.verdict,
            self.survival,
            self.range,
            self.fallback,
            self.flags,
        )

    def show_nothing(self) -> None:
        """Nothing has been predicted."""
        for widget in self.widgets():
            widget.hide()

    def show_prediction(
        self,
        prediction: Prediction,
        catalogue: Catalogue,
        *,
        stale: bool,
        is_alone: bool = False,
        horizons_months: Sequence[float] = (),
    ) -> None:
        """Show a prediction; a withheld one shows no number, one that stands alone its long name too."""
        answered = prediction.status is PredictionStatus.ANSWERED
        tone = tone_of(prediction)
        name = (
            prediction_wording.prediction_with_long_name if is_alone else prediction_wording.prediction_name
        )
        say(self.name, name(prediction, catalogue))
        say(self.score, prediction_wording.score_text(prediction, catalogue), tone)
        set_look(self.score, role="figure" if answered else "title", stale=stale)
        self.score.setAccessibleName(f"{self.name.text()}: {self.score.text()}")
        has_bar = prediction.scale == "probability"
        self.bar.setVisible(has_bar)
        if has_bar:
            self.bar.show_figure(partial(_bar, prediction, catalogue), stale=stale)
        say(self.range, " · ".join(_measure(prediction, catalogue)))
        verdict = survival = fallback = flags = ""
        if answered:
            verdict = verdict_text(prediction, catalogue)
            survival = survival_lines(prediction, horizons_months, catalogue)
            fallback = prediction_wording.fallback_text(prediction, catalogue)
            flags = " · ".join(_doubts(prediction, catalogue))
        say(self.verdict, verdict, tone)
        say(self.survival, survival)
        say(self.fallback, fallback, Tone.WARN)
        say(self.flags, flags, Tone.WARN)
        for widget in (self.verdict, self.survival):
            set_look(widget, stale=stale)


def tone_of(prediction: Prediction) -> Tone:
    """Green for the class that is hoped for, red for the other, amber for what is withheld or borderline."""
    if prediction.status is not PredictionStatus.ANSWERED or prediction.is_borderline:
        return Tone.WARN
    return Tone.BAD if prediction_wording.is_unfavourable(prediction) else Tone.GOOD


def verdict_text(prediction: Prediction, catalogue: Catalogue) -> str:
    """The verdict with its shape, as in the report: a diamond for what nobody hopes for, else a ring."""
    shape = "◆" if prediction_wording.is_unfavourable(prediction) else "○"
    return f"{shape} {prediction_wording.verdict_word(prediction, catalogue)}"


def survival_lines(prediction: Prediction, horizons_months: Sequence[float], catalogue: Catalogue) -> str:
    """What its curve says, a line for each horizon."""
    return "\n".join(
        prediction_wording.survival_text(prediction, month, catalogue) for month in horizons_months
    )


def _measure(prediction: Prediction, catalogue: Catalogue) -> list[str]:
    """How the folds agree, what recalibration makes of it; of no probability also what it is, its cut-off."""
    parts = []
    if prediction.scale != "probability":
        parts.append(catalogue.text("report.answer.log_hazard"))
        cutoff = prediction_wording.cutoff_text(prediction, catalogue)
        parts += [catalogue.text("report.cutoff", value=cutoff)] if cutoff else []
    more = (
        prediction_wording.fold_range(prediction, catalogue),
        prediction_wording.calibrated_text(prediction, catalogue),
    )
    return [*parts, *filter(None, more)]


def _doubts(prediction: Prediction, catalogue: Catalogue) -> list[str]:
    doubts = (
        (prediction.is_borderline, "panel.comparison.borderline"),
        (prediction.folds_disagree, "panel.comparison.folds_disagree"),
    )
    return [catalogue.text(name) for is_so, name in doubts if is_so]


def _bar(prediction: Prediction, catalogue: Catalogue, width: float, style: FigureStyle) -> Drawing:
    return probability_bar(prediction, width, catalogue, style)

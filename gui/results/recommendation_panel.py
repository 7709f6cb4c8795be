"""What the rules say for this patient, by which rule, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.feedback.text import label, say
from gui.pathway.treatments import answers_by_treatment
from gui.results.card import Card
from gui.results.rule_table import RuleTable
from gui.results.rules_choice import RulesChoice
from gui.theme.palette import set_look
from gui.theme.tokens import Tone
from inference.assessment import Recommendation, RecommendationStatus
from inference.messages.catalogue import Catalogue
from inference.messages.message import Message
from inference.prediction import Part, Prediction
from inference.rules.obligatory import SITE_PREFIX
from inference.rules.performance import FIGURES
from reports.wording import (
    is_by_site,
    not_considered_line,
    recommendation_name,
    rule_file_line,
    rule_set_name,
    strength_line,
)

if TYPE_CHECKING:
    from gui.session import Session

_FOR_DISCUSSION: Final = frozenset(
    {
        "ibt",
        "discuss_response",
        "weigh_upfront",
        "intensified_follow_up",
        "wider_surgery",
        "high_risk_prognosis",
    }
)


class RecommendationPanel(QWidget):
    """The recommendation with the whole rule table; the rule set is chosen by name."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.card = Card(self)
        self.caption = label("muted", self.card, wraps=True)
        self.title = label("title", self.card, wraps=True)
        self.strength = label("muted", self.card, wraps=True)
        self.reasons = label("", self.card, wraps=True)
        self.table = RuleTable(self.card)
        self.statements = label("strong", self.card, wraps=True)
        self.figures = label("muted", self.card, wraps=True)
        self.not_considered = label("muted", self.card, wraps=True)
        self.would_change = label("muted", self.card, wraps=True)
        self.citation = label("annotation", self.card, wraps=True)
        self.rules = RulesChoice(session, self.card)
        column = self.card.column
        for widget in (
            self.caption,
            self.title,
            self.strength,
            self.reasons,
            self.statements,
            self.figures,
            self.not_considered,
            self.table,
            self.would_change,
            self.citation,
            self.rules,
        ):
            column.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.card)
        for signal in (
            session.outcome_changed,
            session.currency_changed,
            session.rule_set_changed,
            session.pack_changed,
            session.study_changed,
            session.language_changed,
        ):
            signal.connect(self._on_changed)
        self._on_changed()

    def _on_changed(self) -> None:
        session = self._session
        outcome = session.outcome
        recommendation = None if outcome is None else outcome.assessment.recommendation
        stale = recommendation is not None and not session.is_current
        self.setAccessibleName(session.tr("panel.recommendation.heading"))
        tone = Tone.PLAIN if recommendation is None or stale else _tone_of(recommendation)
        if outcome is not None and tone is Tone.GOOD and _is_doubtful(outcome.assessment.predictions):
            tone = Tone.WARN
        self.table.show_recommendation(recommendation, self._catalogue(recommendation), tone=tone)
        if recommendation is None:
            self._show_nothing()
        else:
            self._show(recommendation, tone, stale=stale)

    def _show_nothing(self) -> None:
        self.caption.setText(self._session.tr("panel.recommendation.heading"))
        say(self.title, "")
        ending = "none" if answers_by_treatment(self._session) else "none_score"
        say(self.reasons, self._session.tr(f"panel.recommendation.{ending}"))
        for widget in (
            self.strength,
            self.statements,
            self.figures,
            self.not_considered,
            self.would_change,
            self.citation,
        ):
            say(widget, "")
        self.card.look(Tone.PLAIN)

    def _show(self, recommendation: Recommendation, tone: Tone, *, stale: bool) -> None:
        session, catalogue = self._session, self._catalogue(recommendation)
        given = recommendation.status is RecommendationStatus.GIVEN
        part = "rules" if recommendation.row is None else "row"
        caption = catalogue.text(
            f"panel.recommendation.{part}",
            rules=rule_set_name(recommendation.rule_set, catalogue),
            version=recommendation.rule_version,
            row=recommendation.row or 0,
        )
        if is_by_site(recommendation):
            caption = f"{caption} · {catalogue.text('report.rules.site')}"
        self.caption.setText(caption)
        if given and recommendation.recommend is not None:
            title = recommendation_name(recommendation.recommend, catalogue)
        else:
            title = session.tr("panel.recommendation.withheld")
        say(self.title, title, Tone.PLAIN if given else tone)
        say(self.strength, strength_line(recommendation, catalogue))
        say(self.reasons, self._reasons(recommendation))
        said = recommendation.statements
        say(self.statements, _items([each for each in said if each.id not in FIGURES], catalogue))
        say(self.figures, _items([each for each in said if each.id in FIGURES], catalogue))
        say(self.not_considered, not_considered_line(recommendation, catalogue))
        say(self.would_change, _items(recommendation.would_change, catalogue))
        files = rule_file_line(recommendation, catalogue)
        say(self.citation, "\n".join(part for part in (recommendation.citation, files) if part))
        for widget in (self.title, self.strength, self.reasons, self.statements):
            set_look(widget, stale=stale)
        self.card.look(tone, stale=stale)

    def _reasons(self, recommendation: Recommendation) -> str:
        """Why it holds, or why it is withheld, unless the predictions above have already said so."""
        catalogue = self._catalogue(recommendation)
        if recommendation.status is RecommendationStatus.GIVEN:
            return _lines((*recommendation.reasons, *recommendation.text), catalogue)
        outcome = self._session.outcome
        assert outcome is not None
        said = {reason.id for p in outcome.assessment.predictions for reason in p.reasons}
        if all(reason.id in said for reason in recommendation.reasons):
            return self._session.tr("panel.recommendation.reasons_above")
        return _lines(recommendation.reasons, catalogue, mark="– ")

    def _catalogue(self, recommendation: Recommendation | None) -> Catalogue:
        """The session's, with the texts of the site whose rules were read."""
        return self._session.catalogue.with_texts({} if recommendation is None else recommendation.texts)


def _tone_of(recommendation: Recommendation) -> Tone:
    if recommendation.status is not RecommendationStatus.GIVEN or recommendation.recommend is None:
        return Tone.WARN
    if recommendation.recommend.startswith(SITE_PREFIX):
        return Tone.PLAIN
    return Tone.WARN if recommendation.recommend in _FOR_DISCUSSION else Tone.GOOD


def _is_doubtful(predictions: Sequence[Prediction]) -> bool:
    """True where a score that the rules read is near its cut-off, or its folds disagree."""
    read = (one for one in predictions if one.part is Part.ANSWER)
    return any(one.is_borderline or one.folds_disagree for one in read)


def _items(messages: Sequence[Message], catalogue: Catalogue) -> str:
    """Long sentences below each other, each with a mark where there are several."""
    return _lines(messages, catalogue, mark="\u2013 " if len(messages) > 1 else "")


def _lines(messages: Sequence[Message], catalogue: Catalogue, mark: str = "") -> str:
    return "\n".join(f"{mark}{catalogue.render(message)}" for message in messages)

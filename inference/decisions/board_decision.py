"""The board's decision on one answer: taken over, changed or set aside, by whom, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from inference.assessment import Assessment, RecommendationStatus
from inference.errors import InputError
from inference.rules.decisions_file import words_unless_known
from inference.rules.rule_book import NON_RESIDUAL, RESIDUAL

SCHEMA: Final = "concilium.decision"
SCHEMA_VERSION: Final = 1
LONGEST_TEXT: Final = 2000
AUDITED_STUDY: Final = "npc-residual"
"""The one study whose decisions have a published audit."""

_REGIMENS: Final = ("ccrt", "ic_ccrt")

_TEXTS: Final = (
    "decision_id",
    "case_id",
    "study",
    "subject",
    "assessment_sha256",
    "decided",
    "reason",
    "by",
)


class Choice(StrEnum):
    """What the board did with the recommendation."""

    ACCEPT = "accept"
    MODIFY = "modify"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class OwnOpinion:
    """A physician's view, committed before the number was shown."""

    text: str
    by: str
    at: datetime

    def __post_init__(self) -> None:
        _require("decision.opinion", self.text)
        _require("decision.by", self.by)
        _with_zone(self.at)


@dataclass(frozen=True, slots=True)
class RecordedOutcome:
    """What was given and what came of it, in the words of the study, entered later."""

    given: str
    actual: str
    by: str
    at: datetime

    def __post_init__(self) -> None:
        for name, text in (("given", self.given), ("actual", self.actual), ("by", self.by)):
            _require(f"decision.{name}", text)
        _with_zone(self.at)


@dataclass(frozen=True, slots=True)
class BoardDecision:
    """Who the patient is stands here as a hash alone; ``assessment_sha256`` names the answer.

    ``predicted`` is the class of each reading by its name, empty where the answer was withheld;
    ``recommended`` is the rule's word, None where nothing was recommended; ``decided`` is what the board
    decided in words.

    Raises
    ------
    InputError
        When a text that is needed is blank or too long, when nothing is there to accept, or when a change has
        no reason.
    """

    decision_id: str
    case_id: str
    study: str
    subject: str
    subject_sha256: str | None
    assessment_sha256: str
    recommended: str | None
    predicted: Mapping[str, str]
    choice: Choice
    decided: str
    reason: str
    by: str
    at: datetime
    opinion: OwnOpinion | None = None
    outcome: RecordedOutcome | None = field(default=None)

    def __post_init__(self) -> None:
        _require("decision.by", self.by)
        _with_zone(self.at)
        if self.choice is Choice.ACCEPT:
            if self.recommended is None:
                raise InputError("error.decision.nothing_to_accept")
        else:
            _require("decision.decided", self.decided)
            _require("decision.reason", self.reason)
        for name, text in (("decided", self.decided), ("reason", self.reason)):
            _short(f"decision.{name}", text)

    def with_outcome(self, outcome: RecordedOutcome) -> BoardDecision:
        """The same with what came of it.

        Raises
        ------
        InputError
            When an outcome stands already: it is not written over; or when the study has an audit, whose
            table does not know the words.
        """
        if self.outcome is not None:
            raise InputError("error.decision.outcome_stands", decision=self.decision_id)
        if self.study == AUDITED_STUDY:
            for name, text in (("given", outcome.given), ("actual", outcome.actual)):
                if (allowed := words_unless_known(name, text)) is not None:
                    raise InputError("error.decision.outcome_word", field=f"decision.{name}", allowed=allowed)
        return replace(self, outcome=outcome)


def decide(
    assessment: Assessment,
    predicted: Mapping[str, str],
    choice: Choice,
    *,
    decision_id: str,
    case_id: str,
    decided: str,
    reason: str,
    by: str,
    at: datetime,
    opinion: OwnOpinion | None = None,
) -> BoardDecision:
    """The decision on an answer; accepting takes its recommendation over.

    Raises
    ------
    InputError
        As :class:`BoardDecision`.
    """
    recommendation = assessment.recommendation
    given = recommendation.status is RecommendationStatus.GIVEN
    return BoardDecision(
        decision_id=decision_id,
        case_id=case_id,
        study=assessment.study,
        subject=assessment.subject,
        subject_sha256=assessment.subject_sha256,
        assessment_sha256=assessment.content_sha256(),
        recommended=recommendation.recommend if given else None,
        predicted=dict(predicted) if given else {},
        choice=choice,
        decided=decided.strip(),
        reason=reason.strip(),
        by=by.strip(),
        at=at,
        opinion=opinion,
    )


def to_document(decision: BoardDecision) -> dict[str, Any]:
    """The JSON document of a decision."""
    document: dict[str, Any] = {"schema": SCHEMA, "schema_version": SCHEMA_VERSION}
    for name in (*_TEXTS, "subject_sha256", "recommended"):
        document[name] = getattr(decision, name)
    document |= {"predicted": dict(decision.predicted), "choice": decision.choice.value}
    document["at"] = decision.at.isoformat()
    opinion, outcome = decision.opinion, decision.outcome
    document["opinion"] = opinion and {"text": opinion.text, "by": opinion.by, "at": opinion.at.isoformat()}
    document["outcome"] = outcome and {
        "given": outcome.given,
        "actual": outcome.actual,
        "by": outcome.by,
        "at": outcome.at.isoformat(),
    }
    return document


def from_document(document: Mapping[str, Any]) -> BoardDecision:
    """Read it back.

    Raises
    ------
    ValueError, KeyError, TypeError, InputError
        When it is no decision, a newer one, or says what no decision may say.
    """
    if document.get("schema") != SCHEMA or document.get("schema_version") != SCHEMA_VERSION:
        raise ValueError("no decision that this version reads")
    opinion, outcome = document["opinion"], document["outcome"]
    for name in ("subject_sha256", "recommended"):
        if not isinstance(document[name], str | None):
            raise ValueError(f"{name} is no text")
    _audit_can_read(document["study"], document["predicted"])
    texts = {
        name: str(document[name])
        for name in (
            "decision_id",
            "case_id",
            "study",
            "subject",
            "assessment_sha256",
            "decided",
            "reason",
            "by",
        )
    }
    return BoardDecision(
        **texts,
        subject_sha256=document["subject_sha256"],
        recommended=document["recommended"],
        predicted={str(name): str(word) for name, word in document["predicted"].items()},
        choice=Choice(document["choice"]),
        at=datetime.fromisoformat(document["at"]),
        opinion=opinion and OwnOpinion(opinion["text"], opinion["by"], datetime.fromisoformat(opinion["at"])),
        outcome=outcome
        and RecordedOutcome(
            outcome["given"], outcome["actual"], outcome["by"], datetime.fromisoformat(outcome["at"])
        ),
    )


def _audit_can_read(study: str, predicted: Mapping[str, str]) -> None:
    """Of the audited study, each regimen is predicted in a word of the table, or nothing is."""
    if study != AUDITED_STUDY or not predicted:
        return
    if set(predicted) != set(_REGIMENS) or not set(predicted.values()) <= {RESIDUAL, NON_RESIDUAL}:
        raise ValueError("no prediction that an audit reads")


def _require(name: str, text: str) -> None:
    if not text.strip():
        raise InputError("error.decision.blank", field=name)
    _short(name, text)


def _short(name: str, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise InputError("error.decision.too_long", field=name, most=LONGEST_TEXT)


def _with_zone(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")

"""A prediction as an Assessment carries it: every number, or none of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inference.messages.message import Message


class PredictionStatus(StrEnum):
    """Whether a prediction may be read."""

    ANSWERED = "answered"
    WITHHELD = "withheld"
    NOT_ESTIMABLE = "not_estimable"


@dataclass(frozen=True, slots=True)
class SurvivalPoint:
    """Predicted probability to be free of the event at one time."""

    time_months: float
    probability: float


@dataclass(frozen=True, slots=True)
class SurvivalEstimate(SurvivalPoint):
    """The same with its 95 % interval, which covers the fit of the Cox model and no more."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one term adds to the linear predictor of the model that answers; ``term`` and ``value`` as text.

    ``term`` is a field of the form or a score of the pack; the amounts add up to the linear predictor but for
    its intercept.
    """

    term: str
    value: str
    amount: float


@dataclass(frozen=True, slots=True)
class Variation:
    """The score after one small change of the input; None where the change leaves nothing to score.

    ``kind`` says what was changed: the ``outline``, a ``number`` a little, or a ``choice`` for another one.
    ``crosses`` is True where the changed score stands on the other side of the cut-off.
    """

    kind: str
    change: Message
    score: float | None
    crosses: bool


class Part(StrEnum):
    """Whether the rules read a prediction, or it is shown beside."""

    ANSWER = "answer"
    BESIDE = "beside"


class Fallback(StrEnum):
    """What a prediction was made from where the pathway's main model could not be asked."""

    NONE = "none"
    IMAGE_ONLY = "image_only"
    CLINICAL_ONLY = "clinical_only"
    FEWER_PHASES = "fewer_phases"


@dataclass(frozen=True, slots=True)
class Prediction:
    """One number that a pack gives for the patient: under a treatment, or by a model of its study.

    Exactly one of ``treatment`` and ``model`` names it.  When the status is not *answered*, every number is
    None or empty and ``reasons`` say why: a withheld answer hides the score too.  ``low`` and ``high`` are
    the smallest and largest fold score; a model without folds has none.  ``is_positive`` compares the
    unrounded score with the cut-off, once: score ≥ cut-off; None where the pack locks no cut-off.
    ``slice_shares`` gives, per slice of ``slices``, how far the score falls without that slice (fold mean;
    negative when it rises).

    ``scale`` is ``probability`` or ``linear_predictor``, ``higher_is`` ``worse`` or ``better``.  ``missing``
    names fields of the form and inputs for want of which a ``fallback`` answers.  ``calibrated`` is the
    probability after the pack's recalibration.  ``variations`` are empty until they were computed.
    """

    treatment: str
    outcome: str
    positive_class: str
    status: PredictionStatus
    cutoff: float | None
    score: float | None = None
    fold_scores: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    is_positive: bool | None = None
    is_borderline: bool = False
    folds_disagree: bool = False
    slices: tuple[int, ...] = ()
    slice_shares: tuple[float, ...] = ()
    reasons: tuple[Message, ...] = ()
    model: str = ""
    part: Part = Part.ANSWER
    fallback: Fallback = Fallback.NONE
    missing: tuple[str, ...] = ()
    scale: str = "probability"
    higher_is: str = "worse"
    horizon_months: float | None = None
    calibrated: float | None = None
    survival: tuple[SurvivalPoint, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    variations: tuple[Variation, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.treatment) == bool(self.model):
            raise ValueError("a prediction is named by its treatment or by its model")
        if self.status is PredictionStatus.ANSWERED:
            self._holds_its_numbers()
        elif self._numbers() != (None,) * 5 or any(
            (self.fold_scores, self.slice_shares, self.survival, self.contributions, self.variations)
        ):
            raise ValueError("a prediction that is not answered carries no number")
        elif self.is_borderline or self.folds_disagree:
            raise ValueError("a prediction that is not answered says nothing of its score")

    def _numbers(self) -> tuple[object, ...]:
        return self.score, self.low, self.high, self.is_positive, self.calibrated

    def _holds_its_numbers(self) -> None:
        if self.score is None or (self.is_positive is None) != (self.cutoff is None):
            raise ValueError("an answered prediction carries its score, and its class beside a cut-off")
        spread = (self.low, self.high)
        if (None in spread) == bool(self.fold_scores) or (self.treatment and not self.fold_scores):
            raise ValueError("an answered prediction carries its folds and their spread, or neither")
        if len(self.slice_shares) not in (0, len(self.slices)) or (
            self.treatment and len(self.slice_shares) != len(self.slices)
        ):
            raise ValueError("one share per slice")

    @property
    def name(self) -> str:
        """Treatment or model."""
        return self.treatment or self.model

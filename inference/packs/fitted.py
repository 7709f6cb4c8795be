"""What was fitted beside the networks: signatures, clinical models, support vector machines, calibrations.

Coefficients only.  No patient stands in any of them: a support vector machine is linear, so that its weights
replace its support vectors.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from inference.packs.cox_uncertainty import CoxUncertainty
from inference.packs.part import Part
from inference.packs.phases import PhaseName

Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]


class Scaling(Part):
    """A value enters as (value - centre) / scale."""

    centre: float
    scale: float = Field(gt=0)


class NumberTerm(Part):
    """A clinical number, in the form's canonical unit, scaled."""

    kind: Literal["number"] = "number"
    field: str
    scaling: Scaling
    coefficient: float


class LevelTerm(Part):
    """1 when a clinical choice is one of ``levels``, else 0; levels without a term are the reference."""

    kind: Literal["level"] = "level"
    field: str
    levels: tuple[str, ...] = Field(min_length=1)
    coefficient: float


class CutTerm(Part):
    """1 when a clinical number is above ``cut`` (at or above it when ``includes_cut``), else 0."""

    kind: Literal["cut"] = "cut"
    field: str
    cut: float
    includes_cut: bool
    coefficient: float


class ScoreTerm(Part):
    """Another score of the pack, scaled; ``as_log_odds`` where a probability enters as its log odds.

    A probability is held within 1e-6 of 0 and 1 before.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"as_log_odds"})

    kind: Literal["score"] = "score"
    score: Name
    as_log_odds: bool = False
    scaling: Scaling
    coefficient: float


ClinicalTerm = Annotated[NumberTerm | LevelTerm | CutTerm, Field(discriminator="kind")]
Term = Annotated[NumberTerm | LevelTerm | CutTerm | ScoreTerm, Field(discriminator="kind")]


class BaselinePoint(Part):
    """Survival at one time for a linear predictor of zero."""

    time_months: float = Field(gt=0)
    survival: float = Field(gt=0, le=1)


class LinearModel(Part):
    """A logistic or Cox model: ``name`` is the score it gives.

    Logistic: the score is the probability expit(intercept + Σ coefficient × term).  Cox: the score is the
    linear predictor Σ coefficient × term, and survival at a time is baseline ^ exp(score); with
    ``uncertainty`` it has an interval at some of the times.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"uncertainty"})

    name: Name
    family: Literal["logistic", "cox"]
    terms: tuple[Term, ...] = Field(min_length=1)
    intercept: float | None = None
    baseline: tuple[BaselinePoint, ...] = ()
    uncertainty: CoxUncertainty | None = None

    @model_validator(mode="after")
    def _fits_its_family(self) -> LinearModel:
        if (self.intercept is None) == (self.family == "logistic"):
            raise ValueError("a logistic model, and only a logistic model, has an intercept")
        if bool(self.baseline) != (self.family == "cox"):
            raise ValueError("a Cox model, and only a Cox model, has a baseline survival")
        times = [point.time_months for point in self.baseline]
        survival = [point.survival for point in self.baseline]
        if times != sorted(set(times)) or survival != sorted(survival, reverse=True):
            raise ValueError("a baseline survival falls as time goes on")
        return self

    @model_validator(mode="after")
    def _is_unsure_of_what_it_tells(self) -> LinearModel:
        if self.uncertainty is None:
            return self
        if self.family != "cox":
            raise ValueError("only a Cox model has an interval of its survival")
        if self.uncertainty.size != len(self.terms):
            raise ValueError("a covariance is that of the model's terms")
        fallen = {point.time_months for point in self.baseline if point.survival < 1}
        if not {one.time_months for one in self.uncertainty.times} <= fallen:
            raise ValueError("an interval stands at a time of the baseline, after the first event")
        return self

    @property
    def clinical_fields(self) -> frozenset[str]:
        """The clinical values it needs."""
        return frozenset(term.field for term in self.terms if not isinstance(term, ScoreTerm))

    @property
    def scores_needed(self) -> frozenset[str]:
        """The other scores of the pack it needs."""
        return frozenset(term.score for term in self.terms if isinstance(term, ScoreTerm))


class SelectedFeature(Part):
    """One entry of an embedding, counted from 0, scaled, with its weight."""

    index: int = Field(ge=0)
    scaling: Scaling
    weight: float


def _in_order(features: tuple[SelectedFeature, ...], length: int) -> None:
    chosen = [feature.index for feature in features]
    if chosen != sorted(set(chosen)) or (chosen and chosen[-1] >= length):
        raise ValueError("features are named once, in order, and lie inside the embedding")


class Signature(Part):
    """A sum over selected features of one phase: intercept + Σ weight × scaled feature."""

    name: Name
    phase: PhaseName
    embedding_length: int = Field(gt=0)
    features: tuple[SelectedFeature, ...]
    intercept: float

    @model_validator(mode="after")
    def _selects_in_order(self) -> Signature:
        _in_order(self.features, self.embedding_length)
        return self


class Platt(Part):
    """Probability from a decision value: expit(slope × value + intercept).  Source: Platt 1999."""

    slope: float
    intercept: float


class SupportVectorMachine(Part):
    """A linear machine of one fold; the pack's score is the mean of the folds' probabilities.

    ``phases`` says whose embeddings are joined, in order, into the features; ``terms`` are clinical values
    that the decision value adds to them.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"terms"})

    name: Name
    fold: int = Field(ge=0)
    phases: tuple[PhaseName, ...] = Field(min_length=1)
    embedding_length: int = Field(gt=0)
    features: tuple[SelectedFeature, ...] = Field(min_length=1)
    intercept: float
    platt: Platt
    terms: tuple[ClinicalTerm, ...] = ()

    @model_validator(mode="after")
    def _selects_in_order(self) -> SupportVectorMachine:
        _in_order(self.features, self.embedding_length * len(self.phases))
        return self


class SliceAggregation(Part):
    """How the slices of a patient become one embedding.

    ``largest_cluster``: k-means with ``clusters``, ``starts`` and ``seed``, the mean of the larger cluster;
    of equal ones the one nearer the overall mean; fewer than ``fewest_slices`` slices give the plain mean.
    """

    method: Literal["mean", "largest_cluster"]
    clusters: int = Field(default=1, ge=1)
    starts: int = Field(default=1, ge=1)
    seed: int = 0
    fewest_slices: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _has_clusters_where_it_needs_them(self) -> SliceAggregation:
        if (self.clusters > 1) != (self.method == "largest_cluster"):
            raise ValueError("only largest_cluster has several clusters")
        return self


class Calibration(Part):
    """Probability from a score: expit(intercept + slope × logit(score)); after 1:1 oversampling a must."""

    score: Name
    intercept: float
    slope: float
    fitted_on: str


class Score(Part):
    """A number that the pack gives, and which way is worse.

    ``source`` says what computes it: the mean of the classifiers' folds, a signature, the mean of the support
    vector machines' folds, or a linear model; the last three are found by the score's name.
    """

    name: Name
    title: str
    source: Literal["classifiers", "signature", "support_vector_machines", "linear_model"]
    scale: Literal["probability", "linear_predictor"]
    higher_is: Literal["worse", "better"]
    positive_class: str


class ScoreThreshold(Part):
    """A cut-off of one score and how it was locked; positive means score ≥ value, compared unrounded."""

    score: Name
    value: float
    locked_on: str
    method: str
    borderline_margin: float = Field(default=0.0, ge=0)

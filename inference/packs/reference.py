"""What the guard and the plots need to know of the training cohort, without a row of any patient.

``reference.npz`` holds float64 arrays under the names that the entries below give them; never unpickled.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from inference.packs.fitted import Name
from inference.packs.part import Part
from inference.packs.phases import PhaseName

MOST_QUANTILES = 101
MOST_TIMES = 121
"""Ten years in months: a grid of times, not the patients' own."""


class FeatureDistribution(Part):
    """Mean ``<array>/mean`` (d) and covariance ``<array>/covariance`` (d, d) of an embedding, reduced or not.

    With ``components`` > 0 the embedding is first projected: ``<array>/projection`` (components, d).
    ``fold`` says whose network's embedding it is, where folds have networks of their own, and ``treatment``
    whose, where treatments have.  ``left_out``: that network learned from none of these patients.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"fold", "treatment", "left_out"})

    array: Name
    phase: PhaseName | None
    fold: int | None = None
    treatment: str | None = None
    left_out: bool = False
    length: int = Field(gt=0)
    components: int = Field(default=0, ge=0)
    patients: int = Field(gt=0)


class ScoreQuantiles(Part):
    """Quantiles of one score in one cohort, by outcome: ``<array>/quantiles`` at ``probabilities``."""

    array: Name
    score: Name
    cohort: Literal["training", "internal", "external"]
    outcome: str
    probabilities: tuple[float, ...] = Field(min_length=2, max_length=MOST_QUANTILES)
    patients: int = Field(gt=0)

    @model_validator(mode="after")
    def _rises(self) -> ScoreQuantiles:
        if list(self.probabilities) != sorted(set(self.probabilities)) or not (
            self.probabilities[0] >= 0 and self.probabilities[-1] <= 1
        ):
            raise ValueError("probabilities rise within 0 to 1")
        return self


class SurvivalTable(Part):
    """Kaplan–Meier by risk group on a grid of times.

    ``<array>/survival``, ``<array>/low``, ``<array>/high`` and ``<array>/at_risk`` at ``times_months``.
    """

    array: Name
    score: Name
    cohort: Literal["training", "internal", "external"]
    group: Literal["low", "high"]
    times_months: tuple[float, ...] = Field(min_length=2, max_length=MOST_TIMES)
    patients: int = Field(gt=0)

    @model_validator(mode="after")
    def _rises(self) -> SurvivalTable:
        if list(self.times_months) != sorted(set(self.times_months)) or self.times_months[0] < 0:
            raise ValueError("times rise from 0")
        return self


class Reference(Part):
    """The file and what its arrays are."""

    file: str
    features: tuple[FeatureDistribution, ...] = ()
    quantiles: tuple[ScoreQuantiles, ...] = ()
    survival: tuple[SurvivalTable, ...] = ()

    @model_validator(mode="after")
    def _names_each_array_once(self) -> Reference:
        names = [entry.array for entry in self.features]
        names += [entry.array for entry in self.quantiles]
        names += [entry.array for entry in self.survival]
        if len(set(names)) != len(names):
            raise ValueError("two entries share an array")
        return self

"""Scores and outcomes of patients in their cohorts: what an evaluation is computed from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from inference.statistics.comparisons.table_one import CategoricalVariable, NumericVariable, Variable
from inference.statistics.outcomes import Bools, ClassData, Floats, SurvivalData

Kind = Literal["binary", "survival"]

TRAINING: Final = "training"
COHORT_ORDER: Final = (TRAINING, "internal", "external")
"""Cohorts of these names come first, in this order; others follow as they appear."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What one model says of every row; a higher score points to the event or the positive class.

    ``is_probability``: the score is the probability of the positive class.  ``survival`` maps a horizon,
    in the unit of the times, to the predicted probability of being free of the event then, (n,).
    """

    name: str
    scores: Floats
    is_probability: bool
    survival: dict[float, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """A table of predictions, checked: one row per patient, or per slice where ``has_slices``.

    ``outcome`` is there for kind binary, ``follow_up`` for kind survival.  ``folds`` holds the
    cross-validation fold whose model left the row out, empty where the score is not out of fold.
    ``unused`` names columns that were read and left alone.
    """

    kind: Kind
    patients: tuple[str, ...]
    cohorts: NDArray[np.str_]
    models: tuple[Model, ...]
    outcome: Bools | None
    follow_up: SurvivalData | None
    folds: NDArray[np.str_]
    covariates: tuple[Variable, ...]
    has_slices: bool
    is_synthetic: bool
    unused: tuple[str, ...]
    sha256: str

    def cohort_names(self) -> tuple[str, ...]:
        """Names of the cohorts in the order of the report."""
        appearing = list(dict.fromkeys(str(name) for name in self.cohorts))
        known = [name for name in COHORT_ORDER if name in appearing]
        return (*known, *(name for name in appearing if name not in COHORT_ORDER))

    def rows_of(self, cohort: str) -> NDArray[np.bool_]:
        """Which rows (n,) belong to a cohort."""
        chosen: NDArray[np.bool_] = self.cohorts == cohort
        return chosen

    def by_patient(self) -> Predictions:
        """One row for each patient: the mean of a model's scores over the slices; else the same table.

        Cohort, outcome, fold and covariates are those of the patient's first slice.
        """
        if not self.has_slices:
            return self
        places = {patient: place for place, patient in enumerate(dict.fromkeys(self.patients))}
        member = np.array([places[patient] for patient in self.patients], dtype=np.intp)
        first = np.unique(member, return_index=True)[1]
        counts = np.bincount(member)
        models = tuple(
            replace(model, scores=np.bincount(member, weights=model.scores) / counts) for model in self.models
        )
        return replace(
            self,
            patients=tuple(places),
            cohorts=self.cohorts[first],
            models=models,
            outcome=None if self.outcome is None else self.outcome[first],
            folds=self.folds[first],
            covariates=tuple(_rows(variable, first) for variable in self.covariates),
            has_slices=False,
        )

    def classes(self, model: Model, cohort: str) -> ClassData:
        """Scores and classes of one cohort; kind binary only."""
        if self.outcome is None:
            raise ValueError("predictions of kind survival have no classes")
        return ClassData(model.scores, self.outcome).rows(self.rows_of(cohort))

    def times(self, cohort: str) -> SurvivalData:
        """Times and events of one cohort; kind survival only."""
        if self.follow_up is None:
            raise ValueError("predictions of kind binary have no times")
        return self.follow_up.rows(self.rows_of(cohort))


def _rows(variable: Variable, chosen: NDArray[np.intp]) -> Variable:
    if isinstance(variable, NumericVariable):
        return NumericVariable(variable.name, variable.values[chosen])
    return CategoricalVariable(variable.name, tuple(variable.values[row] for row in chosen))

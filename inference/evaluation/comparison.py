"""Two models on the same patients: is one better?  Every pair, within one cohort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from inference.evaluation.predictions import Model, Predictions
from inference.statistics.comparisons.multiplicity import adjust_p_values
from inference.statistics.discrimination.compare_concordance import compare_concordance
from inference.statistics.discrimination.delong import compare_aucs
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable

Measure = Literal["auc", "c_index"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``first`` less ``second``; ``adjusted_p_value`` is Holm's over all pairs of the cohort."""

    measure: Measure
    first: str
    second: str
    difference: Estimate | NotEstimable
    p_value: float | NotEstimable
    adjusted_p_value: float | NotEstimable | None = None


def compare_models(predictions: Predictions, cohort: str) -> tuple[Comparison, ...]:
    """Every pair of models: DeLong's paired test for classes, paired influences on Harrell's C for times."""
    compare = _by_auc if predictions.kind == "binary" else _by_c_index
    return _adjusted([compare(predictions, cohort, *pair) for pair in combinations(predictions.models, 2)])


def _adjusted(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    holm = adjust_p_values([one.p_value for one in comparisons]).holm
    return tuple(
        replace(one, adjusted_p_value=p_value) for one, p_value in zip(comparisons, holm, strict=True)
    )


def _by_auc(predictions: Predictions, cohort: str, first: Model, second: Model) -> Comparison:
    rows = predictions.rows_of(cohort)
    one, other = predictions.classes(first, cohort), predictions.classes(second, cohort)
    out_of_fold = bool((predictions.folds[rows] != "").any())
    paired = compare_aucs(one.scores, other.scores, one.is_positive, out_of_fold=out_of_fold)
    if isinstance(paired, NotEstimable):
        return Comparison("auc", first.name, second.name, paired, paired)
    return Comparison("auc", first.name, second.name, paired.difference, paired.p_value)


def _by_c_index(predictions: Predictions, cohort: str, first: Model, second: Model) -> Comparison:
    rows = predictions.rows_of(cohort)
    paired = compare_concordance(predictions.times(cohort), first.scores[rows], second.scores[rows])
    if isinstance(paired, NotEstimable):
        return Comparison("c_index", first.name, second.name, paired, paired)
    return Comparison("c_index", first.name, second.name, paired.difference, paired.p_value)

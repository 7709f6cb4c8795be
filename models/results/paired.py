"""Paired tests of two models on the same phantoms, computed anew from the kept tables of scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from inference.evaluation.predictions import Model, Predictions
from inference.messages.catalogue import load_catalogue
from inference.statistics.discrimination.compare_concordance import ConcordanceComparison, compare_concordance
from inference.statistics.discrimination.concordance import concordance
from inference.statistics.discrimination.delong import PairedAuc, compare_aucs, delong_auc
from inference.statistics.reasons import NotEstimable
from models.results.figures import Ablation, Contrast, Figure, Measure, Paired, Side
from models.results.reading import ResultDocumentError

TOLERANCE: Final = 5e-3
"""Scores are kept with 6 to 8 digits; rounding ties patients whom the run told apart by less."""


def value_in_table(predictions: Predictions, cohort: str, model: str) -> float | None:
    """AUC or C-index of a model in a cohort, from the table."""
    rows = predictions.rows_of(cohort)
    scores = _model(predictions, model).scores[rows]
    if predictions.kind == "binary":
        area = delong_auc(predictions.classes(_model(predictions, model), cohort))
        return None if isinstance(area, NotEstimable) else area.value
    found = concordance(predictions.times(cohort), scores)
    return None if isinstance(found, NotEstimable) else found.estimate.value


def check_figures(
    figures: Sequence[Figure], predictions: Predictions, names: Mapping[str, str], study: str
) -> None:
    """Make sure that document and table are of one run; ``names`` maps the table's models to the page's.

    Raises
    ------
    ResultDocumentError
        Naming model, cohort and both figures.
    """
    keys = {shown: key for key, shown in names.items()}
    for one in figures:
        found = value_in_table(predictions, one.cohort, keys[one.model])
        if found is None or one.value is None or abs(found - one.value) <= TOLERANCE:
            continue
        raise ResultDocumentError(
            "error.results.disagree",
            study=study,
            model=keys[one.model],
            cohort=one.cohort,
            stated=f"{one.value:.3f}",
            found=f"{found:.3f}",
        )


def ablations(
    questions: Sequence[tuple[str, str, str]],
    measure: Measure,
    figures: Sequence[Figure],
    predictions: Predictions,
    names: Mapping[str, str],
) -> tuple[Ablation, ...]:
    """The questions of a paper, each with the two models that answer it."""
    return tuple(
        Ablation(question, measure, contrasts(figures, predictions, names, first, second))
        for question, first, second in questions
    )


def contrasts(
    figures: Sequence[Figure], predictions: Predictions, names: Mapping[str, str], first: str, second: str
) -> tuple[Contrast, ...]:
    """Two models side by side in every cohort that has both."""
    by_place = {(one.cohort, one.model): one for one in figures}
    found = []
    for cohort in dict.fromkeys(one.cohort for one in figures):
        sides = [by_place.get((cohort, names[key])) for key in (first, second)]
        if sides[0] is not None and sides[1] is not None:
            one, other = (Side(each.model, each.value, each.published) for each in sides if each is not None)
            found.append(Contrast(cohort, one, other, compare(predictions, cohort, first, second)))
    return tuple(found)


def compare(predictions: Predictions, cohort: str, first: str, second: str) -> Paired:
    """DeLong's test of two areas, or the infinitesimal-jackknife test of two C-indices."""
    rows = predictions.rows_of(cohort)
    one, other = (_model(predictions, name).scores[rows] for name in (first, second))
    found: PairedAuc | ConcordanceComparison | NotEstimable
    if predictions.outcome is not None:
        is_out_of_fold = bool(np.any(predictions.folds[rows] != ""))
        found = compare_aucs(one, other, predictions.outcome[rows], out_of_fold=is_out_of_fold)
    else:
        found = compare_concordance(predictions.times(cohort), one, other)
    if isinstance(found, NotEstimable):
        return Paired(reason=load_catalogue("en").render(found.message))
    return Paired(
        found.difference.value,
        found.difference.interval,
        found.p_value,
        is_small="small_class" in found.difference.flags,
    )


def _model(predictions: Predictions, name: str) -> Model:
    for model in predictions.models:
        if model.name == name:
            return model
    raise ResultDocumentError("error.results.no_model", model=name)

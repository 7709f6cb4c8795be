"""What every study of a class leaves of a run: a table of scores, and the figures of a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inference.statistics.discrimination.delong import auc
from inference.statistics.discrimination.youden import YoudenCutoff
from inference.statistics.outcomes import Bools, Floats
from models.csv_text import csv_text
from models.training.splits import Fold, fold_names


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The probabilities that models gave to a cohort's patients, beside the truth."""

    cohort: str
    patient_ids: Sequence[str]
    is_positive: Bools
    scores: Mapping[str, Floats]


def scores_csv(models: Sequence[str], folds: Iterable[Fold], judged: Sequence[Judged]) -> str:
    """One row per patient of synthetic cohorts, whose first learnt: its scores are out of the fold named."""
    fold_of = fold_names(folds)
    rows = [
        ["patient", "cohort", "fold", "outcome", *(f"probability_{name}" for name in models), "synthetic"]
    ]
    for number, one in enumerate(judged):
        rows += [
            [
                patient,
                one.cohort,
                fold_of[k] if number == 0 else "",
                "yes" if one.is_positive[k] else "no",
                *(f"{one.scores[name][k]:.6f}" for name in models),
                "yes",
            ]
            for k, patient in enumerate(one.patient_ids)
        ]
    return csv_text(rows)


def class_figures(
    values: Floats,
    is_positive: Bools,
    cutoff: YoudenCutoff | None,
    *,
    ceiling: float,
    published: float | None,
) -> dict[str, Any]:
    """A model's area beside the ceiling of the phantoms and the paper's; rates at the locked cut-off."""
    area = auc(values, is_positive)
    figures: dict[str, Any] = {
        "auc": area.value,
        "auc_ci": area.interval(),
        "ceiling": ceiling,
        "published": published,
    }
    if cutoff is None:
        return figures
    above = values >= cutoff.value
    return figures | {
        "cutoff": cutoff.value,
        "sensitivity": float(above[is_positive].mean()),
        "specificity": float((~above)[~is_positive].mean()),
        "accuracy": float((above == is_positive).mean()),
    }

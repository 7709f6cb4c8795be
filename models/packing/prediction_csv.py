"""Patients, outcomes and scores as the table that ``main.py evaluate`` reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from inference.statistics.outcomes import Bools, Floats, SurvivalData
from models.csv_text import csv_text


@dataclass(frozen=True, slots=True, eq=False)
class CohortRows:
    """One cohort: outcome or follow-up, and scores by model; ``folds`` only where a fold left them out.

    ``survival`` maps a model to its predicted survival (patients, horizons); ``clinical`` describes patients.
    """

    cohort: str
    patient_ids: Sequence[str]
    scores: Mapping[str, Floats]
    outcome: Bools | None = None
    follow_up: SurvivalData | None = None
    folds: Sequence[str] = ()
    survival: Mapping[str, Floats] = field(default_factory=dict)
    clinical: Mapping[str, Sequence[float | str]] = field(default_factory=dict)


def prediction_csv(
    cohorts: Sequence[CohortRows], *, is_synthetic: bool, horizons_months: Sequence[float] = ()
) -> str:
    """The rows of all cohorts; a table without follow-up holds probabilities."""
    first = cohorts[0]
    models, survivals, clinical = list(first.scores), list(first.survival), list(first.clinical)
    is_binary = first.outcome is not None
    kind = "probability" if is_binary else "score"
    heads = [
        *("patient", "cohort", "fold"),
        *(("outcome",) if is_binary else ("time", "event")),
        *(f"{kind}_{name}" for name in models),
        *(f"survival_{months:g}_{name}" for name in survivals for months in horizons_months),
        *clinical,
        "synthetic",
    ]
    told = [
        [
            *(patient, rows.cohort, rows.folds[k] if len(rows.folds) else ""),
            *_outcome(rows, k),
            *(_told(rows.scores[name][k]) for name in models),
            *(_told(share) for name in survivals for share in rows.survival[name][k]),
            *(rows.clinical[name][k] for name in clinical),
            "yes" if is_synthetic else "no",
        ]
        for rows in cohorts
        for k, patient in enumerate(rows.patient_ids)
    ]
    return csv_text([heads, *told])


def _outcome(rows: CohortRows, k: int) -> tuple[str, ...]:
    if rows.outcome is not None:
        return ("yes" if rows.outcome[k] else "no",)
    assert rows.follow_up is not None
    return (f"{rows.follow_up.time[k]:.3f}", str(int(rows.follow_up.event[k])))


def _told(value: float | np.floating) -> str:
    """To the last bit: a rounded score could fall to the other side of a cut-off."""
    return repr(float(value))

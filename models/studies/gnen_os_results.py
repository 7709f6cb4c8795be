"""What a run of ``gnen-os`` measured: a table that ``main.py evaluate`` reads, and one summary."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final

import numpy as np

from inference.statistics.design import Design, Numeric
from inference.statistics.discrimination.concordance import concordance
from inference.statistics.outcomes import Floats
from inference.statistics.reasons import NotEstimable
from inference.statistics.regression.cox import fit_cox
from inference.storage import write_atomically
from models.phantoms.gnen_outcome import survival_ceilings
from models.studies.gnen_os import MODELS, STUDY, TrainedGnen
from models.studies.gnen_os_samples import GnenSamples

PUBLISHED: Final = {
    "training": {"combined": 0.86, "dl": 0.84, "clinical": 0.80},
    "internal": {"combined": 0.77, "dl": 0.73, "clinical": 0.71},
    "external": {"combined": 0.71, "dl": 0.65, "clinical": 0.66},
}
"""C-index, Yang et al. 2023, Table 3; that of the training cohort is apparent."""

CEILING_OF: Final = {"combined": "full", "dl": "image", "clinical": "clinical"}


def write_results(
    trained: TrainedGnen,
    training: GnenSamples,
    outside: Sequence[GnenSamples],
    out: Path,
    *,
    is_synthetic: bool,
    ceiling_draws: int = 3_000,
) -> dict[str, Any]:
    """Write ``scores.csv`` and ``result.json``; returns the latter.

    Training scores are out of fold, those of the cohorts ``outside`` by the final models.
    """
    horizons = trained.config.horizons_months
    scored = [(training, trained.out_of_fold, trained.survival)]
    for cohort in outside:
        hazards = trained.final.hazards(cohort)
        models = trained.final.models
        survival = {name: models[name].survival(hazards[name], horizons) for name in MODELS}
        scored.append((cohort, hazards, survival))
    fold_of = {k: str(fold.number + 1) for fold in trained.folds for k in fold.left_out}
    table = [
        [
            *("patient", "cohort", "fold", "time", "event"),
            *(f"score_{name}" for name in MODELS),
            *(f"survival_{months:g}_{name}" for name in MODELS for months in horizons),
            "synthetic",
        ]
    ]
    for cohort, hazards, survival in scored:
        table += [
            [
                patient,
                cohort.cohort,
                fold_of[k] if cohort is training else "",
                f"{cohort.follow_up.time[k]:.3f}",
                str(int(cohort.follow_up.event[k])),
                *(f"{hazards[name][k]:.6f}" for name in MODELS),
                *(f"{share:.6f}" for name in MODELS for share in survival[name][k]),
                "yes" if is_synthetic else "no",
            ]
            for k, patient in enumerate(cohort.patient_ids)
        ]
    stream = StringIO()
    csv.writer(stream, lineterminator="\n").writerows(table)
    result = {
        "study": STUDY,
        "synthetic": is_synthetic,
        "training_scores": "out of fold",
        "cutoffs": trained.cutoffs,
        "cohorts": {
            cohort.cohort: _of_cohort(trained, cohort, hazards, ceiling_draws if is_synthetic else 0)
            for cohort, hazards, _ in scored
        },
        "apparent_c_index": {
            name: _c_index(training, hazard) for name, hazard in trained.final.hazards(training).items()
        },
        "final": _final(trained),
    }
    out.mkdir(parents=True, exist_ok=True)
    write_atomically(out / "scores.csv", stream.getvalue().encode())
    write_atomically(out / "result.json", (json.dumps(result, indent=2) + "\n").encode())
    return result


def _of_cohort(
    trained: TrainedGnen, cohort: GnenSamples, hazards: Mapping[str, Floats], ceiling_draws: int
) -> dict[str, Any]:
    ceilings = survival_ceilings(cohort.cohort, ceiling_draws) if ceiling_draws else None
    return {
        "patients": len(cohort),
        "deaths": int(cohort.follow_up.event.sum()),
        "models": {
            name: {
                **_c_index(cohort, hazards[name]),
                "ceiling": None if ceilings is None else getattr(ceilings, CEILING_OF[name]),
                "published": PUBLISHED[cohort.cohort][name],
                "hazard_ratio_high_v_low": _hazard_ratio(cohort, hazards[name], trained.cutoffs[name]),
            }
            for name in MODELS
        },
    }


def _c_index(cohort: GnenSamples, hazard: Floats) -> dict[str, Any]:
    found = concordance(cohort.follow_up, hazard)
    if isinstance(found, NotEstimable):
        return {"c_index": None, "c_index_ci": None}
    return {"c_index": found.estimate.value, "c_index_ci": found.estimate.interval}


def _hazard_ratio(cohort: GnenSamples, hazard: Floats, cutoff: float) -> float | None:
    is_high = (hazard >= cutoff).astype(np.float64)
    fit = fit_cox(cohort.follow_up, Design(is_high[:, None], (Numeric("high_risk"),)))
    return None if isinstance(fit, NotEstimable) else float(np.exp(fit.coefficients[0]))


def _final(trained: TrainedGnen) -> dict[str, Any]:
    final = trained.final
    return {
        "reliable_features": final.reliable,
        "signatures": {scan: one.score.as_document() for scan, one in final.signatures.items()},
        "screened": {
            term.name: {"p": term.p_value, "proportionality_p": term.proportionality_p, "kept": term.is_kept}
            for term in final.clinical_selection.screened
        },
        "models": {
            name: {
                "coefficients": dict(zip(model.fit.columns, map(float, model.fit.coefficients), strict=True)),
                "centre": model.baseline.centre,
                "horizons_months": list(trained.config.horizons_months),
                "baseline_cumulative_hazard": [
                    float(value)
                    for value in model.baseline.cumulative.at(np.asarray(trained.config.horizons_months))
                ],
            }
            for name, model in final.models.items()
        },
    }

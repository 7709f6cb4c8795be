"""What a run of ``gnen-os`` measured: a table that ``main.py evaluate`` reads, and one summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from inference.messages.catalogue import load_catalogue
from inference.statistics.design import Design, Numeric
from inference.statistics.discrimination.concordance import concordance
from inference.statistics.discrimination.time_dependent_auc import time_dependent_auc
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Floats
from inference.statistics.reasons import NotEstimable
from inference.statistics.regression.chi_square_test import ChiSquareTest
from inference.statistics.regression.cox import fit_cox
from inference.statistics.regression.proportional_hazards import proportional_hazards
from inference.statistics.survival.logrank import logrank
from models.csv_text import csv_text
from models.phantoms.gnen_outcome import survival_ceilings
from models.studies.gnen_os import ALONE, MODELS, STUDY, TrainedGnen
from models.studies.gnen_os_pretraining import Pretraining
from models.studies.gnen_os_samples import GnenSamples
from models.studies.result_folder import write_results_folder
from models.training.splits import fold_names

PUBLISHED: Final = {
    "training": {"combined": 0.86, "dl": 0.84, "clinical": 0.80},
    "internal": {"combined": 0.77, "dl": 0.73, "clinical": 0.71},
    "external": {"combined": 0.71, "dl": 0.65, "clinical": 0.66},
}
"""C-index, Yang et al. 2023, Table 3; that of the training cohort is apparent."""

PUBLISHED_HAZARD_RATIOS: Final = {
    "training": (3.12, 2.34, 3.93),
    "internal": (2.51, 1.57, 3.99),
    "external": (1.77, 1.21, 2.59),
}
"""High v low risk by the combined model, with 95 % limits: the same table; P < 0.01 in all."""

CEILING_OF: Final = {"combined": "full", "dl": "image", "clinical": "clinical"}


def write_results(
    trained: TrainedGnen,
    training: GnenSamples,
    outside: Sequence[GnenSamples],
    out: Path,
    *,
    is_synthetic: bool,
    pretraining: Pretraining | None = None,
    ceiling_draws: int = 3_000,
) -> dict[str, Any]:
    """Write ``scores.csv`` and ``result.json``; returns the latter.

    Training scores are out of fold, those of the cohorts ``outside`` by the final models.
    """
    horizons = trained.config.horizons_months
    names = tuple(trained.out_of_fold)
    scored = [(training, trained.out_of_fold, trained.survival)]
    for cohort in outside:
        hazards = trained.final.hazards(cohort)
        models = trained.final.models
        survival = {name: models[name].survival(hazards[name], horizons) for name in names}
        scored.append((cohort, hazards, survival))
    fold_of = fold_names(trained.folds)
    table = [
        [
            *("patient", "cohort", "fold", "time", "event"),
            *(f"score_{name}" for name in names),
            *(f"survival_{months:g}_{name}" for name in names for months in horizons),
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
                *(f"{hazards[name][k]:.6f}" for name in names),
                *(f"{share:.6f}" for name in names for share in survival[name][k]),
                "yes" if is_synthetic else "no",
            ]
            for k, patient in enumerate(cohort.patient_ids)
        ]
    result = {
        "study": STUDY,
        "synthetic": is_synthetic,
        "training_scores": "out of fold",
        "pretraining": None if pretraining is None else pretraining.as_document(),
        "cutoffs": trained.cutoffs,
        "cohorts": {
            cohort.cohort: _of_cohort(trained, cohort, hazards, ceiling_draws if is_synthetic else 0)
            for cohort, hazards, _ in scored
        },
        "apparent_c_index": {
            name: _c_index(training, hazard) for name, hazard in trained.final.hazards(training).items()
        },
        "proportional_hazards": _proportional(trained, training),
        "final": _final(trained),
    }
    write_results_folder(out, {"scores.csv": csv_text(table)}, result)
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
                "auc_at": _auc_at(cohort, hazards[name], trained.config.horizons_months),
                **_risk_groups(cohort, hazards[name], trained.cutoffs[name]),
                "published_hazard_ratio": (
                    PUBLISHED_HAZARD_RATIOS[cohort.cohort] if name == "combined" else None
                ),
            }
            for name in MODELS
        },
        "alone": {name: _c_index(cohort, hazards[name]) for name in ALONE},
    }


def _c_index(cohort: GnenSamples, hazard: Floats) -> dict[str, Any]:
    found = concordance(cohort.follow_up, hazard)
    if isinstance(found, NotEstimable):
        return {"c_index": None, "c_index_ci": None}
    return {"c_index": found.estimate.value, "c_index_ci": found.estimate.interval}


def _auc_at(cohort: GnenSamples, hazard: Floats, months: Sequence[float]) -> dict[str, Any]:
    """AUC by each horizon, deaths before it against patients alive then."""
    found = time_dependent_auc(cohort.follow_up, hazard, months)
    counted = zip(found.times, found.estimates, found.cases, found.controls, strict=True)
    return {
        f"{time:g}": {"cases": cases, "controls": controls, **_measured(one)}
        for time, one, cases, controls in counted
    }


def _risk_groups(cohort: GnenSamples, hazard: Floats, cutoff: float) -> dict[str, Any]:
    """High against low risk at the locked cut-off."""
    is_high = hazard >= cutoff
    high = is_high.astype(np.float64)[:, None]
    fit = fit_cox(cohort.follow_up, Design(high, (Numeric("high_risk"),)))
    ratio = fit if isinstance(fit, NotEstimable) else fit.hazard_ratio("high_risk")
    test = logrank(cohort.follow_up, np.where(is_high, "high", "low").tolist())
    return {
        "high_risk": int(is_high.sum()),
        "hazard_ratio_high_v_low": None if isinstance(ratio, NotEstimable) else ratio.value,
        "hazard_ratio_ci": None if isinstance(ratio, NotEstimable) else ratio.interval,
        "logrank_p": None if isinstance(test, NotEstimable) else test.p_value,
    }


def _measured(found: Estimate | NotEstimable) -> dict[str, Any]:
    if isinstance(found, NotEstimable):
        return {"not_estimable": load_catalogue("en").render(found.message)}
    return {
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "is_cut_off": "cut_off" in found.flags,
    }


def _proportional(trained: TrainedGnen, training: GnenSamples) -> dict[str, Any]:
    """P of the final combined model's Schoenfeld residuals, by term and in all, in its own patients."""
    design = trained.final.designs(training)["combined"]
    found = proportional_hazards(training.follow_up, design, trained.final.models["combined"].fit)
    if isinstance(found, NotEstimable):
        return {"overall": None, "terms": {}}
    return {
        "overall": _p_of(found.overall),
        "terms": {term.name: _p_of(term.test) for term in found.terms},
    }


def _p_of(test: ChiSquareTest | NotEstimable) -> float | None:
    return None if isinstance(test, NotEstimable) else test.p_value


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

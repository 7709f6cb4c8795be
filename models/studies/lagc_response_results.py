"""What a run of ``lagc-response`` measured: tables that ``main.py evaluate`` reads, and one summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from inference.statistics.discrimination.delong import delong_auc
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData, Floats
from models.csv_text import csv_text
from models.phantoms.ct_population import Ceilings
from models.phantoms.lagc_outcome import response_ceilings, survival_ceilings
from models.studies.class_results import Judged, class_figures, scores_csv
from models.studies.lagc_response import DL_SIGNATURE, MODELS, TrainedLagc, on_scale
from models.studies.lagc_response_factors import coded
from models.studies.lagc_response_network import FoldModel
from models.studies.lagc_response_samples import LagcSamples
from models.studies.lagc_response_survival import discrimination, follow_up_of
from models.studies.result_folder import write_results_folder

PUBLISHED: Final[Mapping[str, Any]] = {
    "response": {
        "training": {"dl": 0.91, "clinical": 0.62, "dlcs": 0.92},
        "internal": {"dlcs": 0.86},
        "external": {"dlcs": 0.82},
    },
    "os": {
        "training": {"c_index": 0.67, "integrated_auc": 0.79},
        "test": {"c_index": 0.64, "integrated_auc": 0.71},
    },
    "os_hazard_ratio_per_sd": {
        "dl_signature": 0.828,
        "differentiation": 0.795,
        "cea": 1.165,
        "maximum_diameter": 1.132,
    },
}
"""Hu et al. 2023; of the outside cohorts the text names the DLCS alone."""

CEILING_DRAWS: Final = 40_000
CEILING_OF: Final = {"dl": "image", "clinical": "clinical", "dlcs": "full"}

Scored = Sequence[tuple[LagcSamples, Mapping[str, Floats]]]


def write_results(
    trained: TrainedLagc,
    cohorts: Sequence[LagcSamples],
    out: Path,
    *,
    minutes: float | None = None,
    ceiling_draws: int = CEILING_DRAWS,
) -> dict[str, Any]:
    """Write ``scores.csv``, ``scores_os.csv`` and ``result.json``; returns the last.

    The first of ``cohorts`` is the one that was trained on.
    """
    training, *outside = cohorts
    scored = [(training, trained.out_of_fold)] + [(cohort, trained.scores(cohort)) for cohort in outside]
    judged = [
        Judged(cohort.cohort, cohort.patient_ids, cohort.good_response, scores) for cohort, scores in scored
    ]
    tables = {
        "scores.csv": scores_csv(MODELS, (model.fold for model in trained.folds), judged),
        "scores_os.csv": survival_csv(trained, scored),
    }
    result = summary(trained, scored, ceiling_draws) | {"minutes": minutes}
    write_results_folder(out, tables, result)
    return result


def survival_csv(trained: TrainedLagc, scored: Scored) -> str:
    """The OS model on its training part, its test part, and the cohorts from outside."""
    horizons = trained.config.horizons_months
    heads = [f"survival_{months:g}_os" for months in horizons]
    rows = [["patient", "cohort", "time", "event", "score_os", *heads, "synthetic"]]
    model = trained.survival
    training = scored[0][0]
    parts = [
        ("training", training, model.training, model.scores),
        ("test", training, model.test, model.scores),
    ]
    for cohort, scores in scored[1:]:
        hazards = outside_hazard(trained, cohort, scores["dl"])
        parts.append((cohort.cohort, cohort, _followed(cohort), hazards))
    for name, cohort, positions, hazards in parts:
        data = follow_up_of(cohort, positions)
        chosen = hazards[list(positions)]
        survival = model.baseline.survival(chosen, horizons)
        rows += [
            [
                cohort.patient_ids[position],
                name,
                f"{data.time[row]:.3f}",
                str(int(data.event[row])),
                f"{chosen[row]:.6f}",
                *(f"{share:.6f}" for share in survival[row]),
                "yes",
            ]
            for row, position in enumerate(positions)
        ]
    return csv_text(rows)


def outside_hazard(trained: TrainedLagc, cohort: LagcSamples, signature: Floats) -> Floats:
    """Log hazard of patients from outside the training cohort."""
    table = coded(cohort.factors).with_column(DL_SIGNATURE, on_scale(signature, trained.config))
    return trained.survival.score.values(table.matrix, table.names)


def summary(trained: TrainedLagc, scored: Scored, ceiling_draws: int) -> dict[str, Any]:
    """Figures by cohort beside the ceiling of the phantoms and the published number."""
    response = {}
    for cohort, scores in scored:
        ceilings = response_ceilings(cohort.cohort, ceiling_draws)
        response[cohort.cohort] = {
            "patients": len(cohort),
            "good_responders": int(cohort.good_response.sum()),
            "models": {name: _of_model(trained, cohort, scores, name, ceilings) for name in MODELS},
        }
    return {
        "study": "lagc-response",
        "synthetic": True,
        "training_scores": "out of fold",
        "pretraining_patients": trained.pretraining,
        "network_width": trained.config.width,
        "response": response,
        "clinical_signature": trained.clinical.as_document(),
        "dlcs": trained.fusion.as_document(),
        "dl_folds": [_of_fold(trained, scored[0][0], model) for model in trained.folds],
        "os": _survival(trained, scored),
    }


def _of_fold(trained: TrainedLagc, training: LagcSamples, model: FoldModel) -> dict[str, Any]:
    left_out = list(model.fold.left_out)
    area = delong_auc(ClassData(trained.out_of_fold["dl"][left_out], training.good_response[left_out]))
    value = area.value if isinstance(area, Estimate) else None
    return {"fold": model.fold.number + 1, "auc": value, "invented_images": model.invented}


def _of_model(
    trained: TrainedLagc, cohort: LagcSamples, scores: Mapping[str, Floats], name: str, ceilings: Ceilings
) -> dict[str, Any]:
    return class_figures(
        scores[name],
        cohort.good_response,
        trained.cutoffs.get(name),
        ceiling=getattr(ceilings, CEILING_OF[name]),
        published=PUBLISHED["response"].get(cohort.cohort, {}).get(name),
    )


def _survival(trained: TrainedLagc, scored: Scored) -> dict[str, Any]:
    model, training = trained.survival, scored[0][0]
    horizon = trained.config.horizons_months[-1]
    parts: dict[str, dict[str, Any]] = {}
    for name, positions in (("training", model.training), ("test", model.test)):
        data = follow_up_of(training, positions)
        c_index, area = discrimination(data, model.scores[list(positions)], horizon)
        parts[name] = {
            "patients": len(positions),
            "deaths": int(data.event.sum()),
            **_concordance(c_index),
            "integrated_auc": area,
            "published": PUBLISHED["os"][name],
        }
    parts["training"]["c_index_is"] = "apparent"
    for cohort, scores in scored[1:]:
        known = _followed(cohort)
        hazards = outside_hazard(trained, cohort, scores["dl"])[list(known)]
        c_index, area = discrimination(follow_up_of(cohort, known), hazards, horizon)
        parts[cohort.cohort] = {"patients": len(known), **_concordance(c_index), "integrated_auc": area}
    return {
        "parts": parts,
        "ceiling": survival_ceilings(training.cohort).full,
        "high_risk_from": model.high_from,
        "screened": {term.name: term.p_value for term in model.screened},
        "coefficients": model.score.as_document()["coefficients"],
        "hazard_ratio_per_sd": {
            name: float(np.exp(weight * spread))
            for name, weight, spread in zip(
                model.fit.columns, model.fit.coefficients, model.spread, strict=True
            )
        },
        "published_hazard_ratio_per_sd": PUBLISHED["os_hazard_ratio_per_sd"],
    }


def _followed(cohort: LagcSamples) -> tuple[int, ...]:
    return tuple(int(k) for k in np.flatnonzero(cohort.has_follow_up))


def _concordance(found: Estimate | None) -> dict[str, Any]:
    return {"c_index": None if found is None else found.value, "c_index_ci": found and found.interval}

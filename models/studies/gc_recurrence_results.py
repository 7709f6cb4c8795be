"""What a run of ``gc-recurrence`` measured: tables that ``main.py evaluate`` reads, and one summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from inference.statistics.discrimination.delong import compare_aucs, delong_auc
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData, Floats
from inference.statistics.reasons import NotEstimable
from models.csv_text import csv_text
from models.phantoms.ct_population import Ceilings
from models.phantoms.gc_outcome import relapse_ceilings, signature_ceiling
from models.studies.class_results import Judged, class_figures, scores_csv
from models.studies.gc_recurrence import MODELS, STUDY, TrainedGc
from models.studies.gc_recurrence_config import PUBLISHED_CUTOFF
from models.studies.gc_recurrence_groups import chemotherapy_groups, risk_groups
from models.studies.gc_recurrence_network import FoldModel
from models.studies.gc_recurrence_samples import GcSamples
from models.studies.result_folder import write_results_folder

PUBLISHED: Final[Mapping[str, Mapping[str, float]]] = {
    "training": {"dls": 0.804, "clis": 0.704, "dlfs": 0.833},
    "internal": {"dls": 0.791, "clis": 0.679, "dlfs": 0.831},
    "external": {"dls": 0.808, "clis": 0.637, "dlfs": 0.859},
}
PUBLISHED_SENSITIVITY: Final = {"training": 0.844, "internal": 0.856, "external": 0.722}
PUBLISHED_HAZARD_RATIO: Final = {"training": 2.359, "internal": 1.659, "external": 2.244}
"""Cao et al. 2024; sensitivity and hazard ratio of death are those of the DLFS at the paper's cut-off."""

PUBLISHED_BY_CHEMOTHERAPY: Final = (0.829, 0.889)
"""Lowest and highest AUC of the DLFS among the external cohort's patients with and without chemotherapy."""

CEILING_DRAWS: Final = 100_000

Scored = Sequence[tuple[GcSamples, Mapping[str, Floats]]]


def write_results(
    trained: TrainedGc,
    cohorts: Sequence[GcSamples],
    out: Path,
    *,
    minutes: float | None = None,
    ceiling_draws: int = CEILING_DRAWS,
) -> dict[str, Any]:
    """Write ``scores.csv``, ``scores_os.csv`` and ``result.json``; returns the last.

    The first of ``cohorts``, all of which are phantoms, is the one that was trained on.
    """
    training, *outside = cohorts
    scored = [(training, trained.out_of_fold)] + [(cohort, trained.scores(cohort)) for cohort in outside]
    judged = [Judged(cohort.cohort, cohort.patient_ids, cohort.relapse, scores) for cohort, scores in scored]
    tables = {
        "scores.csv": scores_csv(MODELS, (model.fold for model in trained.folds), judged),
        "scores_os.csv": survival_csv(scored),
    }
    result = summary(trained, scored, ceiling_draws) | {"minutes": minutes}
    write_results_folder(out, tables, result)
    return result


def survival_csv(scored: Scored) -> str:
    """Overall survival of the patients with follow-up, beside their scores."""
    rows = [["patient", "cohort", "time", "event", *(f"score_{name}" for name in MODELS), "synthetic"]]
    for cohort, scores in scored:
        rows += [
            [
                cohort.patient_ids[k],
                cohort.cohort,
                f"{cohort.survival.time[row]:.3f}",
                str(int(cohort.survival.event[row])),
                *(f"{scores[name][k]:.6f}" for name in MODELS),
                "yes",
            ]
            for row, k in enumerate(np.flatnonzero(cohort.has_follow_up))
        ]
    return csv_text(rows)


def summary(trained: TrainedGc, scored: Scored, ceiling_draws: int) -> dict[str, Any]:
    """Figures by cohort beside the ceiling of the phantoms and the published number."""
    return {
        "study": STUDY,
        "synthetic": True,
        "training_scores": "out of fold",
        "positive_class": "relapse; higher scores are worse",
        "network_width": trained.config.width,
        "published_cutoff": PUBLISHED_CUTOFF,
        "published_dlfs_by_chemotherapy": list(PUBLISHED_BY_CHEMOTHERAPY),
        "cohorts": {
            cohort.cohort: _of_cohort(trained, cohort, scores, ceiling_draws) for cohort, scores in scored
        },
        "clis": trained.clis.as_document(),
        "dlfs": trained.dlfs.as_document(),
        "dls_folds": [_of_fold(trained, scored[0][0], model) for model in trained.folds],
    }


def _of_fold(trained: TrainedGc, training: GcSamples, model: FoldModel) -> dict[str, Any]:
    left_out = list(model.fold.left_out)
    area = delong_auc(ClassData(trained.out_of_fold["dls"][left_out], training.relapse[left_out]))
    value = area.value if isinstance(area, Estimate) else None
    return {"fold": model.fold.number + 1, "auc": value, "epochs": len(model.curve)}


def _of_cohort(
    trained: TrainedGc, cohort: GcSamples, scores: Mapping[str, Floats], ceiling_draws: int
) -> dict[str, Any]:
    ceilings = relapse_ceilings(cohort.cohort, ceiling_draws)
    return {
        "patients": len(cohort),
        "relapses": int(cohort.relapse.sum()),
        "models": {name: _of_model(trained, cohort, scores[name], name, ceilings) for name in MODELS},
        "five_factor_ceiling": signature_ceiling(cohort.cohort, ceiling_draws),
        "delong_p": {
            f"{first} v {second}": _delong_p(cohort, scores[first], scores[second])
            for first, second in (("dlfs", "dls"), ("dlfs", "clis"), ("dls", "clis"))
        },
        "dlfs_by_chemotherapy": chemotherapy_groups(cohort, scores["dlfs"]),
    }


def _delong_p(cohort: GcSamples, first: Floats, second: Floats) -> float | None:
    found = compare_aucs(first, second, cohort.relapse)
    return None if isinstance(found, NotEstimable) else found.p_value


def _of_model(
    trained: TrainedGc, cohort: GcSamples, values: Floats, name: str, ceilings: Ceilings
) -> dict[str, Any]:
    cutoff = trained.cutoffs.get(name)
    figures = class_figures(
        values,
        cohort.relapse,
        cutoff,
        ceiling={"dls": ceilings.image, "clis": ceilings.clinical, "dlfs": ceilings.full}[name],
        published=PUBLISHED[cohort.cohort][name],
    )
    if cutoff is None:
        return figures
    is_high = values >= cutoff.value
    figures["overall_survival"] = risk_groups(cohort, is_high, trained.config.survival_at_months)
    figures["hazard_ratio_high_v_low"] = figures["overall_survival"]["hazard_ratio"]
    if name == "dlfs":
        figures["published_sensitivity"] = PUBLISHED_SENSITIVITY[cohort.cohort]
        figures["published_hazard_ratio"] = PUBLISHED_HAZARD_RATIO[cohort.cohort]
    return figures

"""What a run of ``pnen-recurrence`` leaves behind: tables for ``main.py evaluate``, and figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from inference.statistics.discrimination.against_half import against_half
from inference.statistics.discrimination.area import area_under_curve
from inference.statistics.discrimination.delong import compare_aucs
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData, SurvivalData
from inference.statistics.reasons import NotEstimable
from inference.statistics.survival.logrank import logrank
from models.csv_text import csv_text
from models.studies.pnen_recurrence import BEST, FOLLOW_UP, STUDY, CohortScores, TrainedStudy
from models.studies.pnen_recurrence_published import AUC, CUTOFF, DELONG_P, SOURCE

SCORES_CSV, FOLLOW_UP_CSV, RESULT_JSON = "scores.csv", "follow_up.csv", "result.json"


def scores_csv(study: TrainedStudy, *, is_synthetic: bool) -> str:
    """One row for each patient who has a class, with the probabilities of every model."""
    return _table(study, is_synthetic, ("outcome",), decided_only=True)


def follow_up_csv(study: TrainedStudy, *, is_synthetic: bool) -> str:
    """One row for each patient, the undecided ones too, with months to recurrence or to the last visit."""
    return _table(study, is_synthetic, ("time", "event"), decided_only=False)


def _table(study: TrainedStudy, is_synthetic: bool, outcome: tuple[str, ...], *, decided_only: bool) -> str:
    models = tuple(study.training.scores)
    kind = "probability" if decided_only else "score"
    rows = [["patient", "cohort", "fold", *outcome, *(f"{kind}_{name}" for name in models), "synthetic"]]
    for cohort in (study.training, study.external):
        data, follow_up = cohort.data, cohort.data.table.follow_up(FOLLOW_UP)
        for k, patient in enumerate(data.table.patient_ids):
            if decided_only and not data.is_decided[k]:
                continue
            fold = "" if cohort.folds[k] < 0 else str(cohort.folds[k] + 1)
            seen = (
                ["yes" if data.recurred[k] else "no"]
                if decided_only
                else [f"{follow_up.time[k]:.2f}", str(int(follow_up.event[k]))]
            )
            scores = [f"{cohort.scores[name][k]:.8f}" for name in models]
            synthetic = "yes" if is_synthetic else "no"
            rows.append([patient, data.table.parts[k], fold, *seen, *scores, synthetic])
    return csv_text(rows)


def result_json(study: TrainedStudy, ceilings: Mapping[str, Any], *, minutes: float | None = None) -> str:
    """Areas, rates at the locked cut-offs, paired tests, risk groups; ceilings and published figures."""
    cohorts = {"training": study.training, "external": study.external}
    document = {
        "study": STUDY,
        "positive_class": "recurrence within 60 months; higher scores are worse",
        "configuration": repr(study.config),
        "minutes": minutes,
        "segmenter": {
            "width": study.config.width,
            "side": study.config.frame.rows,
            "slices_per_case": study.config.slices_per_case,
            "learning_rate": study.config.segmentation.learning_rate,
            "epochs": study.config.segmentation.epochs,
        },
        "segmenter_validation_dice": _best_dice(study),
        "features_chosen": {
            name: [len(fold.machines[name].score.coefficients) for fold in study.folds]
            for name in study.training.scores
        },
        "cutoffs": {name: None if cut is None else cut.value for name, cut in study.cutoffs.items()},
        "cohorts": {name: _cohort(study, name, scores) for name, scores in cohorts.items()},
        "risk_groups": _risk_groups(study),
        "ceilings": ceilings,
        "published": {
            "source": SOURCE,
            "auc": AUC,
            "cutoff": CUTOFF,
            "delong_p": {" v ".join(pair): p for pair, p in DELONG_P.items()},
        },
    }
    return json.dumps(document, indent=2) + "\n"


def _best_dice(study: TrainedStudy) -> dict[str, float]:
    lowest: dict[str, float] = {}
    for point in study.curves:
        if point.validation_loss is not None:
            lowest[point.run] = min(lowest.get(point.run, np.inf), point.validation_loss)
    return {run: 1.0 - loss for run, loss in lowest.items()}


def _cohort(study: TrainedStudy, name: str, scored: CohortScores) -> dict[str, Any]:
    decided, out_of_fold = scored.data.is_decided, name == "training"
    recurred = scored.data.recurred[decided]
    models = {}
    for model, scores in scored.scores.items():
        data = ClassData(scores[decided], recurred)
        cut = study.cutoffs[model]
        against = against_half(data)
        models[model] = {
            "auc": _estimate(area_under_curve(data, out_of_fold=out_of_fold)),
            "p_against_half": None if isinstance(against, NotEstimable) else against.p_value,
            "published_auc": AUC[name].get(model),
            "at_locked_cutoff": None if cut is None else _rates(data, cut.value),
        }
    best = scored.scores[BEST][decided]
    tests = {}
    for model, scores in scored.scores.items():
        if model != BEST:
            paired = compare_aucs(best, scores[decided], recurred, out_of_fold=out_of_fold)
            tests[f"{BEST} v {model}"] = None if isinstance(paired, NotEstimable) else paired.p_value
    return {
        "patients": len(scored.data.table),
        "with_class": int(decided.sum()),
        "recurrences": int(recurred.sum()),
        "models": models,
        "delong_p": tests,
    }


def _rates(data: ClassData, cut: float) -> dict[str, float]:
    is_called = data.scores >= cut
    right = is_called == data.is_positive
    return {
        "accuracy": float(right.mean()),
        "sensitivity": float(is_called[data.is_positive].mean()),
        "specificity": float((~is_called[~data.is_positive]).mean()),
    }


def _estimate(found: Estimate | NotEstimable) -> dict[str, Any]:
    if isinstance(found, NotEstimable):
        return {"not_estimable": found.reason.value}
    return {"value": found.value, "lower": found.lower, "upper": found.upper, "method": found.method}


def _risk_groups(study: TrainedStudy) -> dict[str, Any]:
    """Log-rank P of high against low risk; the paper pools both hospitals, training included."""
    cut = study.cutoffs[BEST]
    if cut is None:
        return {}
    groups: dict[str, Any] = {"cutoff": cut.value}
    parts = {
        "training_out_of_fold": (study.training,),
        "external": (study.external,),
        "pooled_as_published": (study.training, study.external),
    }
    for name, cohorts in parts.items():
        follow_ups = [cohort.data.table.follow_up(FOLLOW_UP) for cohort in cohorts]
        data = SurvivalData(
            np.concatenate([one.time for one in follow_ups]),
            np.concatenate([one.event for one in follow_ups]),
        )
        is_high = np.concatenate([cohort.scores[BEST] for cohort in cohorts]) >= cut.value
        found = logrank(data, np.where(is_high, "high", "low").tolist())
        groups[name] = {
            "high": int(is_high.sum()),
            "low": int((~is_high).sum()),
            "logrank_p": None if isinstance(found, NotEstimable) else found.p_value,
        }
    return groups

"""``evaluation.json``: the evaluation for other programs, by cohorts and models and never by patients.

Codes and numbers are never translated.  Curves that would give the patients' scores or times away are left
out; what stands here is counted over a cohort, a group or a grid.  The version is counted up when a field
changes its meaning or goes away, not when one is added.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from inference.evaluation.evaluation import CohortEvaluation, CohortFlow, Evaluation
from inference.evaluation.threshold import Threshold
from inference.version import NAME, VERSION
from reports.evaluation.classes_json import classes_json
from reports.evaluation.json_values import p_value
from reports.evaluation.table_one_json import table_json
from reports.evaluation.times_json import times_json
from reports.json_document import Json, encode_document, number

SCHEMA: Final = "concilium.evaluation"
SCHEMA_VERSION: Final = 1


def evaluation_document(evaluation: Evaluation) -> Json:
    """The evaluation as plain values; the same for the same table and options."""
    predictions = evaluation.predictions
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "software": {"name": NAME, "version": VERSION},
        "kind": evaluation.kind,
        "input": {
            "sha256": predictions.sha256,
            "patients": len(predictions.patients),
            "synthetic": evaluation.is_synthetic,
            "unused_columns": list(predictions.unused),
        },
        "parameters": {
            "horizons": list(evaluation.horizons),
            "time_unit": evaluation.time_unit or None,
            "seed": evaluation.seed,
        },
        "models": [
            {
                "name": model.name,
                "score_is_probability": model.is_probability,
                "predicts_survival_at": sorted(model.survival),
                "threshold": _threshold(evaluation.thresholds[model.name]),
            }
            for model in predictions.models
        ],
        "cohorts": [_cohort(cohort) for cohort in evaluation.cohorts],
        "table_one": None if evaluation.table_one is None else table_json(evaluation.table_one),
    }


def encode_evaluation(document: Json, created_at: datetime) -> bytes:
    """The file as indented UTF-8 JSON: the document, its hash, and when it was written."""
    return encode_document("evaluation", document, created_at)


def _threshold(threshold: Threshold | None) -> Json | None:
    if threshold is None:
        return None
    return {"value": threshold.value, "origin": threshold.origin, "tied": list(threshold.tied)}


def _cohort(cohort: CohortEvaluation) -> Json:
    return {
        "name": cohort.name,
        "flow": _flow(cohort.flow),
        "models": [*map(classes_json, cohort.classes), *map(times_json, cohort.times)],
        "comparisons": [
            {
                "measure": one.measure,
                "first": one.first,
                "second": one.second,
                "first_minus_second": number(one.difference),
                "p_value": p_value(one.p_value),
                "holm_p_value": None if one.adjusted_p_value is None else p_value(one.adjusted_p_value),
            }
            for one in cohort.comparisons
        ],
        "cautions": [{"code": one.code.value, **one.fields} for one in cohort.cautions],
    }


def _flow(flow: CohortFlow) -> Json:
    follow_up = flow.follow_up
    return {
        "patients": flow.patients,
        "slices": flow.slices,
        "events": flow.events,
        "median_follow_up": None if follow_up is None else number(follow_up),
    }

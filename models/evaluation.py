"""What a training run measured: the manifest's metrics and the evaluation report; no patient rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from inference.packs.manifest import Metric
from inference.statistics.discrimination.delong import auc
from inference.statistics.proportion import wilson_interval
from models.studies.npc_residual_packed import CHOICE, AnsweringArm, PackedStudy

SEGMENTATION_TEST = "segmentation test part"
TRAINING = "training part, out of fold"
TEST = "test part"


def metrics(study: PackedStudy) -> tuple[Metric, ...]:
    """Every figure of the run that its parts allow: a test part with one class has no AUC."""
    return (_dice(study), *(metric for arm in study.arms for metric in _arm_metrics(arm)))


def evaluation_report(study: PackedStudy) -> dict[str, Any]:
    """Counts, cut-offs and figures behind the metrics, by treatment."""
    return {
        "schema": "concilium.evaluation",
        "schema_version": 1,
        "data": "synthetic",
        "segmentation": {
            "patients": study.marked_patients,
            "slices": study.marked_patients * study.config.slices_per_segmentation_patient,
            "marked_test_slices": int(study.segmenter.test_slice_dice.size),
            "mean_dice": dict(study.segmenters),
            "dice_quartiles": [
                round(float(q), 4) for q in np.percentile(study.segmenter.test_slice_dice, (25, 50, 75))
            ],
        },
        "pretraining": {
            "patients": len(study.pretraining),
            "events": sum(patient.residual_observed for patient in study.pretraining),
        },
        "treatments": {arm.treatment: _arm_report(arm) for arm in study.arms},
        "compared": [
            {
                "classifier": one.architecture,
                "unit": one.unit,
                "treatment": one.treatment,
                "figures": dict(one.figures),
            }
            for one in study.compared
        ],
        "answering": {"classifiers": [arm.architecture for arm in study.arms], "chosen_by": CHOICE},
        "metrics": [metric.model_dump(mode="json") for metric in metrics(study)],
    }


def _dice(study: PackedStudy) -> Metric:
    low, median, high = np.percentile(study.segmenter.test_slice_dice, (25, 50, 75))
    return Metric(
        cohort=SEGMENTATION_TEST,
        treatment=None,
        name="dice per slice, median",
        value=round(float(median), 4),
        low=round(float(low), 4),
        high=round(float(high), 4),
        note=f"{study.segmenter.test_slice_dice.size} slices with tumour; the limits are the quartiles",
    )


def _arm_metrics(arm: AnsweringArm) -> tuple[Metric, ...]:
    fitted, cutoff = arm.fitted, arm.cutoff.value
    training = arm.residual[list(fitted.training)]
    test = arm.residual[list(fitted.test)]
    mean = fitted.test_mean
    figures = [
        _auc_metric(arm, TRAINING, fitted.out_of_fold, training, "each score by the fold that left it out")
    ]
    if test.any() and not test.all():
        figures.append(_auc_metric(arm, TEST, mean, test, "mean of the folds"))
    for name, chosen, right in (
        ("sensitivity", test, mean >= cutoff),
        ("specificity", ~test, mean < cutoff),
    ):
        hits, count = int((chosen & right).sum()), int(chosen.sum())
        if not count:
            continue
        low, high = wilson_interval(hits, count)
        figures.append(
            Metric(
                cohort=TEST,
                treatment=arm.treatment,
                name=name,
                value=round(hits / count, 4),
                low=round(low, 4),
                high=round(high, 4),
                note=f"{hits} of {count} at the locked cut-off",
            )
        )
    return tuple(figures)


def _auc_metric(arm: AnsweringArm, cohort: str, scores: Any, residual: Any, note: str) -> Metric:
    area = auc(scores, residual)
    interval = area.interval()
    low, high = (None, None) if interval is None else (round(limit, 4) for limit in interval)
    return Metric(
        cohort=cohort,
        treatment=arm.treatment,
        name="auc",
        value=round(area.value, 4),
        low=low,
        high=high,
        note=f"{area.positives} residual, {area.negatives} not; {note}",
    )


def _arm_report(arm: AnsweringArm) -> dict[str, Any]:
    fitted = arm.fitted
    above = fitted.test_scores >= arm.cutoff.value
    return {
        "patients": len(arm.patients),
        "events": int(arm.residual.sum()),
        "training_patients": len(fitted.training),
        "training_events": int(arm.residual[list(fitted.training)].sum()),
        "test_patients": len(fitted.test),
        "test_events": int(arm.residual[list(fitted.test)].sum()),
        "cutoff": arm.cutoff.value,
        "cutoff_sensitivity_out_of_fold": round(arm.cutoff.sensitivity, 4),
        "cutoff_specificity_out_of_fold": round(arm.cutoff.specificity, 4),
        "cutoffs_of_the_same_index": len(arm.cutoff.tied),
        "borderline_margin": arm.margin,
        "median_fold_distance_on_test": round(
            float(np.median(fitted.test_scores.max(axis=0) - fitted.test_scores.min(axis=0))), 4
        ),
        "share_of_test_in_which_folds_disagree": round(
            float((above.any(axis=0) & ~above.all(axis=0)).mean()), 4
        ),
    }

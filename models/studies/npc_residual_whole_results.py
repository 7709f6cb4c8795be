"""What a run of the whole ``npc-residual`` protocol measured: tables that other commands read, and figures.

``main.py evaluate`` reads the tables of scores and of slices, ``main.py audit`` that of decisions.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from inference.rules.audit_table import load_audit_table
from inference.rules.decision_audit import Tally, audit_decisions
from inference.rules.decisions_file import read_decisions
from inference.statistics.discrimination.area import area_under_curve
from inference.statistics.discrimination.classification import confusion_matrix
from inference.statistics.discrimination.cluster_auc import cluster_auc
from inference.statistics.discrimination.delong import auc, compare_aucs
from inference.statistics.discrimination.fold_auc import fold_aucs
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Bools
from inference.statistics.reasons import NotEstimable
from inference.storage import write_atomically
from models.phantoms.npc_outcome import bayes_ceiling, latent_risk
from models.phantoms.npc_population import NpcPatient, attainable_probabilities
from models.studies.npc_leaks import (
    EpochLeak,
    epoch_chosen_on_test,
    epochs_chosen_without_signal,
    micro_average,
    scores_stretched,
    segmentation_split_by_slice,
)
from models.studies.npc_residual import STUDY, Groups
from models.studies.npc_residual_published import AUC, DICE, MEAN_AUC, SOURCE
from models.studies.npc_residual_units import Reading
from models.studies.npc_residual_whole import FittedModel, TrainedWhole, WholeArm
from models.studies.npc_residual_whole_config import UNITS
from models.training.engine.history import CURVES_CSV, curves_csv
from models.training.engine.run import RunPlace
from models.training.samples import Workshop

DECISIONS_CSV: Final = "decisions.csv"
RESULT_JSON: Final = "result.json"
CEILING_DRAWS: Final = 100_000
PERMUTATIONS: Final = 10
"""Trainings on dealt-out outcomes, by treatment: what choosing the epoch on the test cohort earns there."""


def write_results(
    trained: TrainedWhole,
    groups: Groups,
    workshop: Workshop,
    out: Path,
    place: RunPlace,
    *,
    permutations: int = PERMUTATIONS,
    ceiling_draws: int = CEILING_DRAWS,
) -> dict[str, Any]:
    """Write two tables for each treatment, decisions, loss curves and ``result.json``; returns the last.

    The patients are phantoms: the ceilings are the generator's.
    """
    for arm in trained.arms:
        write_atomically(out / f"scores_{arm.treatment}.csv", scores_csv(arm).encode())
        write_atomically(out / f"slices_{arm.treatment}.csv", slices_csv(arm).encode())
    write_atomically(out / DECISIONS_CSV, decisions_csv(trained).encode())
    write_atomically(out / CURVES_CSV, curves_csv(trained.curves).encode())
    result = {
        "study": STUDY,
        "synthetic": True,
        "positive_class": "residual tumour; higher scores are worse",
        "published": SOURCE,
        "configuration": repr(trained.config),
        "segmentation": _segmentation(trained),
        "treatments": {arm.treatment: _of_arm(trained, arm, ceiling_draws) for arm in trained.arms},
        "classifier": {
            "chosen": trained.classifier,
            "by": "out-of-fold AUC in the patient unit, mean of the treatments",
        },
        "decisions": _audit(out / DECISIONS_CSV),
        "leaks": leaks(trained, groups, workshop, place, permutations),
    }
    write_atomically(out / RESULT_JSON, (json.dumps(result, indent=2) + "\n").encode())
    return result


def scores_csv(arm: WholeArm) -> str:
    """One row per patient; models of slices are read by the mean over them, training scores out of fold."""
    readings = {f"{one.classifier}_{one.unit}": one.readings["patient"] for one in arm.models}
    return _table(arm, readings, with_slice=None)


def slices_csv(arm: WholeArm) -> str:
    """One row per slice, scored by the models of slices."""
    models = [one for one in arm.models if one.unit == "image"]
    owner = models[0].readings["image"].owner
    first = np.searchsorted(owner, owner)
    return _table(
        arm,
        {one.classifier: one.readings["image"] for one in models},
        with_slice=(np.arange(len(owner)) - first + 1).tolist(),
    )


def _table(arm: WholeArm, readings: dict[str, Reading], with_slice: list[int] | None) -> str:
    owner = next(iter(readings.values())).owner
    tested, folds = arm.division.is_test(owner), arm.division.fold_of(owner)
    heads = ["patient", *([] if with_slice is None else ["slice"]), "cohort", "fold", "outcome"]
    rows: list[list[str]] = [[*heads, *(f"probability_{name}" for name in readings), "synthetic"]]
    for row, position in enumerate(owner):
        rows.append(
            [
                arm.patients[position].patient_id,
                *([] if with_slice is None else [str(with_slice[row])]),
                "test" if tested[row] else "training",
                "" if tested[row] else str(folds[row] + 1),
                "yes" if arm.residual[position] else "no",
                *(f"{reading.scores[row]:.8f}" for reading in readings.values()),
                "yes",
            ]
        )
    return _csv(rows)


def decisions_csv(trained: TrainedWhole) -> str:
    """The test patients of both treatments, as the decision audit takes them."""

    def word(residual: bool) -> str:
        return "residual" if residual else "non_residual"

    rows = [["patient", "ccrt_predicts", "ic_ccrt_predicts", "given", "actual", "synthetic"]]
    rows += [
        [
            one.patient_id,
            word(one.predicts_residual["ccrt"]),
            word(one.predicts_residual["ic_ccrt"]),
            one.given,
            word(one.residual),
            "yes",
        ]
        for one in trained.decisions
    ]
    return _csv(rows)


def leaks(
    trained: TrainedWhole, groups: Groups, workshop: Workshop, place: RunPlace, permutations: int
) -> dict[str, Any]:
    """Each habit of the public code done on purpose with the chosen classifier, beside the honest figure."""
    by_slice = segmentation_split_by_slice(trained.config, trained.segmenter, groups.marked, workshop, place)
    return {
        "what_this_is": "errors of the public code, repeated to measure what they add; not results",
        "segmentation_split_by_slice": {
            "segmenter": trained.segmenter.architecture,
            "dice_other_patients": by_slice.honest,
            "dice_same_patients": by_slice.flattered,
            "gain": by_slice.flattered - by_slice.honest,
            "test_slices_whose_patient_teaches": by_slice.shared,
        },
        "treatments": {arm.treatment: _leaks_of(trained, arm, permutations, place) for arm in trained.arms},
    }


def _leaks_of(trained: TrainedWhole, arm: WholeArm, permutations: int, place: RunPlace) -> dict[str, Any]:
    model = arm.model(trained.classifier, "patient")
    run = f"leak {model.classifier} patient {arm.treatment}"
    chosen = epoch_chosen_on_test(trained.config, arm, model, arm.residual, run, place)
    without = epochs_chosen_without_signal(
        trained.config,
        arm,
        model,
        permutations,
        np.random.default_rng([trained.config.seed, len(arm.patients)]),
        place,
    )
    reading = arm.model(trained.classifier, "image").readings["patient"]
    tested = arm.division.is_test(reading.owner)
    data = reading.data(arm.residual, tested)
    stretch = scores_stretched(data.scores, data.is_positive)
    return {
        "epoch_chosen_on_test": {
            "auc_last_epoch": chosen.honest,
            "auc_chosen_epoch": chosen.flattered,
            "gain": chosen.flattered - chosen.honest,
            "epoch": chosen.epoch,
            "epochs": len(chosen.areas),
            "auc_best_epoch": max(chosen.areas),
        },
        "epoch_chosen_on_test_outcomes_dealt_out": _without_signal(without),
        "scores_stretched": {
            "auc": stretch.honest,
            "micro_average": stretch.micro_averaged,
            "micro_average_stretched": stretch.flattered,
            "gain": stretch.flattered - stretch.honest,
            "constant_score_earns": stretch.constant,
            "largest_score": stretch.largest,
        },
    }


def _without_signal(leaked: Sequence[EpochLeak]) -> dict[str, Any]:
    def mean(areas: Sequence[float]) -> dict[str, float]:
        values = np.array(areas)
        return {
            "mean": float(values.mean()),
            "standard_error": float(values.std(ddof=1) / np.sqrt(len(values))),
        }

    return {
        "trainings": len(leaked),
        "auc_last_epoch": mean([one.honest for one in leaked]),
        "auc_chosen_epoch": mean([one.flattered for one in leaked]),
        "auc_best_epoch": mean([max(one.areas) for one in leaked]),
        "gain": mean([one.flattered - one.honest for one in leaked]),
    }


def _segmentation(trained: TrainedWhole) -> dict[str, Any]:
    return {
        "chosen": trained.segmenter.architecture,
        "by": "mean Dice per slice on the test patients, which is the winner's a little too high",
        "test_patients": len(np.unique(trained.segmenter.owner)),
        "test_slices": len(trained.segmenter.owner),
        "dice": {
            one.architecture: _estimate(one.dice(trained.config.seed))
            | {"published": DICE.get(one.architecture)}
            for one in trained.segmenters
        },
    }


def _of_arm(trained: TrainedWhole, arm: WholeArm, ceiling_draws: int) -> dict[str, Any]:
    training, test = list(arm.division.training), list(arm.division.test)
    areas = {
        unit: np.mean([_test_area(arm, arm.model(name, unit)) for name in trained.config.classifiers])
        for unit in UNITS
    }
    return {
        "training": {"patients": len(training), "residual": int(arm.residual[training].sum())},
        "test": {"patients": len(test), "residual": int(arm.residual[test].sum())},
        "slices": len(arm.model(trained.classifier, "image").readings["image"].owner),
        "models": {
            f"{one.classifier}, {one.unit} unit": {
                f"per {per}": _of_reading(arm, one, reading) for per, reading in one.readings.items()
            }
            for one in arm.models
        },
        "mean_test_auc": {
            unit: {"value": float(area), "published": MEAN_AUC[arm.treatment, unit]}
            for unit, area in areas.items()
        },
        "patient_unit_v_image_unit": _units_compared(arm, trained.classifier),
        "ceilings": _ceilings(arm, test, ceiling_draws),
    }


def _test_area(arm: WholeArm, model: FittedModel) -> float:
    """As published: per slice in the image unit, per patient in the patient unit."""
    reading = model.readings[model.unit]
    data = reading.data(arm.residual, arm.division.is_test(reading.owner))
    return auc(data.scores, data.is_positive).value


def _of_reading(arm: WholeArm, model: FittedModel, reading: Reading) -> dict[str, Any]:
    tested = arm.division.is_test(reading.owner)
    learnt, test = reading.data(arm.residual, ~tested), reading.data(arm.residual, tested)
    if reading.per == "image":
        pooled = cluster_auc(learnt, reading.owner[~tested].tolist())
        outside = cluster_auc(test, reading.owner[tested].tolist())
    else:
        pooled, outside = area_under_curve(learnt, out_of_fold=True), area_under_curve(test)
    counts = confusion_matrix(test, reading.cutoff.value)
    published = AUC.get((arm.treatment, model.unit, model.classifier)) if reading.per == model.unit else None
    return {
        "training_auc_pooled_out_of_fold": _estimate(pooled),
        "training_auc_mean_of_folds": _estimate(
            fold_aucs(learnt, arm.division.fold_of(reading.owner[~tested]).tolist()).mean
        ),
        "test_auc": _estimate(outside),
        "test_micro_average": micro_average(test.scores, test.is_positive),
        "published_auc": published,
        "cutoff": reading.cutoff.value,
        "test_at_cutoff": {
            "sensitivity": _estimate(counts.sensitivity),
            "specificity": _estimate(counts.specificity),
            "accuracy": _estimate(counts.accuracy),
        },
    }


def _units_compared(arm: WholeArm, classifier: str) -> dict[str, Any]:
    """The chosen classifier's two units, both per patient, on the test cohort."""
    of_patients, of_slices = (
        arm.model(classifier, unit).readings["patient"] for unit in ("patient", "image")
    )
    tested = arm.division.is_test(of_patients.owner)
    residual: Bools = arm.residual[tested]
    paired = compare_aucs(of_patients.scores[tested], of_slices.scores[tested], residual)
    if isinstance(paired, NotEstimable):
        return {"not_estimable": paired.reason.value}
    return {"difference": _estimate(paired.difference), "p": paired.p_value}


def _ceilings(arm: WholeArm, test: Sequence[int], draws: int) -> dict[str, Any]:
    patients = [cast(NpcPatient, arm.patients[position]) for position in test]
    whole = bayes_ceiling(arm.treatment, draws)
    latent = latent_risk(
        arm.treatment,
        np.array([one.latent_s for one in patients]),
        np.array([one.ic_sensitivity_b for one in patients]),
    )
    attainable = attainable_probabilities(patients, arm.treatment)
    residual = arm.residual[list(test)]
    return {
        "generator": {"latent": whole.auc_latent, "attainable": whole.auc_attainable},
        "test_patients": {
            "latent": auc(latent, residual).value,
            "attainable": auc(attainable, residual).value,
        },
    }


def _audit(path: Path) -> dict[str, Any]:
    """Physicians, who here are the generator's habit, and the model, judged as in the paper's Table 3."""
    audit = audit_decisions(read_decisions(path).decisions, load_audit_table(STUDY))

    def side(tally: Tally) -> dict[str, Any]:
        return {
            "correct": tally.correct,
            "wrong": tally.wrong,
            "undeterminable": tally.undeterminable,
            "rate": _estimate(tally.rate),
        }

    return {
        "patients": audit.patients,
        "model": side(audit.as_judged.model) | {"published": {"correct": 58, "wrong": 11, "rate": 0.8406}},
        "physician": side(audit.as_judged.physician)
        | {"published": {"correct": 39, "wrong": 26, "rate": 0.6}},
        "rest_on_untested_predictions": audit.untested,
        "untested_set_aside": {
            "model": side(audit.set_aside.model),
            "physician": side(audit.set_aside.physician),
        },
    }


def _estimate(found: Estimate | NotEstimable) -> dict[str, Any]:
    if isinstance(found, NotEstimable):
        return {"not_estimable": found.reason.value}
    return {
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "method": found.method,
        "flags": list(found.flags),
    }


def _csv(rows: Sequence[Sequence[str]]) -> str:
    stream = StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()

"""What a run of the ``npc-residual`` protocol measured, as ``result.json``.

The document, in which an *estimate* is ``{value, lower, upper, method, flags}`` or ``{not_estimable}`` and an
interval is of 95 %::

    study, synthetic, positive_class, published, command, configuration
    segmentation      chosen, by, test_patients, test_slices, dice: {architecture: estimate + published}
    treatments        {treatment:
        training, test    {patients, residual};  slices: of all its patients
        models            {"CLASSIFIER, UNIT unit": {"per image" | "per patient":
                              training_auc_pooled_out_of_fold, training_auc_mean_of_folds, test_auc: estimate,
                              test_micro_average, published_auc: [value, lower, upper] or null, cutoff,
                              test_at_cutoff: {sensitivity, specificity, accuracy: estimate}}}
        mean_test_auc     {unit: {value, published}}: of the four classifiers, per slice in the image unit
        patient_unit_v_image_unit   {difference: estimate, p}: the chosen classifier, both per patient
        board             {test_auc, test_at_cutoff}: mean of the chosen classifier's fold networks
        ceilings          {generator | test_patients: {latent, attainable}}: AUC of the true risks}
    classifier        chosen, by
    decisions         patients, {model | physician: {correct, wrong, undeterminable, rate, published}},
                      rest_on_untested_predictions, untested_set_aside
    leaks             what npc_residual_leaks_results says

A model's test figures are those of its one network that learnt from the whole training cohort.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from inference.rules.audit_table import load_audit_table
from inference.rules.decision_audit import Tally, audit_decisions
from inference.rules.decisions_file import read_decisions
from inference.statistics.discrimination.area import area_under_curve
from inference.statistics.discrimination.classification import confusion_matrix
from inference.statistics.discrimination.delong import auc, compare_aucs
from inference.statistics.discrimination.fold_auc import fold_aucs
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Bools, ClassData
from inference.statistics.reasons import NotEstimable
from inference.storage import write_atomically
from models.phantoms.npc_outcome import bayes_ceiling, latent_risk
from models.phantoms.npc_population import NpcPatient, attainable_probabilities
from models.studies.npc_residual import STUDY, Arm, TrainedStudy
from models.studies.npc_residual_config import UNITS
from models.studies.npc_residual_leaks import micro_average
from models.studies.npc_residual_leaks_results import leaks
from models.studies.npc_residual_models import FittedModel
from models.studies.npc_residual_published import AUC, DICE, MEAN_AUC, SOURCE
from models.studies.npc_residual_tables import decisions_csv, scores_csv, slices_csv
from models.studies.npc_residual_units import Reading
from models.training.engine.history import CURVES_CSV, curves_csv
from models.training.engine.run import RunPlace
from models.training.samples import Workshop

DECISIONS_CSV: Final = "decisions.csv"
RESULT_JSON: Final = "result.json"
CEILING_DRAWS: Final = 100_000
PERMUTATIONS: Final = 5
"""Trainings on dealt-out outcomes, by treatment: what choosing the epoch on the test cohort earns there."""


def write_results(
    trained: TrainedStudy,
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
        "command": "python -m models.studies.npc_residual_command",
        "configuration": repr(trained.config),
        "segmentation": _segmentation(trained),
        "treatments": {arm.treatment: _of_arm(trained, arm, ceiling_draws) for arm in trained.arms},
        "classifier": {
            "chosen": trained.classifier,
            "by": "out-of-fold AUC in the patient unit, mean of the treatments",
        },
        "decisions": _audit(out / DECISIONS_CSV),
        "leaks": leaks(trained, workshop, place, permutations),
    }
    write_atomically(out / RESULT_JSON, (json.dumps(result, indent=2) + "\n").encode())
    return result


def _segmentation(trained: TrainedStudy) -> dict[str, Any]:
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


def _of_arm(trained: TrainedStudy, arm: Arm, ceiling_draws: int) -> dict[str, Any]:
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
        "board": _of_board(arm, trained.classifier),
        "patient_unit_v_image_unit": _units_compared(arm, trained.classifier),
        "ceilings": _ceilings(arm, test, ceiling_draws),
    }


def _test_area(arm: Arm, model: FittedModel) -> float:
    """As published: per slice in the image unit, per patient in the patient unit."""
    reading = model.readings[model.unit]
    data = reading.data(arm.residual, arm.division.is_test(reading.owner))
    return auc(data.scores, data.is_positive).value


def _of_reading(arm: Arm, model: FittedModel, reading: Reading) -> dict[str, Any]:
    tested = arm.division.is_test(reading.owner)
    learnt, test = reading.data(arm.residual, ~tested), reading.data(arm.residual, tested)
    pooled, outside = arm.areas(reading)
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
        "test_at_cutoff": _at_cutoff(test, reading.cutoff.value),
    }


def _of_board(arm: Arm, classifier: str) -> dict[str, Any]:
    """The fold networks' mean, which the pack answers with, against the cut-off locked on the folds."""
    model, tested = arm.model(classifier, "patient"), list(arm.division.test)
    test = ClassData(model.fold_scores(arm.crops[tested]).mean(axis=0), arm.residual[tested])
    return {
        "test_auc": _estimate(area_under_curve(test)),
        "test_at_cutoff": _at_cutoff(test, model.readings["patient"].cutoff.value),
    }


def _at_cutoff(test: ClassData, cutoff: float) -> dict[str, Any]:
    counts = confusion_matrix(test, cutoff)
    return {
        "sensitivity": _estimate(counts.sensitivity),
        "specificity": _estimate(counts.specificity),
        "accuracy": _estimate(counts.accuracy),
    }


def _units_compared(arm: Arm, classifier: str) -> dict[str, Any]:
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


def _ceilings(arm: Arm, test: Sequence[int], draws: int) -> dict[str, Any]:
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

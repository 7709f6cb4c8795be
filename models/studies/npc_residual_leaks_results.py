"""What the public code's errors add to the figures of the whole ``npc-residual`` protocol, as JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.studies.npc_residual import Arm, TrainedStudy
from models.studies.npc_residual_leaks import (
    EpochLeak,
    epoch_chosen_on_test,
    epochs_chosen_without_signal,
    scores_stretched,
    segmentation_split_by_slice,
)
from models.training.engine.run import RunPlace
from models.training.samples import Workshop


def leaks(trained: TrainedStudy, workshop: Workshop, place: RunPlace, permutations: int) -> dict[str, Any]:
    """Each habit of the public code done on purpose with the chosen classifier, beside the honest figure."""
    by_slice = segmentation_split_by_slice(
        trained.config, trained.segmenter, trained.groups.marked, workshop, place
    )
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


def _leaks_of(trained: TrainedStudy, arm: Arm, permutations: int, place: RunPlace) -> dict[str, Any]:
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

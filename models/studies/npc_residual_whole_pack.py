"""What a pack takes from the whole ``npc-residual`` protocol.

The chosen classifier's fold networks of the patient unit answer, since the cut-offs were locked on them;
every classifier's network of the whole training cohort, in both units, is carried for comparison.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from inference.statistics.reasons import NotEstimable
from models.studies.npc_residual import Arm, ComparedModel, TrainedStudy
from models.studies.npc_residual_models import FittedModel
from models.studies.npc_residual_whole import AnyEstimate, TrainedWhole, WholeArm
from models.studies.npc_residual_whole_config import Unit
from models.training.cross_fit import CrossFit, borderline_margin

CHOICE: Final = "highest out-of-fold AUC of the patient unit in the training cohorts, mean of the treatments"
PACK_UNIT: Final[dict[Unit, Literal["slice", "patient"]]] = {"image": "slice", "patient": "patient"}
"""A manifest calls a unit by what one score is about."""


def pack_study(trained: TrainedWhole) -> TrainedStudy:
    """The answering arms and everything that was compared."""
    groups = trained.groups
    return TrainedStudy(
        config=trained.config,
        segmenter=trained.segmenter.trained,
        arms=tuple(_arm(trained, arm) for arm in trained.arms),
        pretraining=groups.pretraining,
        curves=trained.curves,
        marked_patients=len(groups.marked),
        segmenters={one.architecture: rounded(one.dice(trained.config.seed)) for one in trained.segmenters},
        compared=tuple(_compared(arm, model) for arm in trained.arms for model in arm.models),
        choice=CHOICE,
    )


def _arm(trained: TrainedWhole, arm: WholeArm) -> Arm:
    model = arm.model(trained.classifier, "patient")
    reading, division = model.readings["patient"], arm.division
    fitted = CrossFit(
        training=division.training,
        test=division.test,
        folds=division.folds,
        scorers=(),
        out_of_fold=reading.scores[list(division.training)],
        test_scores=model.fold_scores(arm.crops[list(division.test)]),
    )
    margin = borderline_margin(fitted, trained.config.smallest_margin, trained.config.largest_margin)
    return Arm(
        arm.treatment,
        arm.patients,
        arm.residual,
        fitted,
        model.folds,
        reading.cutoff,
        margin,
        model.classifier,
    )


def _compared(arm: WholeArm, model: FittedModel) -> ComparedModel:
    figures: dict[str, Any] = {}
    for per, reading in model.readings.items():
        training, test = arm.areas(reading)
        figures[f"per {PACK_UNIT[per]}"] = {
            "training_auc_out_of_fold": rounded(training),
            "test_auc": rounded(test),
            "cutoff": reading.cutoff.value,
        }
    return ComparedModel(arm.treatment, model.classifier, PACK_UNIT[model.unit], model.network, figures)


def rounded(found: AnyEstimate) -> dict[str, Any]:
    """Value and limits to four places, or the reason why there are none."""
    if isinstance(found, NotEstimable):
        return {"not_estimable": found.reason.value}

    def places(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    return {"value": places(found.value), "low": places(found.lower), "high": places(found.upper)}

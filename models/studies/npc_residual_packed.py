"""What a pack takes from the ``npc-residual`` protocol.

The chosen classifier's fold networks of the patient unit answer, since the cut-offs were locked on them;
every classifier's network of the whole training cohort, in both units, is carried for comparison.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from inference.statistics.discrimination.youden import YoudenCutoff
from inference.statistics.outcomes import Bools
from inference.statistics.reasons import NotEstimable
from models.networks.contract import MeanPooledClassifier
from models.phantoms.npc_population import Regimen
from models.studies.npc_residual import AnyEstimate, Arm, TrainedStudy
from models.studies.npc_residual_config import NpcResidualConfig, Unit
from models.studies.npc_residual_groups import StudyPatient
from models.studies.npc_residual_models import FittedModel
from models.studies.npc_residual_segmenter import TrainedSegmenter
from models.training.cross_fit import CrossFit, borderline_margin
from models.training.engine.history import CurvePoint

CHOICE: Final = "highest out-of-fold AUC of the patient unit in the training cohorts, mean of the treatments"
PACK_UNIT: Final[dict[Unit, Literal["slice", "patient"]]] = {"image": "slice", "patient": "patient"}
"""A manifest calls a unit by what one score is about."""


@dataclass(frozen=True, slots=True, eq=False)
class AnsweringArm:
    """One treatment: its own patients, what was observed, and the fold networks that answer."""

    treatment: Regimen
    patients: tuple[StudyPatient, ...]
    residual: Bools
    fitted: CrossFit
    networks: tuple[MeanPooledClassifier, ...]
    cutoff: YoudenCutoff
    margin: float
    architecture: str


@dataclass(frozen=True, slots=True, eq=False)
class ComparedModel:
    """A classifier that a pack carries beside the answering ones; ``figures`` are its measured ones."""

    treatment: Regimen
    architecture: str
    unit: Literal["slice", "patient"]
    network: MeanPooledClassifier
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class PackedStudy:
    """Everything that a pack is made of; ``pretraining`` is empty where the classifiers start untrained.

    ``segmenters`` are the Dice coefficients of those that were compared, by name; ``compared`` all models
    among which the answering ones were chosen.
    """

    config: NpcResidualConfig
    segmenter: TrainedSegmenter
    arms: tuple[AnsweringArm, ...]
    pretraining: tuple[StudyPatient, ...]
    curves: tuple[CurvePoint, ...]
    marked_patients: int
    segmenters: Mapping[str, Any]
    compared: tuple[ComparedModel, ...]


def pack_study(trained: TrainedStudy) -> PackedStudy:
    """The answering arms and everything that was compared."""
    groups = trained.groups
    return PackedStudy(
        config=trained.config,
        segmenter=trained.segmenter.trained,
        arms=tuple(_arm(trained, arm) for arm in trained.arms),
        pretraining=groups.pretraining,
        curves=trained.curves,
        marked_patients=len(groups.marked),
        segmenters={one.architecture: rounded(one.dice(trained.config.seed)) for one in trained.segmenters},
        compared=tuple(_compared(arm, model) for arm in trained.arms for model in arm.models),
    )


def _arm(trained: TrainedStudy, arm: Arm) -> AnsweringArm:
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
    return AnsweringArm(
        arm.treatment,
        arm.patients,
        arm.residual,
        fitted,
        model.folds,
        reading.cutoff,
        margin,
        model.classifier,
    )


def _compared(arm: Arm, model: FittedModel) -> ComparedModel:
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

"""The protocol of ``npc-residual``: two segmenters, four classifiers, two units, two treatments.

Positive is residual tumour; a higher score is worse.  Source: Hua et al. 2023, doi 10.21037/qims-22-1226.
What the paper leaves open, the configuration names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from inference.statistics.discrimination.area import area_under_curve
from inference.statistics.discrimination.cluster_auc import cluster_auc
from inference.statistics.discrimination.delong import auc
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Bools
from inference.statistics.reasons import NotEstimable
from models.phantoms.npc_population import Regimen
from models.studies.npc_residual_config import UNITS, NpcResidualConfig, Unit
from models.studies.npc_residual_groups import TREATMENTS, Groups, StudyPatient
from models.studies.npc_residual_models import FittedModel, fit_model
from models.studies.npc_residual_network import for_treatment, start_network
from models.studies.npc_residual_segmentation import ComparedSegmenter, better, compare_segmenters
from models.studies.npc_residual_units import Division, Reading, divide, in_unit
from models.training.engine.device import make_repeatable
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace
from models.training.samples import Workshop, classifier_samples

STUDY: Final = "npc-residual"
AnyEstimate = Estimate | NotEstimable


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """One treatment: its patients, their crops (patient, slice, row, column), and all models fitted to it."""

    treatment: Regimen
    patients: tuple[StudyPatient, ...]
    residual: Bools
    crops: Tensor
    division: Division
    models: tuple[FittedModel, ...]

    def model(self, classifier: str, unit: Unit) -> FittedModel:
        """The model of that classifier in that unit."""
        return next(one for one in self.models if (one.classifier, one.unit) == (classifier, unit))

    def areas(self, reading: Reading) -> tuple[AnyEstimate, AnyEstimate]:
        """AUC of a model's scores out of fold in the training cohort, and in the test cohort.

        Intervals of scores per slice know which slices are of one patient.
        """
        tested = self.division.is_test(reading.owner)
        learnt, test = reading.data(self.residual, ~tested), reading.data(self.residual, tested)
        if reading.per == "image":
            return (
                cluster_auc(learnt, reading.owner[~tested].tolist()),
                cluster_auc(test, reading.owner[tested].tolist()),
            )
        return area_under_curve(learnt, out_of_fold=True), area_under_curve(test)

    def training_area(self, classifier: str) -> float:
        """Out-of-fold AUC of the patient unit, by which a classifier is chosen."""
        reading = self.model(classifier, "patient").readings["patient"]
        data = reading.data(self.residual, ~self.division.is_test(reading.owner))
        return auc(data.scores, data.is_positive).value


@dataclass(frozen=True, slots=True)
class TestDecision:
    """A test patient: what the chosen classifier's two models predict, what was given, what came of it."""

    __test__ = False

    patient_id: str
    predicts_residual: Mapping[Regimen, bool]
    given: Regimen
    residual: bool


@dataclass(frozen=True, slots=True, eq=False)
class TrainedStudy:
    """Everything that the results are made of.

    ``segmenter`` is the better of ``segmenters``; ``classifier`` the one of highest out-of-fold AUC in the
    patient unit, mean of the treatments.  ``decisions`` are its, for the test cohorts of both treatments.
    """

    config: NpcResidualConfig
    groups: Groups
    segmenters: tuple[ComparedSegmenter, ...]
    segmenter: ComparedSegmenter
    arms: tuple[Arm, ...]
    classifier: str
    decisions: tuple[TestDecision, ...]
    curves: tuple[CurvePoint, ...]


def train(config: NpcResidualConfig, groups: Groups, workshop: Workshop, place: RunPlace) -> TrainedStudy:
    """Run the protocol on these patients.

    Raises
    ------
    OneClassError
        When a fold of a treatment would teach one class; before any classifier is trained.
    """
    make_repeatable(config.seed, config.threads)
    divided = [_arm_of(config, groups, treatment) for treatment in TREATMENTS]
    segmenters = compare_segmenters(config, groups.marked, workshop, place)
    segmenter = better(segmenters)

    def crops(patients: Sequence[StudyPatient]) -> Tensor:
        samples = classifier_samples(
            patients,
            segmenter.trained.source,
            config.preprocessing,
            workshop,
            on_progress=place.on_progress,
            should_stop=place.should_stop,
        )
        return torch.from_numpy(samples)

    to_start = crops(groups.pretraining) if groups.pretraining else None
    arm_crops = [crops(patients) for patients, _, _ in divided]
    models: dict[Regimen, list[FittedModel]] = {treatment: [] for treatment in TREATMENTS}
    curves = [point for one in segmenters for point in one.trained.curve]
    for unit in UNITS:
        for classifier in config.classifiers:
            trunk, trunk_curve = start_network(config, classifier, unit, to_start, groups.pretraining, place)
            curves.extend(trunk_curve)
            for number, treatment in enumerate(TREATMENTS):
                _, residual, division = divided[number]
                start = for_treatment(trunk, number)
                samples = in_unit(arm_crops[number], unit)
                fitted = fit_model(
                    config, (classifier, unit, treatment), samples, residual, division, start, place
                )
                models[treatment].append(fitted)
                curves.extend(fitted.curve)
    arms = tuple(
        Arm(treatment, patients, residual, arm_crops[number], division, tuple(models[treatment]))
        for number, (treatment, (patients, residual, division)) in enumerate(
            zip(TREATMENTS, divided, strict=True)
        )
    )
    best = max(config.classifiers, key=lambda name: sum(arm.training_area(name) for arm in arms))
    return TrainedStudy(
        config, groups, segmenters, segmenter, arms, best, decisions_of(arms, best), tuple(curves)
    )


def decisions_of(arms: Sequence[Arm], classifier: str) -> tuple[TestDecision, ...]:
    """Both treatments' folds at the cut-offs locked on them, as at the board, on the test patients of both.

    A patient's own treatment's model never saw the test cohort, the other one none of the patient's cohort.
    """
    decisions = []
    for arm in arms:
        tested = list(arm.division.test)
        predicted: dict[Regimen, Bools] = {}
        for one in arms:
            model = one.model(classifier, "patient")
            reading = model.readings["patient"]
            scores = model.fold_scores(arm.crops[tested]).mean(axis=0)
            predicted[one.treatment] = scores >= reading.cutoff.value
        decisions += [
            TestDecision(
                arm.patients[position].patient_id,
                {treatment: bool(called[row]) for treatment, called in predicted.items()},
                arm.treatment,
                bool(arm.residual[position]),
            )
            for row, position in enumerate(tested)
        ]
    return tuple(decisions)


def _arm_of(
    config: NpcResidualConfig, groups: Groups, treatment: Regimen
) -> tuple[tuple[StudyPatient, ...], Bools, Division]:
    patients = tuple(one for one in groups.treated if one.regimen == treatment)
    residual = np.array([one.residual_observed for one in patients], dtype=np.bool_)
    names = [one.patient_id for one in patients]
    return patients, residual, divide(names, residual, config, TREATMENTS.index(treatment))

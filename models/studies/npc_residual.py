"""The protocol of ``npc-residual``: segment, crop, one classifier per treatment and fold, cut-offs locked.

Source: Hua et al. 2023, doi 10.21037/qims-22-1226.  Where the demonstration departs from the paper, the
configuration names the value and the model card says so.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inference.jobs import OnProgress, ShouldStop, ignore_progress, never_stop
from inference.statistics.discrimination.youden import YoudenCutoff
from models.export import round_weights
from models.networks.contract import MeanPooledClassifier
from models.networks.initial_weights import load_initial_weights
from models.networks.xception import Xception
from models.phantoms.npc_population import Regimen, draw_cohort
from models.studies.npc_residual_choices import PackChoices
from models.studies.npc_residual_config import NpcResidualConfig
from models.studies.npc_residual_segmenter import Architecture, TrainedSegmenter, train_segmenter
from models.training.augmentation import Augmentation, air_value, apply_views, draw_views
from models.training.cross_fit import CrossFit, Positions, Scorer, borderline_margin, cross_fit, lock_cutoff
from models.training.engine.device import make_repeatable
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace, Task, train_network
from models.training.samples import Subject, Workshop, classifier_samples

STUDY = "npc-residual"
TREATMENTS: tuple[Regimen, ...] = ("ccrt", "ic_ccrt")
AnyClassifier = TypeVar("AnyClassifier", bound=MeanPooledClassifier)


class StudyPatient(Subject, Protocol):
    """A patient of the study, synthetic or of a hospital."""

    @property
    def regimen(self) -> Regimen:
        """The treatment received."""

    @property
    def residual_observed(self) -> bool:
        """Whether it left residual tumour."""


@dataclass(frozen=True, slots=True, eq=False)
class ComparedModel:
    """A classifier that a pack carries beside the answering ones; ``figures`` are its measured ones."""

    treatment: Regimen
    architecture: str
    unit: Literal["slice", "patient"]
    network: MeanPooledClassifier
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """One treatment: its own patients, what was observed, and what was fitted to it."""

    treatment: Regimen
    patients: tuple[StudyPatient, ...]
    residual: NDArray[np.bool_]
    fitted: CrossFit
    networks: tuple[MeanPooledClassifier, ...]
    cutoff: YoudenCutoff
    margin: float
    architecture: str = "xception"


@dataclass(frozen=True, slots=True, eq=False)
class TrainedStudy:
    """Everything that a pack is made of; ``pretraining`` is empty where the classifiers start untrained.

    ``segmenters`` are the Dice coefficients of those that were compared, by name; ``compared`` all models
    among which ``choice`` says how the answering ones were chosen.
    """

    config: PackChoices
    segmenter: TrainedSegmenter
    arms: tuple[Arm, ...]
    pretraining: tuple[StudyPatient, ...]
    curves: tuple[CurvePoint, ...] = field(default=())
    marked_patients: int = 0
    segmenters: Mapping[str, Any] = field(default_factory=dict)
    compared: tuple[ComparedModel, ...] = ()
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Groups:
    """Who teaches what: nobody of ``marked`` or ``pretraining`` is among the ``treated``.

    ``marked`` teach the segmenter, ``pretraining`` the start of all classifiers, ``treated`` the classifier
    of the regimen that they received.
    """

    marked: tuple[StudyPatient, ...]
    pretraining: tuple[StudyPatient, ...]
    treated: tuple[StudyPatient, ...]

    def __post_init__(self) -> None:
        others = {one.patient_id for one in (*self.marked, *self.pretraining)}
        if others & {one.patient_id for one in self.treated}:
            raise ValueError("a patient teaches what prepares or starts the classifiers, and a classifier")


def train(
    config: NpcResidualConfig,
    workshop: Workshop,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> TrainedStudy:
    """Run the whole protocol on synthetic cohorts."""
    drawn = draw_cohort(
        "training", config.segmentation_patients + config.classification_patients, config.cohort_seed
    )
    groups = Groups(
        drawn[: config.segmentation_patients],
        draw_cohort("training", config.pretraining_patients, config.pretraining_seed),
        drawn[config.segmentation_patients :],
    )
    return train_on(config, groups, workshop, RunPlace(on_progress=on_progress, should_stop=should_stop))


def train_on(config: NpcResidualConfig, groups: Groups, workshop: Workshop, place: RunPlace) -> TrainedStudy:
    """Run the whole protocol on these patients."""
    make_repeatable(config.seed, config.threads)
    segmenter = train_segmenter(
        config, Architecture("unet", config.unet_width), groups.marked, workshop, place
    )

    def crops(patients: tuple[StudyPatient, ...]) -> Tensor:
        samples = classifier_samples(
            patients,
            segmenter.source,
            config.preprocessing,
            workshop,
            on_progress=place.on_progress,
            should_stop=place.should_stop,
        )
        return torch.from_numpy(samples)

    arms, curves = [], [*segmenter.curve]
    if groups.pretraining:
        trunk, trunk_curve = train_trunk(config, crops(groups.pretraining), groups.pretraining, place)
        curves.extend(trunk_curve)
    else:
        trunk = _classifier(config, len(TREATMENTS))
    samples = crops(groups.treated)
    for number, treatment in enumerate(TREATMENTS):
        own = [position for position, one in enumerate(groups.treated) if one.regimen == treatment]
        arm, arm_curves = train_arm(
            config,
            treatment,
            tuple(groups.treated[position] for position in own),
            samples[own],
            for_treatment(trunk, number),
            place,
        )
        arms.append(arm)
        curves.extend(arm_curves)
    return TrainedStudy(config, segmenter, tuple(arms), groups.pretraining, tuple(curves), len(groups.marked))


def train_trunk(
    config: NpcResidualConfig,
    samples: Tensor,
    patients: tuple[StudyPatient, ...],
    place: RunPlace,
) -> tuple[Xception, tuple[CurvePoint, ...]]:
    """Pre-train one network with an output per treatment; each patient teaches the one received."""
    given = torch.tensor([TREATMENTS.index(patient.regimen) for patient in patients])
    residual = torch.tensor([float(patient.residual_observed) for patient in patients])
    network = _classifier(config, len(TREATMENTS))
    loss = classifier_loss(
        air_value(config.preprocessing.classifier),
        config.classification_views,
        samples,
        residual,
        lambda positions: given[positions],
        place.device,
    )
    result = train_network(
        network,
        Task(len(patients), loss),
        config.pretraining,
        run="pre-training",
        seed=config.seed + 1,
        stage="stage.training.trunk",
        place=place,
    )
    return network, result.curve


def for_treatment(trunk: AnyClassifier, output: int) -> AnyClassifier:
    """A copy of the pre-trained network that keeps one treatment's output."""
    network = copy.deepcopy(trunk)
    network.classifier = nn.Linear(trunk.classifier.in_features, 1)
    with torch.no_grad():
        network.classifier.weight.copy_(trunk.classifier.weight[output : output + 1])
        network.classifier.bias.copy_(trunk.classifier.bias[output : output + 1])
    return network


def train_arm(
    config: NpcResidualConfig,
    treatment: Regimen,
    patients: tuple[StudyPatient, ...],
    samples: Tensor,
    start: Xception,
    place: RunPlace,
) -> tuple[Arm, tuple[CurvePoint, ...]]:
    """Fit one network per fold on the patients who received ``treatment``, and lock its cut-off."""
    residual = np.array([patient.residual_observed for patient in patients])
    labels = torch.from_numpy(residual.astype(np.float32))
    networks: list[Xception] = []
    curves: list[CurvePoint] = []

    def learn(positions: Positions, number: int) -> Scorer:
        network = copy.deepcopy(start)
        own = list(positions)
        loss = classifier_loss(
            air_value(config.preprocessing.classifier),
            config.classification_views,
            samples[own],
            labels[own],
            lambda batch: torch.zeros_like(batch),
            place.device,
        )
        result = train_network(
            network,
            Task(len(own), loss),
            config.classification,
            run=f"{treatment} fold {number}",
            seed=config.seed + 10 * (TREATMENTS.index(treatment) + 1) + number,
            stage="stage.training.classifier",
            place=place,
        )
        curves.extend(result.curve)
        round_weights(network)
        networks.append(network)
        return lambda positions: classifier_scores(network, samples[list(positions)])

    fitted = cross_fit(
        [patient.patient_id for patient in patients],
        learn,
        test_share=config.test_share,
        folds=config.folds,
        rng=np.random.default_rng([config.seed, TREATMENTS.index(treatment)]),
        is_positive=residual,
    )
    cutoff = lock_cutoff(fitted, residual)
    margin = borderline_margin(fitted, config.smallest_margin, config.largest_margin)
    return Arm(treatment, patients, residual, fitted, tuple(networks), cutoff, margin), tuple(curves)


def classifier_scores(network: Xception, samples: Tensor) -> NDArray[np.float64]:
    """Probability of residual tumour on the crop about the segmenter's mask, as at the board."""
    network.eval()
    with torch.no_grad():
        logits = [network(part[:, 0].float()) for part in samples.split(16)]
    scores: NDArray[np.float64] = torch.sigmoid(torch.cat(logits))[:, 0].double().numpy()
    return scores


def _classifier(config: NpcResidualConfig, outputs: int) -> Xception:
    torch.manual_seed(config.seed + 1)
    network = Xception(config.xception_width, config.preprocessing.classifier.slices, outputs, config.dropout)
    if config.initial_weights is not None:
        load_initial_weights(network, config.initial_weights)
    return network.to(memory_format=torch.channels_last)


def classifier_loss(
    air: float,
    augmentation: Augmentation,
    samples: Tensor,
    residual: Tensor,
    output: Callable[[Tensor], Tensor],
    device: torch.device,
) -> Callable[[nn.Module, Tensor, torch.Generator], Tensor]:
    """Cross-entropy on random views; each draw takes one of a sample's crops.

    ``samples`` is (n, crop, channel, row, column), ``air`` the value of air in it, ``residual`` (n,) 0 or 1;
    ``output`` says which of the network's outputs each position teaches.
    """

    def loss(network: nn.Module, positions: Tensor, generator: torch.Generator) -> Tensor:
        views = draw_views(len(positions), augmentation, generator)
        variant = torch.randint(0, samples.shape[1], (len(positions),), generator=generator)
        images = apply_views(samples[positions, variant].float(), views, air)
        logits = network(images.contiguous(memory_format=torch.channels_last).to(device)).float()
        chosen = logits.gather(1, output(positions)[:, None].to(device))[:, 0]
        return functional.binary_cross_entropy_with_logits(chosen, residual[positions].to(device))

    return loss

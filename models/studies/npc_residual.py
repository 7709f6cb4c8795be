"""The protocol of ``npc-residual``: segment, crop, one classifier per treatment and fold, cut-offs locked.

Source: Hua et al. 2023, doi 10.21037/qims-22-1226.  Where the demonstration departs from the paper, the
configuration names the value and the model card says so.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inference.jobs import OnProgress, ShouldStop, ignore_progress, never_stop
from inference.statistics.discrimination.youden import YoudenCutoff
from models.export import round_weights
from models.networks.xception import Xception
from models.phantoms.npc_population import NpcPatient, Regimen, draw_cohort
from models.studies.npc_residual_config import NpcResidualConfig
from models.studies.npc_residual_segmenter import TrainedSegmenter, train_segmenter
from models.training.augmentation import air_value, apply_views, draw_views
from models.training.cross_fit import CrossFit, Positions, Scorer, borderline_margin, cross_fit, lock_cutoff
from models.training.loop import CurvePoint, fit, make_repeatable
from models.training.samples import Workshop, classifier_samples

STUDY = "npc-residual"
TREATMENTS: tuple[Regimen, ...] = ("ccrt", "ic_ccrt")


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """One treatment: its own patients, what was observed, and what was fitted to it."""

    treatment: Regimen
    patients: tuple[NpcPatient, ...]
    residual: NDArray[np.bool_]
    fitted: CrossFit
    networks: tuple[Xception, ...]
    cutoff: YoudenCutoff
    margin: float


@dataclass(frozen=True, slots=True, eq=False)
class TrainedStudy:
    """Everything that a pack is made of."""

    config: NpcResidualConfig
    segmenter: TrainedSegmenter
    arms: tuple[Arm, ...]
    pretraining: tuple[NpcPatient, ...]
    curves: tuple[CurvePoint, ...] = field(default=())


def train(
    config: NpcResidualConfig,
    workshop: Workshop,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> TrainedStudy:
    """Run the whole protocol on synthetic cohorts."""
    make_repeatable(config.seed, config.threads)
    drawn = draw_cohort(
        "training", config.segmentation_patients + config.classification_patients, config.cohort_seed
    )
    marked, cohort = drawn[: config.segmentation_patients], drawn[config.segmentation_patients :]
    pretraining = draw_cohort("training", config.pretraining_patients, config.pretraining_seed)
    segmenter = train_segmenter(config, marked, workshop, on_progress=on_progress, should_stop=should_stop)

    def crops(patients: tuple[NpcPatient, ...]) -> Tensor:
        samples = classifier_samples(
            patients,
            segmenter.source,
            config.preprocessing,
            workshop,
            on_progress=on_progress,
            should_stop=should_stop,
        )
        return torch.from_numpy(samples)

    trunk, trunk_curve = train_trunk(
        config, crops(pretraining), pretraining, on_progress=on_progress, should_stop=should_stop
    )
    samples = crops(cohort)
    arms, curves = [], [*segmenter.curve, *trunk_curve]
    for number, treatment in enumerate(TREATMENTS):
        own = [position for position, patient in enumerate(cohort) if patient.regimen == treatment]
        arm, arm_curves = train_arm(
            config,
            treatment,
            tuple(cohort[position] for position in own),
            samples[own],
            for_treatment(trunk, number),
            on_progress=on_progress,
            should_stop=should_stop,
        )
        arms.append(arm)
        curves.extend(arm_curves)
    return TrainedStudy(config, segmenter, tuple(arms), pretraining, tuple(curves))


def train_trunk(
    config: NpcResidualConfig,
    samples: Tensor,
    patients: tuple[NpcPatient, ...],
    *,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> tuple[Xception, tuple[CurvePoint, ...]]:
    """Pre-train one network with an output per treatment; each patient teaches the one received."""
    given = torch.tensor([TREATMENTS.index(patient.regimen) for patient in patients])
    residual = torch.tensor([float(patient.residual_observed) for patient in patients])
    network = _classifier(config, len(TREATMENTS))
    loss = _classifier_loss(config, samples, residual, lambda positions: given[positions])
    curve = fit(
        network,
        len(patients),
        loss,
        config.pretraining,
        run="pre-training",
        seed=config.seed + 1,
        stage="stage.training.trunk",
        on_progress=on_progress,
        should_stop=should_stop,
    )
    return network, curve


def for_treatment(trunk: Xception, output: int) -> Xception:
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
    patients: tuple[NpcPatient, ...],
    samples: Tensor,
    start: Xception,
    *,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> tuple[Arm, tuple[CurvePoint, ...]]:
    """Fit one network per fold on the patients who received ``treatment``, and lock its cut-off."""
    residual = np.array([patient.residual_observed for patient in patients])
    labels = torch.from_numpy(residual.astype(np.float32))
    networks: list[Xception] = []
    curves: list[CurvePoint] = []

    def learn(positions: Positions, number: int) -> Scorer:
        network = copy.deepcopy(start)
        own = list(positions)
        loss = _classifier_loss(config, samples[own], labels[own], lambda batch: torch.zeros_like(batch))
        curves.extend(
            fit(
                network,
                len(own),
                loss,
                config.classification,
                run=f"{treatment} fold {number}",
                seed=config.seed + 10 * (TREATMENTS.index(treatment) + 1) + number,
                stage="stage.training.classifier",
                on_progress=on_progress,
                should_stop=should_stop,
            )
        )
        round_weights(network)
        networks.append(network)
        return lambda positions: classifier_scores(network, samples[list(positions)])

    fitted = cross_fit(
        [patient.patient_id for patient in patients],
        learn,
        test_share=config.test_share,
        folds=config.folds,
        rng=np.random.default_rng([config.seed, TREATMENTS.index(treatment)]),
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
    return network.to(memory_format=torch.channels_last)


def _classifier_loss(
    config: NpcResidualConfig, samples: Tensor, residual: Tensor, output: Callable[[Tensor], Tensor]
) -> Callable[[nn.Module, Tensor, torch.Generator], Tensor]:
    """Cross-entropy on random views; each draw takes the crop of the segmenter's mask or of the true one."""
    air = air_value(config.preprocessing.classifier)

    def loss(network: nn.Module, positions: Tensor, generator: torch.Generator) -> Tensor:
        views = draw_views(len(positions), config.classification_views, generator)
        variant = torch.randint(0, samples.shape[1], (len(positions),), generator=generator)
        images = apply_views(samples[positions, variant].float(), views, air)
        logits = network(images.contiguous(memory_format=torch.channels_last))
        chosen = logits.gather(1, output(positions)[:, None])[:, 0]
        return functional.binary_cross_entropy_with_logits(chosen, residual[positions])

    return loss

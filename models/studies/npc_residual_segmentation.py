"""U-Net against DeepLabv3 by the Dice coefficient, on patients that neither learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from inference.statistics.resampling.bootstrap import Bootstrap, bootstrap
from models.studies.npc_residual_config import NpcResidualConfig
from models.studies.npc_residual_segmenter import (
    TrainedSegmenter,
    segmenter_samples,
    shows_tumour,
    tested_patients,
    train_segmenter,
)
from models.training.engine.run import RunPlace
from models.training.samples import Subject, Workshop


@dataclass(frozen=True, slots=True, eq=False)
class ComparedSegmenter:
    """A trained segmenter with its Dice on each slice with tumour of its test patients.

    ``owner`` (slice,) is each slice's patient, from 0.
    """

    architecture: str
    trained: TrainedSegmenter
    owner: NDArray[np.intp]

    @property
    def mean_dice(self) -> float:
        """Mean over slices, as published."""
        return float(self.trained.test_slice_dice.mean())

    def dice(self, seed: int) -> Estimate | NotEstimable:
        """The mean with the percentile interval of a bootstrap by patient."""
        figures = self.trained.test_slice_dice
        drawn = bootstrap(
            len(figures),
            lambda rows: float(figures[rows].mean()),
            generator=np.random.default_rng(seed),
            patients=self.owner.tolist(),
        )
        return drawn.percentile() if isinstance(drawn, Bootstrap) else drawn


def compare_segmenters(
    config: NpcResidualConfig, patients: tuple[Subject, ...], workshop: Workshop, place: RunPlace
) -> tuple[ComparedSegmenter, ...]:
    """Train every segmenter of the configuration on the same patients; they share the test patients."""
    tested = patients[: tested_patients(config, len(patients))]
    slices = segmenter_samples(config, tested, workshop, place)
    patient_of = np.repeat(np.arange(len(tested)), slices.shape[1])
    owner = patient_of[shows_tumour(slices.flatten(0, 1)).any(axis=(1, 2))]
    return tuple(
        ComparedSegmenter(
            name,
            train_segmenter(config, name, patients, workshop, place),
            owner,
        )
        for name in config.segmenters
    )


def better(segmenters: tuple[ComparedSegmenter, ...]) -> ComparedSegmenter:
    """The one with the higher mean Dice; the first of equals."""
    return max(segmenters, key=lambda one: one.mean_dice)

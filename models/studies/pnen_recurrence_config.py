"""Every choice of the ``pnen-recurrence`` protocol, with the presets ``demo`` and ``paper``.

What Song et al. 2021 leave open is marked (?): a choice of this project.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from inference.preprocessing.settings import FrameSettings, IsotropicSettings
from models.radiomics.panel import PanelSettings
from models.training.engine.schedule import Schedule
from models.training.rough_reader import RoughReader
from models.training.support_vector import SupportVectorSettings


@dataclass(frozen=True, slots=True)
class PnenRecurrenceConfig:
    """Sizes, network, schedule and everything that the paper leaves open.

    Attributes
    ----------
    training_patients, external_patients : of the synthetic cohorts.
    segmentation_cases : further patients with an outlined tumour, who teach the segmenter alone.
    study_cases_in_segmentation : study patients mixed with them, drawn from each fold's learning part, so
        that no segmenter knows a patient that it serves.  At 0 one segmenter serves all folds.
    validation_share : of the segmentation cases, for the choice of the epoch by Dice.
    slices_per_case : evenly spaced slices of a case that the segmenter learns from (?).
    network, width : name in the catalogue; share of the published channels.
    arterial, venous : window and steps.
    frame : how a slice of the cuboid becomes the network's input (?).
    reader : slack of the rough outlines (phantoms only).
    undecided : patients free of recurrence whose follow-up ended before ``horizon_months``: *left_out* of the
        classes, or counted *free* as in the paper.
    folds : of the cross-validation, balanced by outcome (?).
    aggregation_seed : of k-means.
    """

    seed: int
    threads: int
    phantom_size: int
    training_patients: int
    external_patients: int
    segmentation_cases: int
    study_cases_in_segmentation: int
    validation_share: float
    slices_per_case: int
    network: str
    width: float
    arterial: IsotropicSettings
    venous: IsotropicSettings
    frame: FrameSettings
    reader: RoughReader
    segmentation: Schedule
    aggregation_seed: int
    horizon_months: float
    undecided: Literal["left_out", "free"]
    folds: int
    machine: SupportVectorSettings
    radiomics: PanelSettings
    initial_weights: Path | None = None
    """Safetensors file of a U-Net that the segmenters start from; None to start at random."""


PAPER = PnenRecurrenceConfig(
    seed=2021,
    threads=2,
    phantom_size=512,
    training_patients=56,
    external_patients=18,
    segmentation_cases=58,
    study_cases_in_segmentation=22,
    validation_share=0.1,
    slices_per_case=64,
    network="unet_elu",
    width=1.0,
    arterial=IsotropicSettings(spacing_mm=1.0, margin_mm=0.0, window_centre_hu=130.0, window_width_hu=310.0),
    venous=IsotropicSettings(spacing_mm=1.0, margin_mm=0.0, window_centre_hu=120.0, window_width_hu=320.0),
    frame=FrameSettings(framing="resized", rows=256, columns=256),
    reader=RoughReader(),
    segmentation=Schedule("adam", 1e-5, batch_size=8, epochs=200, patience=20),
    aggregation_seed=0,
    horizon_months=60.0,
    undecided="free",
    folds=10,
    machine=SupportVectorSettings(),
    radiomics=PanelSettings(),
)
"""As published; batch size, epochs and patience are unpublished (?)."""

DEMO = replace(
    PAPER,
    threads=1,
    phantom_size=256,
    reader=RoughReader(least_mm=1.0, most_mm=3.0),
    segmentation_cases=80,
    study_cases_in_segmentation=0,
    slices_per_case=6,
    width=1 / 8,
    frame=FrameSettings(framing="resized", rows=64, columns=64),
    segmentation=Schedule("adam", 1e-3, batch_size=16, epochs=4),
    undecided="left_out",
)
"""Minutes on one processor: as many patients, a network an eighth as wide on a quarter of the side.

64 pixels are about a cuboid's own steps of 1 mm.  Few epochs, because the longer the network learns to
outline a tumour, which is all that it is asked, the less its bottleneck tells of the inside; chosen on
separate phantoms.  The published rate of 1e-5 would take thousands of epochs of so few slices.
"""

PRESETS = {"demo": DEMO, "paper": PAPER}

"""Every choice of the ``gnen-os`` protocol, with the presets ``demo`` and ``paper``.

What Yang et al. 2023 leave open is marked (?): the choice is this project's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from inference.preprocessing.settings import FixedWindowSettings
from models.training.augmentation import Augmentation
from models.training.engine.schedule import Schedule
from models.training.second_reader import SecondReader
from models.training.signatures import PenaltyRule


@dataclass(frozen=True, slots=True)
class GnenOsConfig:
    """Sizes, network and limits; ``resnet_width`` is a share of the published channel counts.

    Attributes
    ----------
    initial_weights : safetensors of a pre-trained ResNet-50; without, random weights from the seed.
    pretraining_patients : (?) phantoms of a cohort apart, from whose survival the network learns first, by
        ``pretraining`` on random ``pretraining_views`` of its window's middle ``pretraining_side`` pixels;
        ``pretraining_dropout`` of the features before the layer that is thrown away.
    window : HU window (?) and surroundings (?) of the network's input.
    reread_patients, reliable_above : features of how many patients are read twice, and the ICC to exceed.
    penalty_folds, penalty_rule : how LASSO-Cox chooses its penalty (?).
    candidate_factors : of the form; the paper drops the grade, for it overlaps with Ki-67.
    screen_below, proportional_above : P of a factor alone (?), and of its Schoenfeld residuals.
    folds : of the out-of-fold scores that lock the cut-offs (?).
    cutoff_months : horizon whose ROC gives the cut-off, by Youden (?).
    """

    seed: int
    threads: int
    cohort_sizes: Mapping[str, int]
    phantom_size: int
    resnet_width: float
    initial_weights: Path | None
    pretraining_patients: int
    pretraining_side: int
    pretraining_dropout: float
    pretraining: Schedule
    pretraining_views: Augmentation
    window: FixedWindowSettings
    reader: SecondReader
    reread_patients: int
    reliable_above: float
    penalty_folds: int
    penalty_rule: PenaltyRule
    candidate_factors: tuple[str, ...]
    screen_below: float
    proportional_above: float
    folds: int
    cutoff_months: float
    horizons_months: tuple[float, ...]

    @property
    def pretraining_seed(self) -> int:
        """Seed of the separate cohort on which the network is pre-trained."""
        return self.seed + 1


PAPER: Final = GnenOsConfig(
    seed=2023,
    threads=1,
    cohort_sizes={"training": 76, "internal": 32, "external": 54},
    phantom_size=512,
    resnet_width=1.0,
    initial_weights=None,
    pretraining_patients=0,
    pretraining_side=224,
    pretraining_dropout=0.0,
    pretraining=Schedule("adam", 0.001, batch_size=32, epochs=1),
    pretraining_views=Augmentation(flip=True),
    window=FixedWindowSettings(
        spacing_mm=1.0,
        rows=224,
        columns=224,
        window_centre_hu=60.0,
        window_width_hu=350.0,
        surroundings="kept",
    ),
    reader=SecondReader(slice_shift=0),
    reread_patients=30,
    reliable_above=0.8,
    penalty_folds=10,
    penalty_rule="min",
    candidate_factors=(
        "age_years",
        "sex",
        "location",
        "long_diameter_mm",
        "ct_lymph_node",
        "m_stage",
        "ki67_percent",
    ),
    screen_below=0.05,
    proportional_above=0.05,
    folds=5,
    cutoff_months=36.0,
    horizons_months=(36.0, 60.0),
)
"""As published; the weights of a pre-trained ResNet-50 are the user's to name."""

DEMO: Final = replace(
    PAPER,
    phantom_size=256,
    resnet_width=1 / 4,
    pretraining_patients=600,
    pretraining_side=96,
    pretraining_dropout=0.3,
    pretraining=Schedule("adamw", 0.002, batch_size=32, epochs=12, decay="cosine", weight_decay=0.05),
    pretraining_views=Augmentation(flip=True, right_angles=True),
    window=PAPER.window.model_copy(update={"surroundings": "blanked"}),
)
"""Cohorts as large as published, a quarter of the channels, pre-trained on other phantoms, and the tumour's
pixels alone: maxima over the whole window would be those of bone."""

PRESETS: Final[Mapping[str, GnenOsConfig]] = {"demo": DEMO, "paper": PAPER}

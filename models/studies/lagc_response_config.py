"""Every choice of the ``lagc-response`` protocol; ``PAPER`` holds the published ones, ``DEMO`` smaller sizes.

What the paper leaves open is marked (?) and named here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from inference.preprocessing.settings import TumourSlicesSettings
from models.training.augmentation import Augmentation
from models.training.engine.schedule import Schedule
from models.training.signatures import PenaltyRule

PUBLISHED_FUSION = ("large_diameter", "borrmann_iii_iv", "src_composition_yes")
"""The clinical part of the published DLCS: maximum diameter > 5 cm, Borrmann III or IV, SRC composition."""


@dataclass(frozen=True, slots=True)
class LagcResponseConfig:
    """Sizes, network, schedules and rules.

    Attributes
    ----------
    folds : of the cross-validation in the training cohort, by patient.
    validation_share : (?) part of a fold's learning patients that decide when its network stops; the patients
        that the fold leaves out have no say in it.
    width : share of the published channel counts; ``dropout`` (?) before the last layer.
    initial_weights : safetensors file of ImageNet's ResNet-50, None to start at random.
    pretraining_patients : (?) synthetic patients of a cohort apart; where there are no ImageNet weights, the
        network that all folds start from learns from them how aggressive a tumour looks, which only their
        generator can tell.  ``pretraining`` is its schedule.
    oversample : DeepSMOTE to 1:1 inside the learning part; ``oversampler`` trains its autoencoder.
    keep_detail : whether an invented image keeps what the autoencoder lost of the image it starts from; not
        in the paper.
    signature_scale : (?) whether the DL signature enters regressions as probability or as log odds.
    penalty_rule : (?) of the LASSO that selects clinical factors.
    fusion_factors : columns that join the DL signature in the DLCS.
    significant_below : P of a single factor below which it enters the multivariable Cox model.
    os_test_share : of the patients with follow-up; 8:2 as published.
    risk_group_quantile : (?) of the OS score in its training part, from which on risk is high.
    horizons_months : of the OS nomogram.
    handed_on_fold : (?) whose network the recurrence study freezes; the first unless told otherwise, since
        all folds are equals.
    """

    seed: int
    threads: int
    preprocessing: TumourSlicesSettings
    folds: int
    validation_share: float
    width: float
    dropout: float
    initial_weights: Path | None
    pretraining_patients: int
    pretraining: Schedule
    classification: Schedule
    views: Augmentation
    oversample: bool
    oversampler_width: float
    oversampler: Schedule
    neighbours: int
    keep_detail: bool
    signature_scale: Literal["probability", "log_odds"]
    penalty_rule: PenaltyRule
    fusion_factors: tuple[str, ...]
    significant_below: float
    os_test_share: float
    risk_group_quantile: float
    horizons_months: tuple[float, ...]
    handed_on_fold: int

    @property
    def pretraining_seed(self) -> int:
        """Seed of the separate cohort on which the network is pre-trained."""
        return self.seed + 1


PAPER = LagcResponseConfig(
    seed=2023,
    threads=2,
    preprocessing=TumourSlicesSettings(
        spacing_mm=1.0,
        window_low_hu=-115.0,
        window_high_hu=235.0,
        margin_mm=5.0,
        slices=3,
        rows=112,
        columns=112,
    ),
    folds=5,
    validation_share=0.15,
    width=1.0,
    dropout=0.0,
    initial_weights=None,
    pretraining_patients=0,
    pretraining=Schedule("adam", 0.0005, batch_size=32, epochs=1),
    classification=Schedule(
        "adam", 0.0005, batch_size=32, epochs=2000, decay="step", step_epochs=50, patience=100
    ),
    views=Augmentation(flip=True, rotation_deg=180.0),
    oversample=True,
    oversampler_width=1.0,
    oversampler=Schedule("adamw", 0.0002, batch_size=100, epochs=200),
    neighbours=5,
    keep_detail=False,
    signature_scale="probability",
    penalty_rule="min",
    fusion_factors=PUBLISHED_FUSION,
    significant_below=0.05,
    os_test_share=0.2,
    risk_group_quantile=0.5,
    horizons_months=(12.0, 24.0, 36.0),
    handed_on_fold=0,
)
"""As published; the optimiser (?) and the reach of rotations (?) are not, and weights come from a file."""

DEMO = replace(
    PAPER,
    threads=1,
    width=1 / 4,
    dropout=0.2,
    pretraining_patients=1800,
    pretraining=Schedule("adamw", 0.002, batch_size=32, epochs=20, decay="cosine", weight_decay=0.05),
    classification=Schedule(
        "adamw", 0.0002, batch_size=32, epochs=6, decay="cosine", weight_decay=0.05, patience=6
    ),
    views=Augmentation(flip=True, right_angles=True),
    oversampler_width=1 / 8,
    oversampler=Schedule("adamw", 0.001, batch_size=64, epochs=6),
    keep_detail=True,
    signature_scale="log_odds",
)
"""Cohorts as large as published, networks a quarter as wide, pre-trained on other phantoms, one processor."""

PRESETS = {"demo": DEMO, "paper": PAPER}

"""Every choice of the ``gc-recurrence`` protocol; ``PAPER`` holds the published ones, ``DEMO`` smaller sizes.

What the paper leaves open is marked (?) and named here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from inference.preprocessing.settings import FrameSettings, IsotropicSettings
from models.training.augmentation import Augmentation
from models.training.engine.schedule import Schedule
from models.training.signatures import PenaltyRule

PUBLISHED_CUTOFF: Final = 0.60
"""Of the DLFS; a cut-off of the paper's own score, shown beside ours and never applied to it."""

PUBLISHED_SIGNATURE: Final = (
    "age_years",
    "cea_ng_ml",
    "location_upper",
    "location_middle",
    "location_whole",
    "differentiation_low",
    "differentiation_high",
    "stage_ii",
    "stage_iii",
)
"""Columns of the five factors that the published clinical signature selected, and that join the fusion."""


@dataclass(frozen=True, slots=True)
class GcRecurrenceConfig:
    """Sizes, network, schedule and rules.

    Attributes
    ----------
    region, frame : steps, window and size of the slices; (?) the margin, which the paper does not name, and
        that the shorter side is padded with the window's minimum, where the paper says zero and not of which
        scale.  Between slices the paper has 1 mm; the demonstration takes every fifth.
    channels : (?) a slice and its nearest neighbours, as the response study's network saw them.
    folds : of the cross-validation in the training cohort, by patient.
    validation_share : (?) part of a fold's learning patients that decide when its layers stop.
    backbone : safetensors file of the response study's network, which learns no more; which of its fold
        networks that is, the response study's ``handed_on_fold`` says.
    width : share of the published channel counts, that of the backbone's file.
    views : of the slices before the backbone; ``views_per_patient`` (?) of them are embedded once.
    penalty_rule : (?) of the LASSO that selects clinical factors.
    fusion_factors : columns that join the DLS in the DLFS.
    survival_at_months : (?) at which the survival of the risk groups is read.
    """

    seed: int
    threads: int
    region: IsotropicSettings
    frame: FrameSettings
    channels: int
    folds: int
    validation_share: float
    backbone: Path | None
    width: float
    dropout: float
    schedule: Schedule
    views: Augmentation
    views_per_patient: int
    penalty_rule: PenaltyRule
    fusion_factors: tuple[str, ...]
    survival_at_months: tuple[float, ...]


PAPER = GcRecurrenceConfig(
    seed=2024,
    threads=2,
    region=IsotropicSettings(spacing_mm=1.0, margin_mm=5.0, window_centre_hu=60.0, window_width_hu=350.0),
    frame=FrameSettings(framing="squared", rows=112, columns=112),
    channels=3,
    folds=5,
    validation_share=0.15,
    backbone=None,
    width=1.0,
    dropout=0.0,
    schedule=Schedule("adam", 0.0001, batch_size=128, epochs=1000, patience=100),
    views=Augmentation(flip=True, rotation_deg=180.0, blur=1.0),
    views_per_patient=8,
    penalty_rule="min",
    fusion_factors=PUBLISHED_SIGNATURE,
    survival_at_months=(36.0, 60.0),
)
"""As published: the window of -115 to 235 HU is a centre and a width here; the optimiser (?) is Adam."""

DEMO = replace(
    PAPER,
    threads=1,
    region=PAPER.region.model_copy(update={"slice_spacing_mm": 5.0}),
    width=1 / 4,
    schedule=Schedule("adam", 0.002, batch_size=128, epochs=120, patience=20, weight_decay=0.001),
    views=Augmentation(flip=True, right_angles=True, blur=0.5),
    views_per_patient=2,
)
"""Cohorts as large as published, a backbone a quarter as wide, slices 5 mm apart, one processor."""

PRESETS = {"demo": DEMO, "paper": PAPER}

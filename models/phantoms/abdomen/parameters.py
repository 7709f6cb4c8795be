"""What a population says of one patient, and all that the abdomen's drawing needs: habitus, tumour, signal.

Where the outcome's signal lies. Write I for the image signal of one phase. The appearance of a tumour at
height t (-1 at its caudal, 1 at its cranial end) follows

    J(t) = (I + u) + GRADIENT * (I - u) * t + e(t),

with u a patient's confounder and e the slice's own noise, independent from one 5 mm level to the next. The
mean over slices shows I + u, the gradient I - u; only both together show I. J sets the necrotic share, the
rim, the coarseness of the texture and the roughness of the edge. Size is the population's to give, never J's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.ct_scanner import COHORTS, STUDIES, CtScanner, scanner_of
from models.phantoms.randomness import random_stream

PHASES = (Phase.UNENHANCED, Phase.ARTERIAL, Phase.PORTAL_VENOUS)
GRADIENT = 0.8
CONFOUNDER_SD, SLICE_NOISE_SD = 0.5, 0.7
"""A slice's J has a reliability of about 0.6 for I, mean and gradient of many levels together about 0.9."""

FEW_SLICES_CONFOUNDER_SD, FEW_SLICES_NOISE_SD = 0.25, 0.4
"""For the studies that read one to three slices, and for tumours of the pancreas, most of which span few
levels: a slice's reliability of 0.8, for nobody could read more there.
"""

Sex = Literal["male", "female"]
GastricSite = Literal["upper", "middle", "lower", "whole"]
GastricWall = Literal["lesser", "greater", "anterior", "posterior"]
PancreaticSite = Literal["uncinate", "head-neck", "body", "tail"]
Composition = Literal["cystic", "mixed", "solid"]


@dataclass(frozen=True, slots=True)
class HabitusParameters:
    """Build and age of a patient.

    ``scale`` multiplies all lengths (1 is a man of 170 cm); ``subcutaneous_fat_mm`` is the thickness in front
    of the navel's level; ``visceral_fat`` from 0 (lean) to 1 (obese) spreads the organs apart in fat;
    ``muscle`` is bulk relative to a trained adult of 40 years.
    """

    sex: Sex = "male"
    age_years: float = 60.0
    scale: float = 1.0
    subcutaneous_fat_mm: float = 15.0
    visceral_fat: float = 0.5
    muscle: float = 0.9

    def __post_init__(self) -> None:
        if not 0.8 <= self.scale <= 1.2:
            raise ValueError("scale must lie between 0.8 and 1.2")
        if not 3.0 <= self.subcutaneous_fat_mm <= 60.0:
            raise ValueError("subcutaneous fat must lie between 3 and 60 mm")
        if not 0.0 <= self.visceral_fat <= 1.0 or not 0.4 <= self.muscle <= 1.3:
            raise ValueError("visceral fat must lie in 0..1 and muscle in 0.4..1.3")

    @classmethod
    def draw(
        cls, rng: np.random.Generator, *, age_years: float, sex: Sex, bmi_kg_m2: float = 23.0
    ) -> HabitusParameters:
        """A plausible build for age, sex and body mass index."""
        over = (bmi_kg_m2 - 23.0) / 3.5
        size, skin, inner, bulk = rng.standard_normal(4)
        female = sex == "female"
        skin_fat = (20.0 if female else 14.0) * np.exp(0.28 * over + 0.2 * skin)
        visceral = (0.4 if female else 0.55) + 0.17 * over + 0.1 * inner
        muscle = (0.88 if female else 1.0) - 0.004 * (age_years - 40.0) + 0.06 * bulk
        return cls(
            sex=sex,
            age_years=float(age_years),
            scale=float(np.clip((0.945 if female else 1.0) * np.exp(0.025 * size), 0.85, 1.12)),
            subcutaneous_fat_mm=float(np.clip(skin_fat, 5.0, 45.0)),
            visceral_fat=float(np.clip(visceral, 0.05, 1.0)),
            muscle=float(np.clip(muscle, 0.6, 1.2)),
        )


@dataclass(frozen=True, slots=True)
class PhaseLook:
    """How a tumour looks in one phase.

    ``enhancement_hu`` is what contrast adds to viable tumour (on top of some 38 HU); ``signal`` is I as this
    phase shows it, ``confounder`` the patient's u; both may differ between phases.
    """

    enhancement_hu: float
    signal: float = 0.0
    confounder: float = 0.0


@dataclass(frozen=True, slots=True)
class Looks:
    """A tumour's look in every phase; the shape of its edge follows ``portal_venous`` or ``arterial``.

    ``slice_noise_sd`` is the standard deviation of e.
    """

    arterial: PhaseLook
    portal_venous: PhaseLook
    shape_from: Literal["arterial", "portal_venous"] = "portal_venous"
    slice_noise_sd: float = SLICE_NOISE_SD

    def of(self, phase: Phase) -> PhaseLook:
        """The look of a phase; without contrast it is the shape's own, unenhanced."""
        if phase == Phase.ARTERIAL:
            return self.arterial
        if phase == Phase.PORTAL_VENOUS:
            return self.portal_venous
        return PhaseLook(0.0, self.shape.signal, self.shape.confounder)

    @property
    def shape(self) -> PhaseLook:
        """The look that the edge shows."""
        return self.arterial if self.shape_from == "arterial" else self.portal_venous


GASTRIC_LOOKS = Looks(arterial=PhaseLook(38.0), portal_venous=PhaseLook(55.0))
PANCREATIC_LOOKS = Looks(arterial=PhaseLook(120.0), portal_venous=PhaseLook(80.0), shape_from="arterial")


@dataclass(frozen=True, slots=True)
class EnlargedNodes:
    """Enlarged regional lymph nodes: how many, and the short axis of the largest in mm."""

    count: int = 0
    largest_short_axis_mm: float = 10.0

    def __post_init__(self) -> None:
        if self.count < 0 or not 4.0 <= self.largest_short_axis_mm <= 40.0:
            raise ValueError("nodes must not be negative and measure 4 to 40 mm")


@dataclass(frozen=True, slots=True)
class GastricTumour:
    """A tumour of the gastric wall.

    ``long_diameter_mm`` is its greatest extent along the wall, ``thickness_mm`` of the thickened wall.
    ``borrmann``: I polypoid, II ulcer with a raised sharp edge, III ulcer that shades into the wall, IV
    diffuse thickening. ``ct_stage`` 1 to 4: from 3 on the serosa is rough and its fat stranded, at 4 the
    tumour leaves it. ``ulcer_share`` is the crater's depth as a share of the thickness (II and III).
    ``roughness_mm`` is the edge's own, to which the image signal adds.
    """

    site: GastricSite
    wall: GastricWall
    borrmann: Literal[1, 2, 3, 4]
    long_diameter_mm: float
    thickness_mm: float
    ct_stage: Literal[1, 2, 3, 4] = 3
    ulcer_share: float = 0.6
    roughness_mm: float = 0.6
    nodes: EnlargedNodes = field(default_factory=EnlargedNodes)
    looks: Looks = GASTRIC_LOOKS

    def __post_init__(self) -> None:
        if not 8.0 <= self.long_diameter_mm <= 220.0:
            raise ValueError("a gastric tumour's long diameter must lie between 8 and 220 mm")
        if not 5.0 <= self.thickness_mm <= 45.0:
            raise ValueError("a gastric tumour's thickness must lie between 5 and 45 mm")
        if not 0.0 <= self.ulcer_share <= 1.0 or not 0.0 <= self.roughness_mm <= 4.0:
            raise ValueError("ulcer share must lie in 0..1 and roughness in 0..4 mm")


@dataclass(frozen=True, slots=True)
class PancreaticTumour:
    """A tumour of the pancreas.

    ``long_diameter_mm`` is its greatest extent; ``irregularity`` from 0 (a ball) to 1 (lobulated);
    ``boundary_mm`` is the width over which it fades into the gland; ``duct_diameter_mm`` that of the duct
    upstream of it (3 is normal); ``calcified`` puts flecks of lime into it.
    """

    site: PancreaticSite
    composition: Composition
    long_diameter_mm: float
    irregularity: float = 0.3
    boundary_mm: float = 1.0
    duct_diameter_mm: float = 2.5
    calcified: bool = False
    nodes: EnlargedNodes = field(default_factory=EnlargedNodes)
    looks: Looks = PANCREATIC_LOOKS

    def __post_init__(self) -> None:
        if not 5.0 <= self.long_diameter_mm <= 120.0:
            raise ValueError("a pancreatic tumour's long diameter must lie between 5 and 120 mm")
        if not 0.0 <= self.irregularity <= 1.0 or not 0.0 <= self.boundary_mm <= 8.0:
            raise ValueError("irregularity must lie in 0..1 and the boundary in 0..8 mm")
        if not 1.0 <= self.duct_diameter_mm <= 15.0:
            raise ValueError("the duct must measure 1 to 15 mm")


Tumour = GastricTumour | PancreaticTumour


@dataclass(frozen=True, slots=True)
class AbdomenCase:
    """One patient's examination, addressed by study, cohort, seed and index; it renders the same for ever."""

    study: str
    cohort: str
    seed: int
    index: int
    habitus: HabitusParameters
    tumour: Tumour

    def __post_init__(self) -> None:
        if self.study not in STUDIES or self.cohort not in COHORTS:
            raise ValueError(f"unknown study {self.study!r} or cohort {self.cohort!r}")
        if isinstance(self.tumour, PancreaticTumour) != (self.study == "pnen-recurrence"):
            raise ValueError("pnen-recurrence takes a pancreatic tumour, the other studies a gastric one")

    @property
    def scanner(self) -> CtScanner:
        """The scanner of the case's hospital."""
        return scanner_of(self.study, self.cohort)

    def stream(self, *purpose: str | int) -> np.random.Generator:
        """The randomness of one purpose."""
        return random_stream(self.study, self.cohort, self.seed, self.index, *purpose)

"""From a synthetic patient's numbers to the examination that the abdomen's drawing takes.

Size, site, shape, nodes and enhancement follow clinical values and chance; only the image signal follows S.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from models.phantoms import gc_population, gnen_population, lagc_population, pnen_population
from models.phantoms.abdomen.parameters import (
    CONFOUNDER_SD,
    FEW_SLICES_CONFOUNDER_SD,
    FEW_SLICES_NOISE_SD,
    SLICE_NOISE_SD,
    AbdomenCase,
    EnlargedNodes,
    GastricSite,
    GastricTumour,
    GastricWall,
    HabitusParameters,
    Looks,
    PancreaticTumour,
    PhaseLook,
)
from models.phantoms.ct_population import CtPatient
from models.phantoms.gc_population import GcPatient
from models.phantoms.gnen_population import GnenPatient
from models.phantoms.lagc_population import LagcPatient
from models.phantoms.pnen_marginals import CT_VALUES
from models.phantoms.pnen_outcome import ARTERIAL_RELIABILITY, VENOUS_RELIABILITY
from models.phantoms.pnen_population import PnenPatient
from models.phantoms.randomness import random_stream

_BORRMANN: dict[str, Literal[1, 2, 3, 4]] = {"I": 1, "II": 2, "III": 3, "IV": 4}
_CT_STAGE: dict[str, Literal[1, 2, 3, 4]] = {"T1": 1, "T2": 2, "T3": 3, "T4": 4}
_WALLS: tuple[GastricWall, ...] = ("lesser", "posterior", "anterior", "greater")
_WALL_SHARES = (0.45, 0.20, 0.20, 0.15)
_GNEN_SITES: dict[str, GastricSite] = {
    "cardia_fundus": "upper",
    "body": "middle",
    "antrum": "lower",
    "two_thirds_or_more": "whole",
}
# Enhancement of gastric tumours in HU, arterial and portal-venous, mean and SD between patients.
_GASTRIC_ENHANCEMENT_HU = ((38.0, 7.0), (55.0, 8.0))
# Attenuation of the pancreas in each phase, and of a tumour without contrast, to turn a CT ratio into HU.
_PANCREAS_ARTERIAL_HU, _PANCREAS_VENOUS_HU, _UNENHANCED_TUMOUR_HU = 105.0, 95.0, 38.0
_FEW_SLICES = (FEW_SLICES_CONFOUNDER_SD, FEW_SLICES_NOISE_SD)
# Of a CT ratio's spread, the tumour's own part (our choice); the rest is the gland's and the reader's.
_TUMOURS_SHARE = 0.25
_MOST_NODES_DRAWN = 15
# A smaller one might fall between two 5 mm slices.
_SMALLEST_DRAWN_MM = 12.0


def _stream(study: str, patient: CtPatient) -> np.random.Generator:
    return random_stream(study, patient.cohort, patient.seed, patient.index, "appearance")


def _wall(rng: np.random.Generator) -> GastricWall:
    return _WALLS[int(np.searchsorted(np.cumsum(_WALL_SHARES)[:-1], rng.random()))]


def _gastric_looks(
    rng: np.random.Generator,
    arterial: float,
    venous: float,
    confounder_sd: float = CONFOUNDER_SD,
    slice_noise_sd: float = SLICE_NOISE_SD,
) -> Looks:
    """Both phases with their signals; one confounder, for it is the same tumour."""
    confounder = float(rng.normal(0.0, confounder_sd))
    (a_mean, a_sd), (v_mean, v_sd) = _GASTRIC_ENHANCEMENT_HU
    strength = rng.standard_normal()
    return Looks(
        arterial=PhaseLook(float(np.clip(a_mean + a_sd * strength, 15.0, 70.0)), arterial, confounder),
        portal_venous=PhaseLook(float(np.clip(v_mean + v_sd * strength, 25.0, 90.0)), venous, confounder),
        slice_noise_sd=slice_noise_sd,
    )


def _nodes(rng: np.random.Generator, count: int) -> EnlargedNodes:
    """That many nodes; where there are more, the largest is larger."""
    largest = 9.0 + 0.4 * count + 3.0 * rng.gamma(1.5)
    return EnlargedNodes(min(count, _MOST_NODES_DRAWN), float(np.clip(largest, 8.0, 35.0)))


def _habitus(
    rng: np.random.Generator,
    patient: CtPatient,
    bmi_kg_m2: float | None = None,
) -> HabitusParameters:
    """A build for age and sex; where the form has no body mass index it is drawn."""
    drawn = float(np.clip(rng.normal(22.5, 3.0), 16.0, 33.0))
    return HabitusParameters.draw(
        rng, age_years=patient.age_years, sex=patient.sex, bmi_kg_m2=drawn if bmi_kg_m2 is None else bmi_kg_m2
    )


def lagc_case(patient: LagcPatient) -> AbdomenCase:
    """The examination before chemotherapy; a resistant tumour (low S) looks aggressive."""
    rng = _stream(lagc_population.STUDY, patient)
    habitus = _habitus(rng, patient, patient.bmi_kg_m2)
    signal = -patient.image_signal_i
    tumour = GastricTumour(
        site=patient.location,
        wall=_wall(rng),
        borrmann=_BORRMANN[patient.borrmann],
        long_diameter_mm=10.0 * patient.maximum_diameter_cm,
        thickness_mm=patient.wall_thickness_mm,
        ct_stage=_CT_STAGE[patient.ct_stage],
        ulcer_share=float(rng.uniform(0.4, 0.8)),
        nodes=_nodes(rng, patient.enlarged_nodes),
        looks=_gastric_looks(rng, signal, signal, *_FEW_SLICES),
    )
    return _case(lagc_population.STUDY, patient, habitus, tumour)


def gc_case(patient: GcPatient) -> AbdomenCase:
    """The examination before gastrectomy; the Borrmann type follows depth and extent."""
    rng = _stream(gc_population.STUDY, patient)
    habitus = _habitus(rng, patient)
    depth = _CT_STAGE[patient.pt_stage]
    by_depth = {1: (0.5, 0.5, 0.0, 0.0), 2: (0.15, 0.45, 0.40, 0.0)}.get(depth, (0.05, 0.25, 0.55, 0.15))
    drawn = ("I", "II", "III", "IV")[int(np.searchsorted(np.cumsum(by_depth)[:-1], rng.random()))]
    thickness = (6.5, 9.0, 12.5, 15.5)[depth - 1] * np.exp(rng.normal(0.0, 0.2))
    tumour = GastricTumour(
        site=patient.location,
        wall=_wall(rng),
        borrmann=_BORRMANN["IV" if patient.location == "whole" else drawn],
        long_diameter_mm=10.0 * patient.tumour_length_cm,
        thickness_mm=float(np.clip(thickness, 5.0, 40.0)),
        ct_stage=depth,
        ulcer_share=float(rng.uniform(0.4, 0.8)),
        nodes=_nodes(rng, _enlarged_beside(patient.pn_stage, rng)),
        looks=_gastric_looks(rng, patient.image_signal_i, patient.image_signal_i),
    )
    return _case(gc_population.STUDY, patient, habitus, tumour)


def _enlarged_beside(pn_stage: str, rng: np.random.Generator) -> int:
    """Nodes that CT finds enlarged: about half of those with metastases, and now and then a reactive one."""
    metastatic = {"N0": 0, "N1": 2, "N2": 5, "N3": 11}[pn_stage]
    return int(rng.binomial(metastatic, 0.5) + rng.binomial(1, 0.15))


def gnen_case(patient: GnenPatient) -> AbdomenCase:
    """The examination before treatment; both phases carry their own signal."""
    rng = _stream(gnen_population.STUDY, patient)
    habitus = _habitus(rng, patient)
    diameter = max(patient.long_diameter_mm, _SMALLEST_DRAWN_MM)
    polypoid = patient.grade in ("NET G1", "NET G2") or diameter < 15.0
    depth: Literal[1, 2, 3, 4] = 2 if diameter < 20.0 else 3 if diameter < 60.0 else 4
    tumour = GastricTumour(
        site=_GNEN_SITES[patient.location],
        wall=_wall(rng),
        borrmann=1 if polypoid else 2 if rng.random() < 0.4 else 3,
        long_diameter_mm=diameter,
        thickness_mm=float(np.clip((6.0 + 0.2 * diameter) * np.exp(rng.normal(0.0, 0.15)), 5.0, 40.0)),
        ct_stage=depth,
        ulcer_share=float(rng.uniform(0.4, 0.8)),
        nodes=_nodes(rng, int(rng.integers(1, 5)) if patient.ct_lymph_node == "yes" else 0),
        looks=_gastric_looks(rng, patient.arterial_signal_i, patient.venous_signal_i, *_FEW_SLICES),
    )
    return _case(gnen_population.STUDY, patient, habitus, tumour)


def pnen_case(patient: PnenPatient) -> AbdomenCase:
    """The examination before resection; enhancement follows the form's CT ratios."""
    rng = _stream(pnen_population.STUDY, patient)
    habitus = _habitus(rng, patient)
    confounder = float(rng.normal(0.0, FEW_SLICES_CONFOUNDER_SD))
    arterial = _tumours_own(patient.ct_ratio_arterial, "ct_ratio_arterial") * _PANCREAS_ARTERIAL_HU
    venous = _tumours_own(patient.ct_ratio_venous, "ct_ratio_venous") * _PANCREAS_VENOUS_HU
    # At a reliability of 0.10 the venous signal is mostly noise; both phases shall look equally varied.
    venous_signal = patient.venous_signal_i * float(np.sqrt(VENOUS_RELIABILITY / ARTERIAL_RELIABILITY))
    irregularity = {"round": (0.05, 0.25), "lobulated": (0.40, 0.60), "confluent": (0.75, 0.95)}
    boundary_mm = {"clear": (0.5, 1.5), "unclear": (3.0, 6.0)}
    duct_mm = {"normal": (1.5, 3.0), "dilated_or_cut": (4.0, 9.0)}
    nodes = {"normal": 0, "enlarged": 2, "confluent": 6}[patient.node_morphology]
    tumour = PancreaticTumour(
        site=patient.location,
        composition=patient.composition,
        long_diameter_mm=patient.maximum_diameter_mm,
        irregularity=float(rng.uniform(*irregularity[patient.shape])),
        boundary_mm=min(
            float(rng.uniform(*boundary_mm[patient.boundary])), max(0.15 * patient.maximum_diameter_mm, 2.2)
        ),
        duct_diameter_mm=float(rng.uniform(*duct_mm[patient.pancreatic_duct])),
        calcified=patient.calcification == "yes",
        nodes=_nodes(rng, nodes),
        looks=Looks(
            arterial=PhaseLook(
                float(np.clip(arterial - _UNENHANCED_TUMOUR_HU, 10.0, 220.0)),
                patient.arterial_signal_i,
                confounder,
            ),
            portal_venous=PhaseLook(
                float(np.clip(venous - _UNENHANCED_TUMOUR_HU, 10.0, 160.0)), venous_signal, confounder
            ),
            shape_from="arterial",
            slice_noise_sd=FEW_SLICES_NOISE_SD,
        ),
    )
    return _case(pnen_population.STUDY, patient, habitus, tumour)


def _tumours_own(ratio: float, name: str) -> float:
    """What of a CT ratio on the form the tumour itself brings to the image."""
    mean = CT_VALUES[name][0]
    return mean + _TUMOURS_SHARE * (ratio - mean)


def _case(
    study: str, patient: CtPatient, habitus: HabitusParameters, tumour: GastricTumour | PancreaticTumour
) -> AbdomenCase:
    return AbdomenCase(study, patient.cohort, patient.seed, patient.index, habitus, tumour)

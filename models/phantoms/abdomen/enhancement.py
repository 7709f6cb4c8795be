"""Hounsfield units of every tissue in every phase, and how timing, dose and the patient change them.

Blood measures 30 to 50 HU without contrast, the aorta some 300 HU at 35 s and 120 to 180 HU at 70 s; the
liver takes up 20 to 30 HU at most in the late arterial phase and 50 HU in the portal-venous phase (Bae,
Radiology 2010;256:32-61). Pancreas, renal cortex and spleen peak in the first minute (100 to 130, 180 to 220
and 120 to 150 HU); fat measures -120 to -90 HU, muscle 50 to 60 HU, bile and gastric juice 0 to 15 HU.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.ct_scanner import CtScanner

# HU without contrast, and what contrast adds at 35 s and at 70 s.
_TISSUES: dict[str, tuple[float, float, float]] = {
    "muscle": (54.0, 6.0, 12.0),
    "skin": (25.0, 10.0, 20.0),
    "marrow": (0.0, 6.0, 15.0),
    "aorta": (42.0, 275.0, 112.0),
    "heart_blood": (42.0, 215.0, 108.0),
    "myocardium": (45.0, 55.0, 62.0),
    "cava_low": (42.0, 8.0, 70.0),
    "cava_high": (42.0, 62.0, 100.0),
    "renal_vein": (42.0, 120.0, 112.0),
    "portal_vein": (42.0, 66.0, 126.0),
    "hepatic_vein": (42.0, 6.0, 112.0),
    "liver": (58.0, 11.0, 52.0),
    "spleen": (48.0, 84.0, 76.0),
    "pancreas": (42.0, 70.0, 56.0),
    "adrenal": (28.0, 42.0, 46.0),
    "renal_cortex": (34.0, 158.0, 134.0),
    "renal_medulla": (30.0, 30.0, 122.0),
    "urine": (4.0, 0.0, 6.0),
    "bile": (9.0, 0.0, 0.0),
    "gallbladder_wall": (32.0, 22.0, 40.0),
    "gastric_mucosa": (42.0, 66.0, 62.0),
    "gastric_muscle": (40.0, 18.0, 38.0),
    "bowel_wall": (38.0, 52.0, 60.0),
    "colon_wall": (38.0, 26.0, 44.0),
    "juice": (11.0, 0.0, 0.0),
    "small_artery": (40.0, 210.0, 95.0),
    "small_vein": (40.0, 40.0, 105.0),
    "node": (36.0, 36.0, 56.0),
}
FAT_HU, DEEP_FAT_HU, LUNG_HU, GAS_HU, AIR_HU = -106.0, -101.0, -870.0, -985.0, -1000.0
TUMOUR_PLAIN_HU = 38.0
CORTICAL_BONE_HU = 620.0


@dataclass(frozen=True, slots=True)
class Circulation:
    """How a patient answers an injection: overall strength, and how late the blood comes (s)."""

    strength: float
    lag_s: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Circulation:
        """Draw a patient's circulation."""
        strength, lag = rng.standard_normal(2)
        return cls(float(np.exp(0.08 * strength)), float(np.clip(2.0 * lag, -4.0, 4.0)))


def tissue_hu(
    phase: Phase, scanner: CtScanner, circulation: Circulation, fatty_liver: float
) -> dict[str, float]:
    """HU of every tissue; ``fatty_liver`` is what fat takes from the liver, in HU."""
    column = {Phase.UNENHANCED: 0, Phase.ARTERIAL: 1, Phase.PORTAL_VENOUS: 2}[phase]
    table = {}
    for name, row in _TISSUES.items():
        table[name] = row[0]
        if column:
            table[name] += (
                row[column] * iodine(phase, scanner, circulation) * _timing(name, phase, scanner, circulation)
            )
    table["liver"] -= fatty_liver
    return table


def iodine(phase: Phase, scanner: CtScanner, circulation: Circulation) -> float:
    """Factor of all enhancement; none without contrast."""
    return 0.0 if phase == Phase.UNENHANCED else scanner.iodine_gain * circulation.strength


def _timing(name: str, phase: Phase, scanner: CtScanner, circulation: Circulation) -> float:
    """Relative enhancement at the scanner's delay: veins fill late, arteries empty."""
    if phase == Phase.ARTERIAL:
        late = scanner.arterial_s - circulation.lag_s - 35.0
        if name in ("portal_vein", "small_vein", "cava_high", "hepatic_vein"):
            return float(np.clip(1.0 + 0.05 * late, 0.5, 1.5))
        if name in ("liver", "renal_medulla", "muscle"):
            return float(np.clip(1.0 + 0.035 * late, 0.6, 1.35))
        return float(np.clip(1.0 - 0.004 * late * late / 4.0, 0.8, 1.0))
    late = scanner.portal_venous_s - circulation.lag_s - 70.0
    if name in ("aorta", "heart_blood", "small_artery", "spleen", "pancreas"):
        return float(np.clip(1.0 - 0.008 * late, 0.85, 1.12))
    return float(np.clip(1.0 + 0.003 * late, 0.95, 1.05))

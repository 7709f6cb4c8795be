"""What a tumour shows of the image signal at each level: the J of ``parameters.py``, with its noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.parameters import GRADIENT, Looks
from models.phantoms.abdomen.tubes import Points
from models.phantoms.shapes import Floats

NOISE_LEVEL_MM = 5.0


def aggressive_share(shown: float, steepness: float = 1.4) -> float:
    """How far J has turned a look from harmless (0) to aggressive (1)."""
    return float(1.0 / (1.0 + np.exp(-steepness * shown)))


@dataclass(frozen=True, slots=True, eq=False)
class TumourSignal:
    """The tumour's looks, the levels that it spans, and their noise, per phase."""

    looks: Looks
    middle_mm: float
    half_mm: float
    first_level: int
    level_noise: dict[Phase, Floats]

    @classmethod
    def draw(cls, looks: Looks, low_mm: Points, high_mm: Points, rng: np.random.Generator) -> TumourSignal:
        """Draw the noise of a tumour that lies between two corners (x, y, z)."""
        first = int(np.floor(low_mm[2] / NOISE_LEVEL_MM)) - 2
        count = int(np.ceil(high_mm[2] / NOISE_LEVEL_MM)) + 3 - first
        shape, arterial, venous = rng.standard_normal((3, count), dtype=np.float32)
        share = np.float32(np.sqrt(0.5))
        # Half of a level's noise is the anatomy's and returns in every phase.
        noise = {
            Phase.UNENHANCED: shape,
            Phase.ARTERIAL: share * (shape + arterial),
            Phase.PORTAL_VENOUS: share * (shape + venous),
        }
        middle, half = 0.5 * (low_mm[2] + high_mm[2]), 0.5 * (high_mm[2] - low_mm[2])
        return cls(looks, float(middle), max(float(half), 1.0), first, noise)

    def shown(self, phase: Phase, z_mm: float) -> float:
        """J of a phase at a level."""
        look = self.looks.of(phase)
        t = float(np.clip((z_mm - self.middle_mm) / self.half_mm, -1.0, 1.0))
        signal, confounder = look.signal, look.confounder
        return signal + confounder + GRADIENT * (signal - confounder) * t + self._noise(phase, z_mm)

    def edge_shown(self, z_mm: float) -> float:
        """J of the phase that the shape follows: the edge is the same in every phase."""
        arterial = self.looks.shape_from == "arterial"
        return self.shown(Phase.ARTERIAL if arterial else Phase.PORTAL_VENOUS, z_mm)

    def enhanced_hu(self, phase: Phase, gain: float) -> float:
        """What contrast adds to viable tumour where the scanner multiplies it by ``gain``."""
        return gain * self.looks.of(phase).enhancement_hu

    def _noise(self, phase: Phase, z_mm: float) -> float:
        """The level's noise; between two levels the mixture that keeps its variance."""
        place = z_mm / NOISE_LEVEL_MM - self.first_level
        k = int(np.clip(np.floor(place), 0, len(self.level_noise[phase]) - 2))
        share = float(np.clip(place - k, 0.0, 1.0))
        low, high = self.level_noise[phase][k : k + 2]
        mixed = ((1.0 - share) * low + share * high) / np.hypot(1.0 - share, share)
        return self.looks.slice_noise_sd * float(mixed)

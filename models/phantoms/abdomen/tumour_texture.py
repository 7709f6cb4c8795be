"""How a tumour's inside follows the image signal: necrosis, rim, coarseness of the texture.

Higher J: more and larger necrosis, a brighter rim, coarser texture, a rougher edge. The equation of J stands
in ``parameters.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.parameters import GRADIENT, AbdomenCase, Looks
from models.phantoms.abdomen.tubes import Points
from models.phantoms.lattice_noise import LatticeNoise
from models.phantoms.randomness import random_stream
from models.phantoms.shapes import Floats

NOISE_LEVEL_MM = 5.0
_NECROSIS_HU = 22.0
_MARGIN_MM = 20.0
_NECROSIS_FROM = 1.6


def aggressive_share(shown: float) -> float:
    """How far J has turned a look from harmless (0) to aggressive (1)."""
    return float(1.0 / (1.0 + np.exp(-1.4 * shown)))


@dataclass(frozen=True, slots=True, eq=False)
class TumourTexture:
    """The fields of a tumour's inside and the noise of its levels, per phase."""

    looks: Looks
    centre_mm: tuple[float, float]
    middle_mm: float
    half_mm: float
    first_level: int
    level_noise: dict[Phase, Floats]
    coarse: LatticeNoise
    medium: LatticeNoise
    fine: LatticeNoise

    @classmethod
    def draw(cls, case: AbdomenCase, low_mm: Points, high_mm: Points) -> TumourTexture:
        """Draw the texture of a case's tumour, which lies between two corners (x, y, z)."""
        middle, half = 0.5 * (low_mm + high_mm), 0.5 * (high_mm - low_mm)
        x, y, z = (float(reach) + _MARGIN_MM for reach in half)
        extent = (x, y, z)
        rng = random_stream(case.study, case.cohort, case.seed, case.index, "tumour texture")
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
        return cls(
            looks=case.tumour.looks,
            centre_mm=(float(middle[0]), float(middle[1])),
            middle_mm=float(middle[2]),
            half_mm=max(float(half[2]), 1.0),
            first_level=first,
            level_noise=noise,
            coarse=LatticeNoise.draw(rng, 7.0, 9.0, extent),
            medium=LatticeNoise.draw(rng, 4.0, 7.0, extent),
            fine=LatticeNoise.draw(rng, 2.2, 5.0, extent),
        )

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

    def _noise(self, phase: Phase, z_mm: float) -> float:
        """The level's noise; between two levels the mixture that keeps its variance."""
        place = z_mm / NOISE_LEVEL_MM - self.first_level
        k = int(np.clip(np.floor(place), 0, len(self.level_noise[phase]) - 2))
        share = float(np.clip(place - k, 0.0, 1.0))
        low, high = self.level_noise[phase][k : k + 2]
        mixed = ((1.0 - share) * low + share * high) / np.hypot(1.0 - share, share)
        return self.looks.slice_noise_sd * float(mixed)

    def inside_hu(
        self,
        phase: Phase,
        z_mm: float,
        grid: tuple[Floats, Floats],
        depth: Floats,
        plain_hu: float,
        gain: float,
    ) -> Floats:
        """HU of the tumour from its depth below the surface (mm); ``gain`` multiplies the enhancement."""
        shown = self.shown(phase, z_mm)
        x, y = (axis - np.float32(centre) for axis, centre in zip(grid, self.centre_mm, strict=True))
        fields = self.coarse, self.medium, self.fine
        coarse, medium, fine = (field.plane(z_mm - self.middle_mm, x, y) for field in fields)
        enhanced = gain * self.looks.of(phase).enhancement_hu
        share = aggressive_share(shown)
        texture = (1.0 - share) * 0.34 * fine + share * 0.30 * (0.8 * coarse + 0.6 * medium)
        rim = 0.30 * share * np.exp(-(((depth - 1.2) / 1.4) ** 2))
        value = plain_hu + 4.0 * fine + enhanced * (1.0 + texture + rim)
        relative = np.clip(depth / max(float(depth.max()), 5.0), 0.0, 1.0)
        field = 0.9 * relative + 0.75 * coarse + 0.45 * medium
        dead = np.clip((field - _NECROSIS_FROM + 0.8 * shown) / 0.5 + 0.5, 0.0, 1.0)
        dead *= np.clip((depth - 1.0) / 1.5, 0.0, 1.0)
        necrosis = min(_NECROSIS_HU, plain_hu) + 0.1 * enhanced + 3.0 * fine
        return np.asarray(value + dead * (necrosis - value), dtype=np.float32)

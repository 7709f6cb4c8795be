"""How the inside of a gastric tumour follows the image signal: necrosis, rim, coarseness of the texture.

Higher J: more and larger necrosis, a brighter rim, coarser texture, a rougher edge. The equation of J stands
in ``parameters.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.parameters import Looks
from models.phantoms.abdomen.tubes import Points
from models.phantoms.abdomen.tumour_signal import TumourSignal, aggressive_share
from models.phantoms.lattice_noise import LatticeNoise
from models.phantoms.shapes import Floats

_NECROSIS_HU = 22.0
_MARGIN_MM = 20.0
_NECROSIS_FROM = 1.6


@dataclass(frozen=True, slots=True, eq=False)
class GastricTexture:
    """The fields of a tumour's inside and the signal of every level."""

    signal: TumourSignal
    centre_mm: tuple[float, float]
    coarse: LatticeNoise
    medium: LatticeNoise
    fine: LatticeNoise

    @classmethod
    def draw(cls, looks: Looks, low_mm: Points, high_mm: Points, rng: np.random.Generator) -> GastricTexture:
        """Draw the texture of a tumour that lies between two corners (x, y, z)."""
        middle, half = 0.5 * (low_mm + high_mm), 0.5 * (high_mm - low_mm)
        x, y, z = (float(reach) + _MARGIN_MM for reach in half)
        extent = (x, y, z)
        return cls(
            signal=TumourSignal.draw(looks, low_mm, high_mm, rng),
            centre_mm=(float(middle[0]), float(middle[1])),
            coarse=LatticeNoise.draw(rng, 7.0, 9.0, extent),
            medium=LatticeNoise.draw(rng, 4.0, 7.0, extent),
            fine=LatticeNoise.draw(rng, 2.2, 5.0, extent),
        )

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
        shown = self.signal.shown(phase, z_mm)
        x, y = (axis - np.float32(centre) for axis, centre in zip(grid, self.centre_mm, strict=True))
        fields = self.coarse, self.medium, self.fine
        coarse, medium, fine = (field.plane(z_mm - self.signal.middle_mm, x, y) for field in fields)
        enhanced = self.signal.enhanced_hu(phase, gain)
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

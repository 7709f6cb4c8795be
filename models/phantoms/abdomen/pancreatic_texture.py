"""How the inside of a pancreatic tumour follows the image signal: a core that the blood does not reach.

Higher J, phase by phase: a larger core of low enhancement, a brighter shell around it, coarser patches. The
pattern is in proportion to the tumour, so that small ones show it too; the edge, which all phases share, does
not follow J, or the venous phase would show the arterial one's. J is that of ``TumourSignal``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.tumour_signal import TumourSignal, aggressive_share
from models.phantoms.lattice_noise import LatticeNoise
from models.phantoms.shapes import Floats

# Of the way from the middle to the surface, what the core takes at the highest J.
_LARGEST_CORE = 1.0
_CORE_ENHANCEMENT = 0.05
_SHELL_GAIN = 0.3
_PATCHES, _GRAIN = 0.2, 0.06
_STEEPNESS = 1.2


@dataclass(frozen=True, slots=True, eq=False)
class PancreaticTexture:
    """Patches in proportion to the tumour, fine grain, and the signal of every level."""

    signal: TumourSignal
    patches: LatticeNoise
    grain: LatticeNoise

    @classmethod
    def draw(
        cls,
        signal: TumourSignal,
        half_mm: float,
        rng: np.random.Generator,
        extent_mm: tuple[float, float, float],
    ) -> PancreaticTexture:
        """Draw the fields of a tumour whose half diameter is given."""
        patch = max(0.45 * half_mm, 3.0)
        return cls(
            signal,
            LatticeNoise.draw(rng, patch, 1.2 * patch, extent_mm),
            LatticeNoise.draw(rng, 2.2, 5.0, extent_mm),
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
        share = aggressive_share(self.signal.shown(phase, z_mm), _STEEPNESS)
        patches, grain = self.patches.plane(z_mm, *grid), self.grain.plane(z_mm, *grid)
        enhanced = self.signal.enhanced_hu(phase, gain)
        relative = depth / max(float(depth.max()), 2.0)
        edge = (relative - 1.0 + _LARGEST_CORE * share + 0.16 * patches) / 0.25
        core = np.clip(edge, 0.0, 1.0) * np.clip((depth - 0.5) / 1.0, 0.0, 1.0)
        shell = 1.0 + _SHELL_GAIN * share + _PATCHES * share * patches + _GRAIN * (1.0 - share) * grain
        viable = plain_hu + enhanced * shell + 3.0 * grain
        value = viable + core * (plain_hu + _CORE_ENHANCEMENT * enhanced + 3.0 * grain - viable)
        return np.asarray(value, dtype=np.float32)

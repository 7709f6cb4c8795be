"""Each voxel against its neighbours: grey-tone difference (Amadasun 1989) and dependence (Sun 1983)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.radiomics.aggregation import Aggregation, offsets, shifted_pair, slice_groups
from models.radiomics.discretisation import Levels
from models.radiomics.emphasis import Counted, Words, emphasis_features, size_energy

DEPENDENCE_WORDS = Words("dependence_count", "dependence_count", "low_dependence", "high_dependence")
COARSEST = 1e6
"""Coarseness where no voxel differs from its neighbours, as the manual has it."""

Floats = NDArray[np.float64]


def tone_difference_features(levels: Levels, aggregation: Aggregation) -> dict[str, float]:
    """Coarseness, contrast, busyness, complexity and strength, means over the matrices.

    A voxel is compared with the mean of its neighbours in the region; one without neighbours does not count.
    """
    inside = levels > 0
    total, neighbours = np.zeros(levels.shape), np.zeros(levels.shape, dtype=np.int64)
    for offset in offsets(aggregation):
        here, there = shifted_pair(levels.shape, offset)
        for one, other in ((here, there), (there, here)):
            total[one] += levels[other]
            neighbours[one] += inside[other]
    counted = inside & (neighbours > 0)
    if not counted.any():
        return {"coarseness": COARSEST, "contrast": 0.0, "busyness": 0.0, "complexity": 0.0, "strength": 0.0}
    difference = np.abs(levels[counted] - total[counted] / neighbours[counted])
    size = int(levels.max())
    present, group = np.unique(slice_groups(levels, aggregation)[counted], return_inverse=True)
    key = group * size + levels[counted] - 1
    shape = (len(present), size)
    n = np.bincount(key, minlength=len(present) * size).reshape(shape)
    s = np.bincount(key, weights=difference, minlength=len(present) * size).astype(np.float64).reshape(shape)
    per_matrix = [_tone_differences(*rows) for rows in zip(n, s, strict=True)]
    return {name: float(np.mean([one[name] for one in per_matrix])) for name in per_matrix[0]}


def _tone_differences(n: NDArray[np.int64], s: Floats) -> dict[str, float]:
    """Features of one matrix: counts (levels,) and summed differences (levels,)."""
    level = np.flatnonzero(n) + 1.0
    s = s[n > 0]
    voxels = n.sum()
    p = n[n > 0] / voxels
    weighted, differences = float(p @ s), float(s.sum())
    apart = np.abs(level[:, None] - level[None, :])
    either = p[:, None] + p[None, :]
    both = (p * s)[:, None] + (p * s)[None, :]
    spread = np.abs((level * p)[:, None] - (level * p)[None, :]).sum()
    pairs = len(level) * (len(level) - 1)
    contrast = (p[:, None] * p[None, :] * apart**2).sum() / pairs * differences / voxels if pairs else 0.0
    return {
        "coarseness": 1 / weighted if weighted > 0 else COARSEST,
        "contrast": float(contrast),
        "busyness": float(weighted / spread) if spread > 0 else 0.0,
        "complexity": float((apart * both / either).sum() / voxels),
        "strength": float((either * apart**2).sum() / differences) if differences > 0 else 0.0,
    }


def dependences(levels: Levels, aggregation: Aggregation) -> Counted:
    """Each voxel's level, and one more than how many of its neighbours have the same level."""
    inside = levels > 0
    dependence = np.ones(levels.shape, dtype=np.int64)
    for offset in offsets(aggregation):
        here, there = shifted_pair(levels.shape, offset)
        alike = levels[here] == levels[there]
        dependence[here] += alike
        dependence[there] += alike
    group = slice_groups(levels, aggregation)[inside]
    return Counted(group, levels[inside], dependence[inside], np.bincount(group))


def dependence_features(levels: Levels, aggregation: Aggregation) -> dict[str, float]:
    """Seventeen features of the dependences, with coarseness 0: neighbours depend when they are equal."""
    counted = dependences(levels, aggregation)
    return emphasis_features(counted, DEPENDENCE_WORDS) | {"dependence_count_energy": size_energy(counted)}

"""Features of matrices that count things of one grey level by a size: runs, zones, dependences.

A matrix is held as its entries: level i, size j, count n; most of a dense one would be zeros.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Things with a grey ``level`` and a ``size`` each, (n,), and the matrix ``group`` they count in.

    ``voxels`` (matrices,) is the number of voxels of the region that each matrix was made from, once for
    each direction; numbers of matrices that hold nothing may be left out of ``group``.
    """

    group: Whole
    level: Whole
    size: Whole
    voxels: Whole


@dataclass(frozen=True, slots=True)
class Words:
    """How a family names its things and their sizes, small and large."""

    thing: str
    size: str
    small: str
    large: str


def emphasis_features(counted: Counted, words: Words) -> dict[str, float]:
    """Sixteen features, means over the matrices.  Entropies are in bits."""
    return {name: float(values.mean()) for name, values in _features(counted, words).items()}


def size_energy(counted: Counted) -> float:
    """Sum of squared shares of the entries, mean over the matrices."""
    entries = _entries(counted)
    return float(_sums(entries, entries.share**2).mean())


@dataclass(frozen=True, slots=True, eq=False)
class _Entries:
    """Entries of all matrices: ``group`` counts from 0 without gaps, ``share`` is that of its matrix."""

    group: Whole
    level: NDArray[np.float64]
    size: NDArray[np.float64]
    share: NDArray[np.float64]
    total: NDArray[np.float64]
    voxels: NDArray[np.float64]


def _entries(counted: Counted) -> _Entries:
    widest, deepest = int(counted.size.max()) + 1, int(counted.level.max()) + 1
    key = (counted.group * deepest + counted.level) * widest + counted.size
    entry, count = np.unique(key, return_counts=True)
    present, group = np.unique(entry // (deepest * widest), return_inverse=True)
    total = np.bincount(group, weights=count).astype(np.float64)
    return _Entries(
        group.astype(np.int64),
        (entry // widest % deepest).astype(np.float64),
        (entry % widest).astype(np.float64),
        count / total[group],
        total,
        counted.voxels[present].astype(np.float64),
    )


def _sums(entries: _Entries, values: NDArray[np.float64]) -> NDArray[np.float64]:
    sums: NDArray[np.float64] = np.bincount(entries.group, weights=values).astype(np.float64)
    return sums


def _non_uniformity(entries: _Entries, along: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over the values of ``along`` of the squared share that has it."""
    width = int(along.max()) + 1
    marginal = np.bincount(
        entries.group * width + along.astype(np.int64),
        weights=entries.share,
        minlength=len(entries.total) * width,
    )
    squares: NDArray[np.float64] = (marginal.reshape(-1, width) ** 2).sum(axis=1)
    return squares


def _features(counted: Counted, words: Words) -> dict[str, NDArray[np.float64]]:
    e = _entries(counted)
    i2, j2, p = e.level**2, e.size**2, e.share
    level_mean, size_mean = _sums(e, p * e.level), _sums(e, p * e.size)
    by_level, by_size = _non_uniformity(e, e.level), _non_uniformity(e, e.size)
    thing, small, large = words.thing, words.small, words.large
    return {
        f"{small}_emphasis": _sums(e, p / j2),
        f"{large}_emphasis": _sums(e, p * j2),
        f"low_grey_level_{thing}_emphasis": _sums(e, p / i2),
        f"high_grey_level_{thing}_emphasis": _sums(e, p * i2),
        f"{small}_low_grey_level_emphasis": _sums(e, p / (i2 * j2)),
        f"{small}_high_grey_level_emphasis": _sums(e, p * i2 / j2),
        f"{large}_low_grey_level_emphasis": _sums(e, p * j2 / i2),
        f"{large}_high_grey_level_emphasis": _sums(e, p * i2 * j2),
        "grey_level_non_uniformity": by_level * e.total,
        "normalised_grey_level_non_uniformity": by_level,
        f"{words.size}_non_uniformity": by_size * e.total,
        f"normalised_{words.size}_non_uniformity": by_size,
        f"{thing}_percentage": e.total / e.voxels,
        "grey_level_variance": _sums(e, p * (e.level - level_mean[e.group]) ** 2),
        f"{words.size}_variance": _sums(e, p * (e.size - size_mean[e.group]) ** 2),
        f"{words.size}_entropy": -_sums(e, p * np.log2(p)) + 0.0,
    }

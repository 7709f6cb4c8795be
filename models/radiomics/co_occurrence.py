"""Grey-level co-occurrence: how often two levels stand side by side (Haralick 1973)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.radiomics.aggregation import (
    Aggregation,
    has_slice_matrices,
    merges_directions,
    offsets,
    shifted_pair,
    slice_groups,
)
from models.radiomics.discretisation import Levels

Matrices = NDArray[np.float64]


def co_occurrence_matrices(levels: Levels, aggregation: Aggregation, distance: int = 1) -> Matrices:
    """Symmetric counts (matrices, level, level) of pairs ``distance`` voxels apart (Chebyshev).

    Directions and slices without a pair have no matrix.
    """
    size = int(levels.max())
    directions = offsets(aggregation)
    groups = len(levels) if has_slice_matrices(aggregation) else 1
    group_of = slice_groups(levels, aggregation)
    found = np.zeros((groups, len(directions), size, size))
    for place, offset in enumerate(directions):
        here, there = shifted_pair(
            levels.shape, (offset[0] * distance, offset[1] * distance, offset[2] * distance)
        )
        first, second = levels[here], levels[there]
        paired = (first > 0) & (second > 0)
        key = (group_of[here][paired] * size + first[paired] - 1) * size + second[paired] - 1
        found[:, place] = np.bincount(key, minlength=groups * size * size).reshape(groups, size, size)
    if merges_directions(aggregation):
        found = found.sum(axis=1, keepdims=True)
    counts = found.reshape(-1, size, size)
    counts = counts[counts.any(axis=(1, 2))]
    symmetric: Matrices = counts + counts.transpose(0, 2, 1)
    return symmetric


def co_occurrence_features(levels: Levels, aggregation: Aggregation, distance: int = 1) -> dict[str, float]:
    """Twenty-five features, means over the matrices; all 0 where no two voxels are neighbours.

    Entropies are in bits.  Where a matrix knows one level alone, correlation is 1 and the information
    measures are 0.
    """
    counts = co_occurrence_matrices(levels, aggregation, distance)
    if not len(counts):
        return dict.fromkeys(FEATURES, 0.0)
    per_matrix = _features(counts / counts.sum(axis=(1, 2), keepdims=True))
    return {name: float(values.mean()) for name, values in per_matrix.items()}


def _features(p: Matrices) -> dict[str, NDArray[np.float64]]:
    size = p.shape[1]
    level = np.arange(1, size + 1, dtype=np.float64)
    i, j = np.broadcast_to(level[:, None], (size, size)).ravel(), np.tile(level, size)
    flat = p.reshape(len(p), -1)
    apart, total = np.abs(i - j), i + j
    of_difference = _collected(flat, apart, size)
    of_sum = _collected(flat, total - 2, 2 * size - 1)
    differences, sums = np.arange(size, dtype=np.float64), np.arange(2, 2 * size + 1, dtype=np.float64)
    marginal = p.sum(axis=2)
    mean = marginal @ level
    variance = (marginal * (level - mean[:, None]) ** 2).sum(axis=1)
    from_centre = total - 2 * mean[:, None]
    difference_average, sum_average = of_difference @ differences, of_sum @ sums
    contrast = flat @ apart**2
    autocorrelation = flat @ (i * j)
    joint_entropy, marginal_entropy = _entropy(flat), _entropy(marginal)
    varied = variance > 0
    divisor = np.where(varied, variance, 1.0)
    shared = np.clip(2 * marginal_entropy - joint_entropy, 0.0, None)
    off_diagonal = apart > 0
    return {
        "joint_maximum": flat.max(axis=1),
        "joint_average": mean,
        "joint_variance": variance,
        "joint_entropy": joint_entropy,
        "difference_average": difference_average,
        "difference_variance": of_difference @ differences**2 - difference_average**2,
        "difference_entropy": _entropy(of_difference),
        "sum_average": sum_average,
        "sum_variance": (of_sum * (sums - sum_average[:, None]) ** 2).sum(axis=1),
        "sum_entropy": _entropy(of_sum),
        "angular_second_moment": (flat**2).sum(axis=1),
        "contrast": contrast,
        "dissimilarity": flat @ apart,
        "inverse_difference": flat @ (1 / (1 + apart)),
        "normalised_inverse_difference": flat @ (1 / (1 + apart / size)),
        "inverse_difference_moment": flat @ (1 / (1 + apart**2)),
        "normalised_inverse_difference_moment": flat @ (1 / (1 + (apart / size) ** 2)),
        "inverse_variance": flat[:, off_diagonal] @ (1 / apart[off_diagonal] ** 2),
        "correlation": np.where(varied, (autocorrelation - mean**2) / divisor, 1.0),
        "autocorrelation": autocorrelation,
        "cluster_tendency": (flat * from_centre**2).sum(axis=1),
        "cluster_shade": (flat * from_centre**3).sum(axis=1),
        "cluster_prominence": (flat * from_centre**4).sum(axis=1),
        "information_correlation_1": -shared / np.where(varied, marginal_entropy, 1.0),
        "information_correlation_2": np.sqrt(1 - np.exp(-2 * shared)),
    }


def _collected(flat: Matrices, place: NDArray[np.float64], width: int) -> Matrices:
    """Sums of the probabilities (m, pairs) that share a place: (m, width)."""
    pairs = len(place)
    selection = csr_matrix((np.ones(pairs), (place.astype(np.int64), np.arange(pairs))), shape=(width, pairs))
    collected: Matrices = np.asarray((selection @ flat.T).T)
    return collected


def _entropy(p: Matrices) -> NDArray[np.float64]:
    logarithms = np.log2(p, out=np.zeros_like(p), where=p > 0)
    entropy: NDArray[np.float64] = -(p * logarithms).sum(axis=1) + 0.0
    return entropy


FEATURES = tuple(_features(np.ones((1, 1, 1))))
"""Names of the features, in order."""

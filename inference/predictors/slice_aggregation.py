"""One feature vector per patient from the vectors of all slices: the mean of the larger of two clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

STARTS: Final = 10
"""Starts of k-means, of which the tightest clustering counts; the paper names no number."""

FEWEST_SLICES: Final = 3
"""With fewer slices there is no cluster to prefer: the plain mean of all."""

_MOST_ROUNDS: Final = 300

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class AggregatedSlices:
    """``vector`` (features,) is the mean of the slices that are ``kept`` (slices,)."""

    vector: Floats
    kept: Bools


def aggregate_slices(features: NDArray[np.floating], rng: np.random.Generator) -> AggregatedSlices:
    """Divide the slices by k-means, k = 2, and take the mean of the larger cluster.

    ``features`` is (slices, features), one slice at least.  Of clusters equal in size the one whose slices
    lie nearer to the overall mean is kept, by their mean squared distance (the means of two equal clusters
    are always equally far from it); if that is equal too, the one with the first slice.

    Source: Song et al., Ann Transl Med 2021; 9: 833, supplement, section 2.

    Raises
    ------
    ValueError
        When there is no slice, or a feature is not finite.
    """
    rows = np.asarray(features, dtype=np.float64)
    if rows.ndim != 2 or not len(rows):
        raise ValueError("at least one slice is needed")
    if not np.isfinite(rows).all():
        raise ValueError("a feature of a slice is not finite")
    kept = np.ones(len(rows), dtype=bool)
    if len(rows) >= FEWEST_SLICES:
        kept = _larger_cluster(rows, _two_clusters(rows, rng))
    return AggregatedSlices(rows[kept].mean(axis=0), kept)


def _larger_cluster(rows: Floats, in_second: Bools) -> Bools:
    second = int(in_second.sum())
    first = len(rows) - second
    if first != second:
        return in_second if second > first else ~in_second
    distance = ((rows - rows.mean(axis=0)) ** 2).sum(axis=1)
    of_first, of_second = float(distance[~in_second].sum()), float(distance[in_second].sum())
    if np.isclose(of_first, of_second, rtol=1e-9, atol=0.0):
        return in_second if in_second[0] else ~in_second
    return in_second if of_second < of_first else ~in_second


def _two_clusters(rows: Floats, rng: np.random.Generator) -> Bools:
    """Which slices belong to the second cluster, from the tightest of ``STARTS`` runs of Lloyd's algorithm.

    Starts are drawn as by k-means++ (Arthur and Vassilvitskii, SODA 2007): the second centre with
    probability proportional to its squared distance from the first.
    """
    # Squared distances of all slices at once: features are many, slices few.
    products = rows @ rows.T
    squares = np.diag(products)
    apart = np.clip(squares[:, None] + squares[None, :] - 2 * products, 0.0, None)
    np.fill_diagonal(apart, 0.0)
    best, tightest = np.zeros(len(rows), dtype=bool), np.inf
    for _ in range(STARTS):
        first = int(rng.integers(len(rows)))
        reach = apart[first].sum()
        if reach == 0:
            return best
        second = int(rng.choice(len(rows), p=apart[first] / reach))
        found = _settled(apart, apart[second] < apart[first])
        spread = _spread(apart, found) + _spread(apart, ~found)
        if spread < tightest * (1 - 1e-12):
            best, tightest = found, spread
    return best


def _settled(apart: Floats, in_second: Bools) -> Bools:
    """Move slices to the nearer mean until none moves; a cluster that would be emptied stays."""
    for _ in range(_MOST_ROUNDS):
        moved = _distance_to_mean(apart, in_second) < _distance_to_mean(apart, ~in_second)
        if moved.all() or not moved.any() or np.array_equal(moved, in_second):
            break
        in_second = moved
    return in_second


def _distance_to_mean(apart: Floats, members: Bools) -> Floats:
    """Squared distance of every slice to the mean of ``members``, from the distances between slices."""
    within = apart[np.ix_(members, members)].mean()
    distance: Floats = apart[:, members].mean(axis=1) - within / 2
    return distance


def _spread(apart: Floats, members: Bools) -> float:
    """Sum of squared distances of members to their mean."""
    return float(apart[np.ix_(members, members)].sum() / (2 * members.sum()))

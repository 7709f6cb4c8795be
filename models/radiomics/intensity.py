"""Intensities of a region: statistics of its values, of their histogram, and of the volume above them.

Source: Zwanenburg et al., Radiology 2020; 295: 328–338, and the initiative's manual, arXiv:1612.07003.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def intensity_statistics(values: Values) -> dict[str, float]:
    """Eighteen statistics of ``values`` (n,), n ≥ 1.

    Variance has denominator n; kurtosis is in excess of 3; both it and skewness are 0 where all values are
    equal.  Percentiles are interpolated linearly.  ``robust_mean_absolute_deviation`` is that of the values
    from the 10th to the 90th percentile, ``median_absolute_deviation`` the mean distance from the median.
    Quotients with denominator 0 are 0.
    """
    mean, variance = float(values.mean()), float(values.var())
    p10, p25, median, p75, p90 = (float(p) for p in np.percentile(values, (10, 25, 50, 75, 90)))
    low, high = float(values.min()), float(values.max())
    central = values[(values >= p10) & (values <= p90)]
    deviations = values - mean
    energy = float((values**2).sum())
    return {
        "mean": mean,
        "variance": variance,
        "skewness": _quotient(float((deviations**3).mean()), variance**1.5),
        "kurtosis": _quotient(float((deviations**4).mean()), variance**2) - 3 if variance else 0.0,
        "median": median,
        "minimum": low,
        "percentile_10": p10,
        "percentile_90": p90,
        "maximum": high,
        "interquartile_range": p75 - p25,
        "range": high - low,
        "mean_absolute_deviation": float(np.abs(deviations).mean()),
        "robust_mean_absolute_deviation": float(np.abs(central - central.mean()).mean()),
        "median_absolute_deviation": float(np.abs(values - median).mean()),
        "coefficient_of_variation": _quotient(variance**0.5, mean),
        "quartile_coefficient_of_dispersion": _quotient(p75 - p25, p75 + p25),
        "energy": energy,
        "root_mean_square": (energy / len(values)) ** 0.5,
    }


def intensity_histogram(levels: NDArray[np.int64]) -> dict[str, float]:
    """Twenty-three statistics of grey ``levels`` (n,) from 1: sixteen as of values, and seven of the counts.

    Of equally frequent levels the mode is the one nearest to the mean.  The gradient of the counts is half
    the difference of the neighbours, at the ends the difference to the only neighbour; its place is a level,
    the first of equals.  With one level there is no gradient: it is 0, at level 1.
    """
    counts = np.bincount(levels)[1:].astype(np.float64)
    shares = counts / counts.sum()
    gradient = np.gradient(counts) if len(counts) > 1 else np.zeros(1)
    statistics = intensity_statistics(levels.astype(np.float64))
    most = np.flatnonzero(counts == counts.max()) + 1
    kept = {name: value for name, value in statistics.items() if name not in ("energy", "root_mean_square")}
    positive = shares[shares > 0]
    return kept | {
        "mode": float(most[np.argmin(np.abs(most - statistics["mean"]))]),
        "entropy": float(-(positive * np.log2(positive)).sum()) + 0.0,
        "uniformity": float((shares**2).sum()),
        "maximum_gradient": float(gradient.max()),
        "maximum_gradient_level": float(np.argmax(gradient) + 1),
        "minimum_gradient": float(gradient.min()),
        "minimum_gradient_level": float(np.argmin(gradient) + 1),
    }


def intensity_volume_histogram(values: Values, step: float) -> dict[str, float]:
    """Which share of the volume lies at or above an intensity, and which intensity a share reaches.

    Intensities are taken on a grid from the smallest value in steps of ``step``, in the image's unit.
    ``volume_at_10`` is the share at or above 10 % of the range; ``intensity_at_10`` is the lowest intensity
    that at most 10 % of the volume reaches.
    """
    places = np.floor((values - values.min()) / step + 1e-9).astype(np.int64)
    counts = np.bincount(places)
    share = 1 - np.concatenate([[0], np.cumsum(counts)[:-1]]) / counts.sum()
    grid = float(values.min()) + step * np.arange(len(counts))
    along = np.arange(len(counts)) / max(len(counts) - 1, 1)

    def volume_at(fraction: float) -> float:
        return float(share[int(np.argmax(along >= fraction - 1e-12))]) if len(counts) > 1 else 1.0

    def intensity_at(fraction: float) -> float:
        reached = np.flatnonzero(share <= fraction + 1e-12)
        return float(grid[reached[0]]) if reached.size else float(grid[-1] + step)

    return {
        "volume_at_10": volume_at(0.1),
        "volume_at_90": volume_at(0.9),
        "intensity_at_10": intensity_at(0.1),
        "intensity_at_90": intensity_at(0.9),
        "volume_difference": volume_at(0.1) - volume_at(0.9),
        "intensity_difference": intensity_at(0.1) - intensity_at(0.9),
    }


def _quotient(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else 0.0

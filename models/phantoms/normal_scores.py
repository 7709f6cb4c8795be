"""Addressed standard normal noise for whole cohorts, and the maps from normal scores to clinical values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from models.phantoms.latent_evidence import Floats
from models.phantoms.randomness import random_stream


def cohort_noise(
    study: str, cohort: str, seed: int, patients: int, names: Sequence[str]
) -> dict[str, Floats]:
    """Standard normal noise by name; patient *i*'s depends on study, cohort, seed and *i* only."""
    rows = np.empty((patients, len(names)))
    for index in range(patients):
        rows[index] = random_stream(study, cohort, seed, index, "population").standard_normal(len(names))
    return dict(zip(names, rows.T, strict=True))


def simulated_noise(rng: np.random.Generator, draws: int, names: Sequence[str]) -> dict[str, Floats]:
    """The same kind of noise for patients that have no address, from one stream."""
    return dict(zip(names, rng.standard_normal((len(names), draws)), strict=True))


def uniform(score: Floats) -> Floats:
    """Uniform numbers in (0, 1) from standard normal ones."""
    return np.asarray(ndtr(score))


def choose(labels: Sequence[str], codes: NDArray[np.integer]) -> NDArray[np.str_]:
    """The label of each code."""
    return np.asarray(labels)[codes]


def pick(labels: Sequence[str], shares: Sequence[float], score: Floats) -> NDArray[np.str_]:
    """Labels with the given shares from a standard normal that tells nothing else."""
    ends = np.cumsum(shares) / np.sum(shares)
    return choose(labels, np.searchsorted(ends[:-1], uniform(score)))


def normal_value(score: Floats, mean: float, sd: float, limits: tuple[float, float], digits: int) -> Floats:
    """Values normal with mean and SD, held inside the limits and rounded as a form shows them."""
    return np.asarray(np.round(np.clip(mean + sd * score, *limits), digits), dtype=np.float64)


def lognormal_value(
    score: Floats, median: float | Floats, sigma: float, limits: tuple[float, float], digits: int
) -> Floats:
    """Values whose logarithm is normal, held inside the limits and rounded as a form shows them."""
    values = np.clip(median * np.exp(sigma * score), *limits)
    return np.asarray(np.round(values, digits), dtype=np.float64)


def lognormal_of_moments(mean: float, sd: float) -> tuple[float, float]:
    """Median and sigma of the lognormal distribution with a given mean and SD."""
    sigma = float(np.sqrt(np.log1p((sd / mean) ** 2)))
    return mean * float(np.exp(-0.5 * sigma**2)), sigma


def through_points(score: Floats, scores: Sequence[float], values: Sequence[float]) -> Floats:
    """Values read off the line through (score, value) points, constant beyond its ends."""
    return np.asarray(np.interp(score, scores, values))


def ages(score: Floats, mean: float, sd: float) -> NDArray[np.int64]:
    """Whole years of life completed, between 18 and 88."""
    return np.floor(np.clip(mean + sd * score, 18.0, 88.0)).astype(np.int64)


def observed_months(event: Floats, censoring: Floats) -> Floats:
    """The earlier of both, to a hundredth of a month and never less than a day."""
    return np.maximum(np.round(np.minimum(event, censoring), 2), 0.03)

"""What images and clinical values tell of a standard normal latent S, by integration over a grid of S.

Every observation contributes a log-likelihood over ``GRID``; with S ~ N(0, 1) as the prior their sum gives
the posterior, and from it E[Y | observations], the best that anybody could state. An ordinal value is the
normal score z = rho S + sqrt(1 - rho^2) e, cut where the published shares ask for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

GRID: Floats = np.linspace(-6.0, 6.0, 97)
_LOG_PRIOR: Floats = -0.5 * GRID**2
PRIOR: Floats = np.exp(_LOG_PRIOR) / np.exp(_LOG_PRIOR).sum()


def expit(x: Floats) -> Floats:
    """Logistic function, stable for large arguments of either sign."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def solve_intercept(slope: float, rate: float) -> float:
    """The a for which the mean of expit(a + slope S) is the rate."""

    def excess(a: float) -> float:
        return float(PRIOR @ expit(a + slope * GRID)) - rate

    return float(brentq(excess, -30.0, 30.0))


def noise_variance(reliability: float) -> float:
    """Variance of what an image adds to S, so that var(S) / var(I) is the reliability."""
    return (1.0 - reliability) / reliability


def image_log_likelihood(signal: Floats, reliability: float) -> Floats:
    """Log-likelihood (n, grid) of image signals I = S + noise."""
    return np.asarray(-0.5 * (signal[:, None] - GRID) ** 2 / noise_variance(reliability))


def score_log_likelihood(score: Floats, rho: float) -> Floats:
    """Log-likelihood (n, grid) of normal scores z that a continuous value reveals in full."""
    return np.asarray(-0.5 * (score[:, None] - rho * GRID) ** 2 / (1.0 - rho**2))


def posterior_weights(log_likelihood: Floats) -> Floats:
    """Weights (n, grid) of the posterior of S, each row summing to 1."""
    exponent = log_likelihood + _LOG_PRIOR
    weight = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def posterior_mean(log_likelihood: Floats, of_s: Floats) -> Floats:
    """E[f(S) | observations] for f given on the grid."""
    return np.asarray(posterior_weights(log_likelihood) @ of_s)


def cuts_of(shares: Sequence[float]) -> Floats:
    """Where a standard normal is cut into levels of the given shares, lowest first."""
    cumulative = np.cumsum(shares)[:-1] / np.sum(shares)
    return np.asarray(ndtri(np.clip(cumulative, 0.0, 1.0)))


def level_probabilities(cuts: Floats, mean: Floats, sd: float) -> Floats:
    """Probabilities (..., levels) that a normal with the means and one SD falls between the cuts."""
    below = ndtr((cuts - mean[..., None]) / sd)
    ends = np.concatenate([np.zeros((*mean.shape, 1)), below, np.ones((*mean.shape, 1))], axis=-1)
    return np.diff(ends, axis=-1)


def log_of(probabilities: Floats) -> Floats:
    """Logarithm that stays finite where a probability vanishes."""
    return np.log(np.maximum(probabilities, 1e-300))


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalFactor:
    """An ordinal clinical value whose normal score follows S with correlation ``rho``."""

    rho: float
    cuts: Floats

    @classmethod
    def of(cls, rho: float, shares: Sequence[float]) -> OrdinalFactor:
        """The factor whose levels have the shares, lowest score first."""
        return cls(rho, cuts_of(shares))

    @property
    def noise_sd(self) -> float:
        """SD of the normal score for a given S."""
        return float(np.sqrt(1.0 - self.rho**2))

    def score(self, s: Floats, noise: Floats) -> Floats:
        """Normal scores of patients with latents ``s`` and standard normal ``noise``."""
        return np.asarray(self.rho * s + self.noise_sd * noise)

    def codes(self, s: Floats, noise: Floats) -> Codes:
        """Levels of those patients, from 0."""
        return np.searchsorted(self.cuts, self.score(s, noise)).astype(np.int64)

    def level_table(self) -> Floats:
        """P(level | s), shape (levels, grid)."""
        return np.asarray(level_probabilities(self.cuts, self.rho * GRID, self.noise_sd).T)

    def noise_table(self) -> Floats:
        """E[noise | level, s], shape (levels, grid): the mean of a truncated standard normal."""
        ends = (self.cuts[:, None] - self.rho * GRID) / self.noise_sd
        edge = np.concatenate([np.full((1, GRID.size), -np.inf), ends, np.full((1, GRID.size), np.inf)])
        density = np.exp(-0.5 * edge**2) / np.sqrt(2.0 * np.pi)
        mass = np.diff(ndtr(edge), axis=0)
        mean = -np.diff(density, axis=0) / np.maximum(mass, 1e-300)
        nearest = np.where(np.abs(edge[:-1]) < np.abs(edge[1:]), edge[:-1], edge[1:])
        return np.where(mass > 1e-12, mean, nearest)

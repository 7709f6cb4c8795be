"""The bootstrap distribution of the AUC without drawing: exact, where a class is small.

Positives and negatives are resampled apart, each with replacement and to its own size.  Going up through the
scores, the number drawn at each of them is binomial given those drawn below, so the joint distribution of
(drawn of one class, drawn of the other, pairs won) follows step by step.  This is the limit of infinitely
many Monte Carlo resamples, ties included.  Its variance has the closed form of Bandos, Rockette and Gur,
Commun Stat Theory Methods 2007; 36: 2443–2461, which serves at any size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.statistics.discrimination.placements import by_class, structural_components
from inference.statistics.outcomes import ClassData, Floats

LARGEST_WORK: Final = 4e9
"""Multiplications beyond which the distribution is drawn instead: some seconds of one core."""


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """The smaller class as rungs, the larger between and on them; arrays (r,) of r distinct rungs, ascending.

    ``few`` of the smaller class share a rung, ``tied`` of the larger stand on it, ``below`` between it and
    the rung before.  Winning means: the smaller class stands above the larger.
    """

    few: NDArray[np.int64]
    tied: NDArray[np.int64]
    below: NDArray[np.int64]
    few_count: int
    many_count: int

    @property
    def work(self) -> float:
        """Multiplications that the exact distribution takes, roughly."""
        m, n = self.few_count, self.many_count
        steps = (self.below > 0).sum() + (self.tied > 0).sum() * (m + 1) / 2
        return float((m + 1) * m * n * (n + 1.0) ** 2 * steps)


def ladder(data: ClassData) -> Ladder:
    """Count the larger class around the scores of the smaller.

    Where the negatives are fewer, the scores are negated and the classes exchanged: the AUC is the same, and
    so are the pairs that are won.
    """
    positive, negative = by_class(data)
    few, many = (positive, negative) if positive.size <= negative.size else (-negative, -positive)
    rungs, sizes = np.unique(few, return_counts=True)
    ordered = np.sort(many)
    first, past = (np.searchsorted(ordered, rungs, side=side) for side in ("left", "right"))
    below = first - np.concatenate([[0], past[:-1]])
    return Ladder(sizes, past - first, below, few.size, many.size)


def exact_distribution(steps: Ladder) -> tuple[Floats, Floats]:
    """Values of the resampled AUC, (2mn + 1,) ascending from 0 to 1, and their probabilities."""
    m, n = steps.few_count, steps.many_count
    half_wins = 2 * m * n
    state = np.zeros((m + 1, n + 1, half_wins + 1))
    state[0, 0, 0] = 1.0
    few_left, many_left = m, n
    for few, tied, below in zip(steps.few, steps.tied, steps.below, strict=True):
        if below:
            state = _draw_many(state, _binomial_steps(n, below / many_left))
            many_left -= below
        draw = _binomial_steps(m, few / few_left)
        onto = _binomial_steps(n, tied / many_left) if tied else None
        state = _draw_few(state, draw, onto)
        few_left, many_left = few_left - few, many_left - tied
    chances: Floats = state[m].sum(axis=0)
    return np.arange(half_wins + 1) / half_wins, chances


def drawn_distribution(steps: Ladder, draws: int, generator: np.random.Generator) -> Floats:
    """The same AUC in ``draws`` Monte Carlo resamples, (draws,): where the exact distribution is too long."""
    m, n = steps.few_count, steps.many_count
    few = generator.multinomial(m, steps.few / m, size=draws)
    groups = np.append(np.column_stack([steps.below, steps.tied]).ravel(), 0)
    groups[-1] = n - groups.sum()
    many = generator.multinomial(n, groups / n, size=draws)
    under = np.cumsum(many, axis=1)[:, :-1]
    wins = under[:, 0::2] + (under[:, 1::2] - under[:, 0::2]) / 2
    areas: Floats = (few * wins).sum(axis=1) / (m * n)
    return areas


def bootstrap_standard_error(data: ClassData) -> float:
    """Standard deviation of the resampled AUC, exact, from the pairs' and the placements' variances."""
    positive, negative = by_class(data)
    wins, losses = structural_components(positive, negative)
    area, m, n = wins.mean(), positive.size, negative.size
    ordered = np.sort(negative)
    ties = np.searchsorted(ordered, positive, side="right") - np.searchsorted(ordered, positive, side="left")
    pairs = area - ties.sum() / (4 * m * n) - area**2
    variance = (pairs + (n - 1) * wins.var() + (m - 1) * losses.var()) / (m * n)
    return math.sqrt(max(0.0, float(variance)))


def _binomial_steps(size: int, chance: float) -> Floats:
    """From i drawn to j drawn: binomial of the ``size`` − i still to draw; (size + 1, size + 1), upper."""
    from scipy.special import binom

    drawn = np.arange(size + 1)
    more, left = drawn[None, :] - drawn[:, None], (size - drawn)[:, None]
    rest = np.maximum(left - more, 0)
    steps: Floats = binom(left, more) * chance ** np.maximum(more, 0) * (1 - chance) ** rest
    return np.where(more >= 0, steps, 0.0)


def _draw_many(state: Floats, onto: Floats) -> Floats:
    drawn: Floats = np.matmul(onto.T, state)
    return drawn


def _draw_few(state: Floats, draw: Floats, onto: Floats | None) -> Floats:
    """Draw of the smaller class on a rung, each winning twice against what is below and once against ties."""
    drawn = np.zeros_like(state)
    top = len(draw) - 1
    for more in range(top + 1):
        weights = np.diagonal(draw, more)
        block = state[: top + 1 - more] * weights[:, None, None]
        if onto is None:
            block = _shifted(block, 2 * more)
        else:
            block = _shifted(np.matmul(onto.T, _shifted(block, more)), more)
        drawn[more:] += block
    return drawn


def _shifted(block: Floats, wins: int) -> Floats:
    """Add ``wins`` half wins for each drawn of the larger class: row c moves by wins · c."""
    if wins == 0:
        return block
    moved = np.zeros_like(block)
    length = block.shape[2]
    for drawn in range(block.shape[1]):
        by = min(wins * drawn, length)
        moved[:, drawn, by:] = block[:, drawn, : length - by]
    return moved

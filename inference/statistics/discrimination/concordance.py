"""Harrell's C: of two patients whose order is known, does the one with the higher score have the event first?

Scores run with risk.  A pair is comparable when the earlier time is an event; an event and a censoring at the
same time are comparable too, for who is censored then outlives the event.  Two events at the same time are
not.  Equal scores count one half.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.discrimination.placements import LEAST_ROWS
from inference.statistics.discrimination.rank_sums import Ranks, sums_below
from inference.statistics.estimate import LEVEL, Estimate, normal_quantile
from inference.statistics.outcomes import Bools, Floats, SurvivalData, finite_column, same_length
from inference.statistics.reasons import NotEstimable, Reason

FEW_EVENTS: Final = 10
"""Below as many first events a C-index is flagged."""

METHOD: Final = "infinitesimal_jackknife"

NO_WIDTH: Final = 1e-12
"""A standard error below this is rounding: no patient's weight moves the value."""


@dataclass(frozen=True, slots=True)
class PairCounts:
    """All n(n − 1)/2 pairs of patients, each counted once.

    ``tied_score`` are comparable with equal scores; ``tied_time`` are two events at the same time, their
    scores differ; ``tied_both`` likewise with equal scores; of ``undecided`` the order is not known or, where
    there is a horizon, the first event lies beyond it.
    """

    concordant: int
    discordant: int
    tied_score: int
    tied_time: int
    tied_both: int
    undecided: int

    @property
    def comparable(self) -> int:
        """Pairs that C is made of."""
        return self.concordant + self.discordant + self.tied_score


@dataclass(frozen=True, slots=True, eq=False)
class Concordance:
    """C, the pairs behind it, and each patient's influence on it.

    ``influence`` (n,) is the derivative of C by the patient's weight, in the order of the data; it sums to
    0, and its squares sum to the variance (infinitesimal jackknife).
    """

    estimate: Estimate
    counts: PairCounts
    influence: Floats

    @property
    def somers_d(self) -> Estimate:
        """Somers' D = 2C − 1, with standard error and limits alike."""
        c = self.estimate
        return replace(
            c,
            value=2 * c.value - 1,
            standard_error=None if c.standard_error is None else 2 * c.standard_error,
            lower=None if c.lower is None else 2 * c.lower - 1,
            upper=None if c.upper is None else 2 * c.upper - 1,
        )


def concordance(
    data: SurvivalData, scores: ArrayLike, *, horizon: float | None = None, level: float = LEVEL
) -> Concordance | NotEstimable:
    """Harrell's C of ``scores`` (n,), with the infinitesimal-jackknife standard error.

    With a ``horizon`` only pairs whose first event is at or before it count.  The interval is C ± z · se, cut
    off and flagged where that lies beyond 0 or 1; where every pair agrees the standard error is 0 and there
    is no interval.

    Source: Harrell, Lee and Mark, Stat Med 1996; 15: 361–387; Therneau and Watson, The concordance statistic
    and the Cox model, Mayo Clinic 2017.  Agrees with R's ``survival::concordance(reverse=TRUE, ymax=...)``.

    Raises
    ------
    DataError
        When a score is not finite or there is not one for each patient.
    """
    return weighted_concordance(data, scores, np.ones(len(data)), horizon=horizon, level=level)


def weighted_concordance(
    data: SurvivalData, scores: ArrayLike, weights: Floats, *, horizon: float | None, level: float
) -> Concordance | NotEstimable:
    """C where a pair weighs what ``weights`` (n,) says at its first event; the weights are taken as known."""
    score = finite_column(scores, "score")
    same_length(("time", "score"), data.time, score)
    opens = data.event if horizon is None else data.event & (data.time <= horizon)
    refusal = _refusal(data, score, opens)
    if refusal is not None:
        return refusal
    order = np.lexsort((~data.event, data.time))
    ranks = np.unique(score, return_inverse=True)[1].astype(np.int64)[order]
    pairs = _Pairs.of(data.time[order], data.event[order], opens[order], ranks)
    if not pairs.counts.comparable:
        return NotEstimable(Reason.NO_COMPARABLE_PAIRS)
    if len(data) < LEAST_ROWS:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    agreeing, comparable = pairs.sums(weights[order])
    total = comparable.sum()
    value = float(agreeing.sum() / total)
    influence = np.empty(len(data))
    influence[order] = 2 * (agreeing - value * comparable) / total
    influence.flags.writeable = False
    return Concordance(_estimate(value, influence, int(opens.sum()), level), pairs.counts, influence)


def _refusal(data: SurvivalData, score: Floats, opens: Bools) -> NotEstimable | None:
    if len(data) < 2:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    if not data.event.any():
        return NotEstimable(Reason.NO_EVENTS)
    if not opens.any():
        return NotEstimable(Reason.NO_EVENT_BY_HORIZON)
    if (score == score[0]).all():
        return NotEstimable(Reason.CONSTANT_SCORES)
    return None


def _estimate(value: float, influence: Floats, events: int, level: float) -> Estimate:
    flags = ("few_events",) if events < FEW_EVENTS else ()
    standard_error = float(np.sqrt(influence @ influence))
    if standard_error < NO_WIDTH:
        return Estimate(value, 0.0, level=level, method=METHOD, flags=(*flags, "no_width"))
    reach = normal_quantile(level) * standard_error
    low, high = value - reach, value + reach
    if low < 0.0 or high > 1.0:
        low, high, flags = max(low, 0.0), min(high, 1.0), ("cut_off", *flags)
    return Estimate(value, standard_error, low, high, level, METHOD, flags)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Comparable pairs of rows that are in the order of time, events before censorings; all arrays (n,).

    A row that ``opens`` is the first of a pair with every row from ``later`` on; a row is the second of a
    pair with every opening row before ``earlier``.  ``wins`` are the pairs opened that agree, ties one half.
    """

    ranks: Ranks
    opens: Bools
    earlier: Ranks
    later: Ranks
    wins: Floats
    counts: PairCounts

    @classmethod
    def of(cls, time: Floats, event: Bools, opens: Bools, ranks: Ranks) -> _Pairs:
        n = len(time)
        group = np.searchsorted(time, time, side="left")
        later = group + np.bincount(group, weights=event, minlength=n).astype(np.int64)[group]
        earlier = np.where(event, group, later)
        ends = np.full(n, n)
        lower = sums_below(ranks, np.ones(n), later, ends, ranks) * opens
        level = sums_below(ranks, np.ones(n), later, ends, ranks + 1) * opens - lower
        comparable = int(((n - later) * opens).sum())
        concordant, tied_score = int(lower.sum()), int(level.sum())
        tied_both = _pairs_within(np.column_stack([time[opens], ranks[opens]]))
        tied = _pairs_within(time[opens, None])
        counts = PairCounts(
            concordant,
            comparable - concordant - tied_score,
            tied_score,
            tied - tied_both,
            tied_both,
            n * (n - 1) // 2 - comparable - tied,
        )
        return cls(ranks, opens, earlier, later, lower + level / 2, counts)

    def sums(self, weights: Floats) -> tuple[Floats, Floats]:
        """Per row (n,): the weight of its agreeing pairs, ties one half, and of all its pairs."""
        n = len(weights)
        opening = weights * self.opens
        before = np.concatenate([[0.0], np.cumsum(opening)])[self.earlier]
        starts = np.zeros(n, dtype=np.int64)
        below, up_to = (
            sums_below(self.ranks, opening, starts, self.earlier, limit)
            for limit in (self.ranks, self.ranks + 1)
        )
        agreeing: Floats = opening * self.wins + before - (below + up_to) / 2
        comparable: Floats = opening * (n - self.later) + before
        return agreeing, comparable


def _pairs_within(keys: Floats) -> int:
    """How many pairs of rows of ``keys`` (m, k) are equal."""
    sizes = np.unique(keys, axis=0, return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())

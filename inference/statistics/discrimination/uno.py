"""Uno's C: Harrell's C with every pair weighed for those whom censoring has taken out of sight.

Scores run with risk; ties and comparable pairs are those of ``concordance``.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from inference.statistics.discrimination.concordance import Concordance, weighted_concordance
from inference.statistics.estimate import LEVEL
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import NotEstimable
from inference.statistics.survival.event_table import censoring_survival


def uno_concordance(
    data: SurvivalData, scores: ArrayLike, *, horizon: float | None = None, level: float = LEVEL
) -> Concordance | NotEstimable:
    """C of ``scores`` (n,) where a pair whose first event is at t weighs 1 / G(t−)².

    G is the Kaplan–Meier estimate of remaining uncensored, from the same patients; at a tie events precede
    censorings.  Without a ``horizon`` a few late events can carry most of the weight: name one that leaves
    patients at risk.  The standard error takes G as known.  ``counts`` are the unweighted pairs.

    Source: Uno et al., Stat Med 2011; 30: 1105–1117.  Agrees with R's ``survival::concordance(reverse=TRUE,
    timewt="n/G2", ymax=horizon)``.

    Raises
    ------
    DataError
        When a score is not finite or there is not one for each patient.
    """
    remaining = censoring_survival(data).before(data.time)
    return weighted_concordance(data, scores, remaining**-2, horizon=horizon, level=level)

"""The time-dependent ROC curve of Heagerty, Lumley and Pepe, by Kaplan–Meier or nearest neighbours.

Cumulative cases (event by the horizon), dynamic controls; a score > cut is positive, higher = more risk.
At equal times events come before censorings.  Neither estimator weighs by the censoring distribution:
they estimate survival among those above a cut, and Bayes' rule makes sensitivity and specificity of it.

``heagerty_kaplan_meier`` takes the Kaplan–Meier estimate above each cut.  Its curve need not be monotone
nor its area lie in [0, 1]; it is for comparison with published results.  ``heagerty_nearest_neighbour``
smooths survival over neighbouring scores, is monotone, and allows censoring to depend on the score.
Source: Heagerty, Lumley and Pepe, Biometrics 2000; 56: 337–344; Akritas, Ann Stat 1994; 22: 1299–1327.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Floats, SurvivalData, finite_column, same_length
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class HeagertyRoc:
    """The curve at one horizon; ``survival`` is the S(horizon) of all on which it rests.

    ``thresholds`` (k,) are the distinct scores, ascending.  ``sensitivity`` and ``specificity`` (k + 1,)
    begin with everybody positive; entry i + 1 calls scores > ``thresholds[i]`` positive.  ``area`` is the
    trapezoid under the points in this order; it has no closed standard error (take a bootstrap).
    """

    horizon: float
    thresholds: Floats
    sensitivity: Floats
    specificity: Floats
    survival: float
    area: Estimate


def neighbour_span(count: int) -> float:
    """The share of patients on each side that survivalROC proposes: 0.25 · n^(−1/5)."""
    return float(0.25 * count**-0.2)


def heagerty_kaplan_meier(
    data: SurvivalData, scores: ArrayLike, horizon: float
) -> HeagertyRoc | NotEstimable:
    """The curve from Kaplan–Meier above each cut: ``survivalROC(method = "KM")``.

    ``scores`` (n,), ``horizon`` in the unit of the times.
    """
    marker, order, first = _sorted_scores(data, scores)
    missing = _why_not(data, marker, horizon)
    if missing is not None:
        return missing
    everybody = np.zeros(1, dtype=np.intp)
    end = np.full(1, len(data))
    pooled = float(_survival_in_ranges(data.rows(order), horizon, everybody, end)[0])
    if pooled == 0:
        return NotEstimable(Reason.NOBODY_FOLLOWED_TO_HORIZON)
    above = first[1:]
    survival = _survival_in_ranges(data.rows(order), horizon, above, np.full(len(above), len(data)))
    share = 1 - above / len(data)
    sensitivity = (1 - survival) * share / (1 - pooled)
    return _curve(horizon, marker[order][first], sensitivity, survival * share / pooled, pooled)


def heagerty_nearest_neighbour(
    data: SurvivalData, scores: ArrayLike, horizon: float, span: float | None = None
) -> HeagertyRoc | NotEstimable:
    """The curve from survival smoothed over neighbours: ``survivalROC(method = "NNE", span = …)``.

    Survival at a score is the Kaplan–Meier estimate among those no farther from it than the patient
    ⌊n · ``span`` + ½⌋ places above the first of its equals (0/1 kernel; the same distance on both sides, so
    that at the highest score its equals alone count).  The package's compiled ``survivalROC.C`` counts places
    instead, n · span on each side, and lays the neighbourhood of the lowest score around the middle of the
    sample: its areas differ, the more the more patients share the lowest score.  Where distances between
    scores repeat (a score of whole years), rounding decides who is inside, in the package as here.
    ``span`` defaults to ``neighbour_span(n)``.

    Raises
    ------
    DataError
        When ``span`` is not in (0, 1].
    """
    marker, order, first = _sorted_scores(data, scores)
    share = neighbour_span(max(len(data), 1)) if span is None else span
    if not 0 < share <= 1:
        raise DataError(Fault.OUT_OF_RANGE, field="span", row=1, allowed="(0, 1]")
    missing = _why_not(data, marker, horizon)
    if missing is not None:
        return missing
    ascending = marker[order]
    start, end = _neighbourhoods(ascending, first, int(len(data) * share + 0.5))
    at_score = _survival_in_ranges(data.rows(order), horizon, start, end)
    counts = np.diff(first, append=len(data))
    marginal = float(at_score @ counts) / len(data)
    if marginal in (0.0, 1.0):
        return NotEstimable(
            Reason.NOBODY_FOLLOWED_TO_HORIZON if marginal == 0 else Reason.NO_EVENT_BY_HORIZON
        )
    survival_above = _sums_above(at_score * counts) / len(data)
    share_above = _sums_above(counts.astype(np.float64)) / len(data)
    sensitivity = (share_above - survival_above) / (1 - marginal)
    return _curve(horizon, ascending[first], sensitivity, survival_above / marginal, marginal)


def _curve(
    horizon: float, thresholds: Floats, sensitivity: Floats, false_positive: Floats, survival: float
) -> HeagertyRoc:
    """Close the curve at both corners; the two arrays are (k − 1,), for the cuts below the highest score."""
    up = np.concatenate([[1.0], sensitivity, [0.0]])
    along = np.concatenate([[1.0], false_positive, [0.0]])
    area = float(np.sum((along[:-1] - along[1:]) * (up[:-1] + up[1:]) / 2))
    return HeagertyRoc(float(horizon), thresholds, up, 1 - along, survival, Estimate(area))


def _survival_in_ranges(data: SurvivalData, horizon: float, start: Indices, end: Indices) -> Floats:
    """Kaplan–Meier S(horizon) in each range of rows [start, end), (ranges,)."""
    survival = np.ones(len(start))
    in_ranges = _counter(start, end)
    for t in np.unique(data.time[data.event & (data.time <= horizon)]):
        at_risk = in_ranges(data.time >= t)
        events = in_ranges((data.time == t) & data.event)
        survival *= 1 - np.divide(events, at_risk, out=np.zeros(len(start)), where=at_risk > 0)
    return survival


def _counter(start: Indices, end: Indices) -> Callable[[NDArray[np.bool_]], Indices]:
    def count(marked: NDArray[np.bool_]) -> Indices:
        before = np.concatenate([[0], np.cumsum(marked)])
        counted: Indices = before[end] - before[start]
        return counted

    return count


def _neighbourhoods(ascending: Floats, first: Indices, reach: int) -> tuple[Indices, Indices]:
    """For each distinct score, from which to which row those within its distance stand: [start, end)."""
    start, end = np.empty_like(first), np.empty_like(first)
    for place, row in enumerate(first):
        away = ascending - ascending[row]
        farthest = away[min(row + reach, len(ascending) - 1)]
        inside = np.flatnonzero((away >= -farthest) & (away <= farthest))
        start[place], end[place] = inside[0], inside[-1] + 1
    return start, end


def _sums_above(values: Floats) -> Floats:
    """Σ of the values after each but the last, (k − 1,)."""
    sums: Floats = np.cumsum(values[::-1])[::-1][1:]
    return sums


def _sorted_scores(data: SurvivalData, scores: ArrayLike) -> tuple[Floats, Indices, Indices]:
    """The scores as given, their ascending order, and where each distinct score begins in that order."""
    marker = finite_column(scores, "score")
    same_length(("time", "score"), data.time, marker)
    order = np.argsort(marker, kind="stable")
    _, first = np.unique(marker[order], return_index=True)
    return marker, order, first


def _why_not(data: SurvivalData, scores: Floats, horizon: float) -> NotEstimable | None:
    if not (data.event & (data.time <= horizon)).any():
        return NotEstimable(Reason.NO_EVENT_BY_HORIZON)
    if data.time.max() < horizon:
        return NotEstimable(Reason.NOBODY_FOLLOWED_TO_HORIZON)
    if np.ptp(scores) == 0:
        return NotEstimable(Reason.CONSTANT_SCORES)
    return None

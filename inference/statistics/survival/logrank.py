"""Do survival curves differ between groups: the log-rank test and its G-rho family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.survival.event_table import EventTable, event_table


@dataclass(frozen=True, slots=True)
class LogRank:
    """Observed and expected events by group, in the order of ``groups`` (ascending), and the test.

    With ``rho`` above 0 the counts are weighted.  ``flags`` are cautions that belong to this very test.
    """

    groups: tuple[str, ...]
    n: tuple[int, ...]
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    chi_square: float
    degrees_of_freedom: int
    p_value: float
    rho: float = 0.0
    flags: tuple[str, ...] = ()


def logrank(data: SurvivalData, groups: Sequence[str], *, rho: float = 0.0) -> LogRank | NotEstimable:
    """Compare the groups by observed less expected events, each event time weighted by S(t−)^rho.

    ``groups`` (n,) names each patient's group.  S is the Kaplan–Meier curve of all groups together;
    rho = 0 is the log-rank test, rho = 1 the Peto–Peto one.  The variance is hypergeometric, without
    continuity correction.  A group in which nobody is at risk at any event counts for nothing: degrees of
    freedom are the groups that remain, less one.

    Source: Mantel, Cancer Chemother Rep 1966; 50: 163–170; Harrington and Fleming, Biometrika 1982; 69:
    553–566.
    """
    from scipy.special import chdtrc

    labels = np.array([str(group) for group in groups])
    if len(labels) != len(data):
        raise DataError(Fault.LENGTHS_DIFFER, field="time, group")
    names, member = np.unique(labels, return_inverse=True)
    if not rho >= 0:
        raise DataError(Fault.OUT_OF_RANGE, field="rho", row=1, allowed="rho ≥ 0")
    if len(names) < 2:
        return NotEstimable(Reason.ONE_GROUP)
    if not data.event.any():
        return NotEstimable(Reason.NO_EVENTS)

    table = event_table(data)
    at_risk, events = _by_group(data, table, member, len(names))
    weight = _weights(table, rho)
    share = at_risk / table.at_risk[:, None]
    observed = weight @ events
    expected = (weight * table.events) @ share

    spread = np.divide(
        weight**2 * table.events * (table.at_risk - table.events),
        table.at_risk - 1,
        out=np.zeros(len(weight)),
        where=table.at_risk > 1,
    )
    covariance = np.diag(spread @ share) - (spread[:, None] * share).T @ share
    counted = np.flatnonzero(expected > 0)[1:]
    if not counted.size or not spread.any():
        return NotEstimable(Reason.NO_VARIANCE)
    excess = (observed - expected)[counted]
    chi_square = float(excess @ np.linalg.solve(covariance[np.ix_(counted, counted)], excess))
    return LogRank(
        tuple(str(name) for name in names),
        tuple(int(count) for count in np.bincount(member)),
        tuple(float(value) for value in observed),
        tuple(float(value) for value in expected),
        chi_square,
        len(counted),
        float(chdtrc(len(counted), chi_square)),
        rho,
    )


def pairwise_logrank(
    data: SurvivalData, groups: Sequence[str], *, rho: float = 0.0
) -> Mapping[tuple[str, str], LogRank | NotEstimable]:
    """The test for every two groups, on their patients alone; p-values are not adjusted."""
    labels = np.array([str(group) for group in groups])
    if len(labels) != len(data):
        raise DataError(Fault.LENGTHS_DIFFER, field="time, group")
    results: dict[tuple[str, str], LogRank | NotEstimable] = {}
    for one, other in combinations(sorted(set(labels.tolist())), 2):
        chosen = (labels == one) | (labels == other)
        results[one, other] = logrank(data.rows(chosen), labels[chosen].tolist(), rho=rho)
    return results


def _by_group(
    data: SurvivalData, table: EventTable, member: NDArray[np.intp], groups: int
) -> tuple[Floats, Floats]:
    """At risk and events at each time, by group: both (k, groups)."""
    row = np.searchsorted(table.time, data.time)
    leaving, events = np.zeros((len(table.time), groups)), np.zeros((len(table.time), groups))
    np.add.at(leaving, (row, member), 1.0)
    np.add.at(events, (row, member), data.event.astype(np.float64))
    at_risk: Floats = np.cumsum(leaving[::-1], axis=0)[::-1]
    return at_risk, events


def _weights(table: EventTable, rho: float) -> Floats:
    before = np.concatenate([[1.0], np.cumprod(1.0 - table.events / table.at_risk)[:-1]])
    weights: Floats = before**rho
    return weights

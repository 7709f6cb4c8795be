"""What the paper observed in patients who share one factor with this one: one factor at a time.

The papers give no combination of factors, so none is made here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inference.clinical.record import ClinicalRecord
from inference.evidence.published_tables import (
    CohortLevel,
    CohortTable,
    CountedLevel,
    CountTable,
    HazardRatio,
    PerformanceTable,
    PublishedTables,
)
from inference.statistics.proportion import wilson_interval

FEWEST_FOR_A_SHARE = 10
"""Below this many patients no percentage is shown, only the count."""


@dataclass(frozen=True, slots=True)
class Observed:
    """``hits`` of ``count`` patients of a ``group`` had the outcome.

    ``share`` and its Wilson interval are None where fewer than ``FEWEST_FOR_A_SHARE`` were seen.  ``out_of``
    is the number that the factor's rows make up where that is not the cohort's.
    """

    group: str
    hits: int
    count: int
    share: float | None
    interval: tuple[float, float] | None
    out_of: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class ObservedFactor:
    """One factor of the patient, its row in the paper's table, and what was observed in each group."""

    item: str
    outcome: str
    field: str
    level: CountedLevel
    groups: tuple[Observed, ...]


@dataclass(frozen=True, slots=True)
class PublishedRatio:
    """A ratio that concerns one factor of the patient."""

    item: str
    outcome: str
    unit_stated: bool
    ratio: HazardRatio


@dataclass(frozen=True, slots=True)
class DescribedFactor:
    """How many of each cohort's patients share one factor with this one: ``counts`` of ``sizes``."""

    field: str
    level: CohortLevel
    counts: Mapping[str, int]
    sizes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PublishedEvidence:
    """What the paper says of this patient's recorded values; ``missing`` fields have rows but no value.

    ``described`` counts patients without an outcome; ``performance`` is that of the paper's own models.
    """

    citation: str
    observed: tuple[ObservedFactor, ...]
    ratios: tuple[PublishedRatio, ...]
    missing: tuple[str, ...]
    described: tuple[DescribedFactor, ...] = ()
    performance: tuple[PerformanceTable, ...] = ()


def evidence_for(tables: PublishedTables, record: ClinicalRecord) -> PublishedEvidence:
    """The rows of ``tables`` that the record's values fall into."""
    observed: list[ObservedFactor] = []
    missing: list[str] = []
    for table in tables.counts:
        for factor in table.factors:
            value = record.canonical(factor.field)
            level = None if value is None else factor.level_of(value)
            if value is None:
                missing.append(factor.field)
            if level is None:
                continue
            groups = tuple(_observed(table, factor.adds_up_to, level, group) for group in table.groups)
            observed.append(ObservedFactor(table.item, table.outcome, factor.field, level, groups))
    ratios = tuple(
        PublishedRatio(table.item, table.outcome, table.unit_stated, ratio)
        for table in tables.hazard_ratios
        for ratio in table.factors
        if _concerns(ratio, record)
    )
    described = tuple(_described(tables.cohort, record)) if tables.cohort is not None else ()
    found = (tables.citation, tuple(observed), ratios, tuple(missing))
    return PublishedEvidence(*found, described, tables.performance)


def _described(table: CohortTable, record: ClinicalRecord) -> Iterator[DescribedFactor]:
    for factor in table.factors:
        value = record.canonical(factor.field)
        for level in factor.levels:
            if value is not None and level.holds(value):
                yield DescribedFactor(factor.field, level, level.counts, table.columns)


def _observed(
    table: CountTable, adds_up_to: Mapping[str, tuple[int, int]], level: CountedLevel, group: str
) -> Observed:
    columns = table.groups[group]
    hits = sum(level.counts[column][0] for column in columns)
    count = sum(sum(level.counts[column]) for column in columns)
    enough = count >= FEWEST_FOR_A_SHARE
    short = any(column in adds_up_to for column in columns)
    made_up = sum(sum(adds_up_to.get(column, table.columns[column])) for column in columns)
    whole = sum(sum(table.columns[column]) for column in columns)
    return Observed(
        group,
        hits,
        count,
        hits / count if enough else None,
        wilson_interval(hits, count) if enough else None,
        (made_up, whole) if short else None,
    )


def _concerns(ratio: HazardRatio, record: ClinicalRecord) -> bool:
    """A ratio per unit concerns whoever has the value; one of a level those at it or at its reference."""
    value = record.canonical(ratio.field)
    if value is None:
        return False
    return ratio.level is None or value in (ratio.level, ratio.reference)

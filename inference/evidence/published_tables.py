"""The tables of a study's paper as data: counts of an outcome by factor, hazard ratios, performance.

What a paper prints defectively is not carried; ``not_used`` names it with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from inference.clinical.record import CanonicalValue
from inference.pathways.studies import unknown_study

Pair = tuple[int, int]
"""Patients with the outcome, and without it."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Strict):
    """The values of a field that a row of a table is about; numbers in the form's canonical unit."""

    equals: tuple[str, ...] = ()
    at_least: float | None = None
    above: float | None = None
    below: float | None = None
    at_most: float | None = None

    def holds(self, value: CanonicalValue) -> bool:
        """Whether a recorded value belongs to the row; bounds are compared unrounded."""
        if isinstance(value, str):
            return value in self.equals
        return (
            not self.equals
            and (self.at_least is None or value >= self.at_least)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
            and (self.at_most is None or value <= self.at_most)
        )


class CountedLevel(Condition):
    """A row: for each column of the table, patients with and without the outcome."""

    counts: Mapping[str, Pair]


class CountedFactor(_Strict):
    """A factor's rows; ``adds_up_to`` where the paper's rows do not make up its cohort."""

    field: str
    levels: tuple[CountedLevel, ...]
    adds_up_to: Mapping[str, Pair] = {}

    def level_of(self, value: CanonicalValue) -> CountedLevel | None:
        """The row of a value, None where the table has none for it."""
        return next((level for level in self.levels if level.holds(value)), None)


class CountTable(_Strict):
    """Counts of one outcome.

    ``columns`` are the paper's, each with its total; ``groups`` say which of them are shown together.
    """

    item: str
    outcome: str
    columns: Mapping[str, Pair]
    groups: Mapping[str, tuple[str, ...]]
    factors: tuple[CountedFactor, ...]

    @model_validator(mode="after")
    def _stands_on_its_columns(self) -> CountTable:
        for factor in self.factors:
            for level in factor.levels:
                if set(level.counts) != set(self.columns):
                    raise ValueError(f"{self.item}, {factor.field}: columns differ from the table's")
        if any(column not in self.columns for group in self.groups.values() for column in group):
            raise ValueError(f"{self.item}: a group names an unknown column")
        return self


class HazardRatio(_Strict):
    """A published ratio with its 95 % interval: per ``per`` units of a number, or of a level to another."""

    field: str
    hr: float
    low: float
    high: float
    per: float | None = None
    level: str | None = None
    reference: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _lies_in_its_interval(self) -> HazardRatio:
        if not 0 < self.low <= self.hr <= self.high:
            raise ValueError(f"{self.field}: the ratio lies outside its interval")
        return self


class HazardRatioTable(_Strict):
    """Ratios of one analysis; ``unit_stated`` is false where the paper tells no unit of its factors."""

    item: str
    outcome: str
    analysis: Literal["univariable"]
    unit_stated: bool
    factors: tuple[HazardRatio, ...]


class CohortLevel(Condition):
    """How many patients of each cohort a row counts."""

    counts: Mapping[str, int]


class CohortFactor(_Strict):
    """A factor of a table that describes cohorts."""

    field: str
    levels: tuple[CohortLevel, ...]


class CohortTable(_Strict):
    """A description of cohorts, without outcomes."""

    item: str
    columns: Mapping[str, int]
    factors: tuple[CohortFactor, ...]


class PerformanceTable(_Strict):
    """A paper's own models: value, lower and upper bound of the 95 % interval, by cohort."""

    item: str
    measure: Literal["c_index"]
    models: Mapping[str, Mapping[str, tuple[float, float, float]]]


class NotUsed(_Strict):
    """Something printed that must not stand before a board, and why."""

    item: str
    what: str
    reason: str


class PublishedTables(_Strict):
    """All that is carried of one paper."""

    schema_version: Literal[1]
    study: str
    citation: str
    counts: tuple[CountTable, ...] = ()
    hazard_ratios: tuple[HazardRatioTable, ...] = ()
    cohort: CohortTable | None = None
    performance: tuple[PerformanceTable, ...] = ()
    not_used: tuple[NotUsed, ...]


@cache
def published_tables(study: str) -> PublishedTables:
    """The tables of ``study``.

    Raises
    ------
    InputError
        When no study has that name.
    """
    source = resources.files("inference.evidence") / "tables" / f"{study}.yaml"
    if not source.is_file():
        raise unknown_study(study)
    return PublishedTables.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))

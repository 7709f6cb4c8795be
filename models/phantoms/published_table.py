"""A published Table 1 as data: counts by cohort, by level and by the outcome's classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """Counts of a paper's cohorts.

    ``counts[factor][level]`` holds one tuple per cohort, in the order of ``cohorts``, with one number per
    class of the outcome (positive class first) or a single one where the paper does not part them.
    """

    source: str
    cohorts: tuple[str, ...]
    counts: Mapping[str, Mapping[str, tuple[Counts, ...]]]

    def __post_init__(self) -> None:
        for factor, levels in self.counts.items():
            if any(len(by_cohort) != len(self.cohorts) for by_cohort in levels.values()):
                raise ValueError(f"{factor} does not have one entry per cohort")

    def levels(self, factor: str) -> tuple[str, ...]:
        """The levels of a factor, in the table's order."""
        return tuple(self.counts[factor])

    def count(self, factor: str, level: str, cohort: str) -> int:
        """Patients of the cohort with the level."""
        return sum(self.counts[factor][level][self.cohorts.index(cohort)])

    def total(self, factor: str, cohort: str) -> int:
        """Patients of the cohort for whom the factor is told."""
        return sum(self.count(factor, level, cohort) for level in self.counts[factor])

    def share(self, factor: str, level: str, cohort: str) -> float:
        """Share of the level among them."""
        return self.count(factor, level, cohort) / self.total(factor, cohort)

    def shares(self, factor: str, cohort: str) -> tuple[float, ...]:
        """Shares of all levels, in the table's order."""
        return tuple(self.share(factor, level, cohort) for level in self.counts[factor])

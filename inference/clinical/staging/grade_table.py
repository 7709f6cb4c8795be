"""Grades of neuroendocrine neoplasms by proliferation and mitoses, as the WHO prints them."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from inference.clinical.staging.stage_table import read_table


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GradeRange(_Part):
    """``below`` and ``above`` leave their value out, ``minimum`` and ``maximum`` hold it."""

    below: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None

    @model_validator(mode="after")
    def _is_one_kind(self) -> GradeRange:
        given = [name for name in ("below", "minimum", "maximum", "above") if getattr(self, name) is not None]
        if given not in (["below"], ["above"], ["minimum", "maximum"]):
            raise ValueError("a range is below, above, or from minimum to maximum")
        return self

    def holds(self, value: float) -> bool:
        """True for a value inside."""
        if self.below is not None:
            return value < self.below
        if self.above is not None:
            return value > self.above
        assert self.minimum is not None and self.maximum is not None
        return self.minimum <= value <= self.maximum

    @property
    def text(self) -> str:
        """``< 3``, ``3–20`` or ``> 20``."""
        if self.below is not None:
            return f"< {self.below:g}"
        return f"> {self.above:g}" if self.above is not None else f"{self.minimum:g}–{self.maximum:g}"


class GradeRank(_Part):
    """Grades of one proliferation; Ki-67 in percent, mitoses per 2 mm²."""

    grades: tuple[str, ...] = Field(min_length=1)
    ki67: GradeRange
    mitoses: GradeRange


class GradeTable(_Part):
    """Ranks from the slowest to the fastest; the higher of Ki-67 and mitoses decides."""

    schema_version: Literal[1]
    edition: str
    source: str
    ranks: tuple[GradeRank, ...] = Field(min_length=2)

    def rank_of_grade(self, grade: str) -> int | None:
        """The grade's rank; None for a kind that has no range."""
        return next((place for place, rank in enumerate(self.ranks) if grade in rank.grades), None)

    def rank_of_ki67(self, percent: float) -> int:
        """The rank that the proliferation index alone gives."""
        return next(place for place, rank in enumerate(self.ranks) if rank.ki67.holds(percent))

    def rank_of_mitoses(self, count: float) -> int:
        """The rank that the mitoses alone give."""
        return next(place for place, rank in enumerate(self.ranks) if rank.mitoses.holds(count))


@cache
def load_grade_table(name: str) -> GradeTable:
    """The table called ``name``."""
    return GradeTable.model_validate(read_table(name))

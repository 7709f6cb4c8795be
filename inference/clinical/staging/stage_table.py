"""Stage groups by T and N, read from ``inference/clinical/staging/<name>.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator


class StageTable(BaseModel):
    """Groups by T, then N, as the manual prints them; subcategories (T4a) stand for themselves.

    ``study_group`` names the group of the study's form for each of the manual's, where they differ.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: Literal[1]
    edition: str
    source: str
    groups: Mapping[str, Mapping[str, str]]
    study_group: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_whole(self) -> StageTable:
        rows = [set(row) for row in self.groups.values()]
        if any(row != rows[0] for row in rows):
            raise ValueError("every T has the same N")
        printed = {group for row in self.groups.values() for group in row.values()}
        if self.study_group and set(self.study_group) != printed:
            raise ValueError("every group of the manual has its group in the study, and no other")
        return self

    def possible(self, t: str, n: str) -> tuple[str, ...]:
        """The groups that a T and an N may mean; several where a subcategory would decide."""
        printed = [
            group
            for t_category in _meant(t, tuple(self.groups))
            for n_category, group in self.groups[t_category].items()
            if n_category in _meant(n, tuple(self.groups[t_category]))
        ]
        return tuple(dict.fromkeys(self.study_group.get(group, group) for group in printed))


def _meant(category: str, categories: tuple[str, ...]) -> tuple[str, ...]:
    """The table's rows that a category stands for: T4 for T4a and T4b, N3b for an N3 that is not parted."""
    if category in categories:
        return (category,)
    finer = tuple(one for one in categories if one[:-1] == category)
    return finer or tuple(one for one in categories if one == category[:-1])


def read_table(name: str) -> Any:
    """The document called ``name`` among the tables of this folder."""
    source = resources.files("inference.clinical.staging") / f"{name}.yaml"
    return yaml.safe_load(source.read_text(encoding="utf-8"))


@cache
def load_stage_table(name: str) -> StageTable:
    """The table called ``name``."""
    return StageTable.model_validate(read_table(name))

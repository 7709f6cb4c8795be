"""How a form says that one value follows from others, or must fit them: data, read from its YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BodyMassIndex(_Part):
    """Weight in kg by the square of the height in m.

    A stated index may differ by ``tolerance`` kg/m², since height and weight are rounded themselves.
    """

    kind: Literal["body_mass_index"]
    height: str
    weight: str
    tolerance: float = Field(gt=0)

    @property
    def fields(self) -> tuple[str, ...]:
        """What the rule reads."""
        return (self.height, self.weight)


class StageGroup(_Part):
    """A stage group from T and N by the table called ``table``.

    ``t`` and ``n`` are the field of the category and, where the table needs it, the field of its
    subcategory (T4a).  ``only_when`` are values without which the stage has no meaning; ``presumes`` those
    that the table takes for granted, here only known where they are otherwise.
    """

    kind: Literal["stage_group"]
    table: str
    t: tuple[str, ...] = Field(min_length=1, max_length=2)
    n: tuple[str, ...] = Field(min_length=1, max_length=2)
    only_when: Mapping[str, str] = Field(default_factory=dict)
    presumes: Mapping[str, str] = Field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """What the rule reads."""
        return (*self.t, *self.n, *self.only_when, *self.presumes)


class GradeAgreement(_Part):
    """A grade must fit the proliferation index, and the mitoses where they are known."""

    kind: Literal["grade"]
    table: str
    grade: str
    ki67: str
    mitoses: str

    @property
    def fields(self) -> tuple[str, ...]:
        """What the agreement reads."""
        return (self.grade, self.ki67, self.mitoses)


DerivationRule = Annotated[BodyMassIndex | StageGroup, Field(discriminator="kind")]

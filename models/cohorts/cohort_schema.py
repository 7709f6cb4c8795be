"""What a study's cohort must hold, as data: columns of ``cohort.csv``, outcomes, scans and their masks."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from inference.inputs.study_inputs import NamedInput, load_study_inputs
from inference.pathways.studies import unknown_study

PATIENT_COLUMN = "patient_id"
PART_COLUMN = "cohort"
PARTS = ("training", "internal", "external")
"""What ``cohort`` may say of a patient; only *training* teaches and locks anything."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Part):
    """One clinical value.

    A number has bounds, both allowed, in ``unit`` (UCUM); a choice has allowed words.  An empty cell is
    refused unless ``may_be_empty``.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: Literal["number", "choice"]
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    integer: bool = False
    choices: tuple[str, ...] = ()
    may_be_empty: bool = False

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Column:
        has_range = self.minimum is not None and self.maximum is not None and self.minimum < self.maximum
        if self.kind == "number" and (not has_range or not self.unit or self.choices):
            raise ValueError(f"{self.id}: a number has a unit and a range, and no choices")
        if self.kind == "choice" and (not self.choices or self.unit or self.integer):
            raise ValueError(f"{self.id}: a choice has allowed words, and no unit")
        return self


class Outcome(_Part):
    """What was observed.

    ``event`` names a column of 0 or 1, 1 being the positive class.  With ``time`` it is a time to event,
    in months, censored where ``event`` is 0.  With ``horizon_months`` besides, it is a class: 1 for an event
    before the horizon, 0 for follow-up without an event to the horizon, and nothing for others.
    Where it is not ``required``, a patient may have none.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    event: str
    time: str | None = None
    horizon_months: float | None = Field(default=None, gt=0)
    required: bool = True

    @model_validator(mode="after")
    def _has_a_time_for_its_horizon(self) -> Outcome:
        if self.horizon_months is not None and self.time is None:
            raise ValueError(f"{self.id}: a horizon needs a time")
        return self

    @property
    def is_survival(self) -> bool:
        """True for a time to event; false for a class."""
        return self.time is not None and self.horizon_months is None


class Scan(_Part):
    """One series: ``<patient>/<folder>/`` holds it, ``<patient>/<folder>-seg.*`` its mask.

    ``id`` names one of the study's inputs (:mod:`inference.inputs`).  Of a mask file with several segments,
    those named like one of ``structures`` are taken.  A second reading, ``<folder>-seg-2.*``, is read where
    it is there and ``second_mask`` allows for it.
    """

    id: str
    folder: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    required: bool = True
    structures: tuple[Literal["tumour", "nodes"], ...] = Field(default=("tumour",), min_length=1)
    second_mask: bool = False


class CohortSchema(_Part):
    """The whole cohort of one study.

    ``treatment`` names the column that tells arms apart, where there are; of each group in ``one_of`` exactly
    one column is filled in.
    """

    schema_version: Literal[1]
    study: str
    columns: tuple[Column, ...] = Field(min_length=1)
    treatment: str | None = None
    one_of: tuple[tuple[str, ...], ...] = ()
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    scans: tuple[Scan, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> CohortSchema:
        known = {one.id for one in load_study_inputs(self.study).inputs}
        if {scan.id for scan in self.scans} - known:
            raise ValueError("a scan is none of the study's inputs")
        named = [column.id for column in self.columns] + [PATIENT_COLUMN, PART_COLUMN]
        outcomes = {name for one in self.outcomes for name in (one.event, one.time) if name}
        for names in (named, [one.id for one in self.outcomes], [one.id for one in self.scans]):
            if max(Counter(names).values()) > 1:
                raise ValueError("a name stands twice")
        if outcomes & set(named):
            raise ValueError("an outcome is a clinical value too")
        if any(not self.column(name).may_be_empty for group in self.one_of for name in group):
            raise ValueError("one of several columns cannot be required")
        if self.treatment is not None and self.column(self.treatment).kind != "choice":
            raise ValueError("treatments are words")
        return self

    def column(self, name: str) -> Column:
        """The clinical value called ``name``."""
        return next(column for column in self.columns if column.id == name)

    def outcome(self, name: str) -> Outcome:
        """The outcome called ``name``."""
        return next(outcome for outcome in self.outcomes if outcome.id == name)

    def scan(self, name: str) -> Scan:
        """The scan called ``name``."""
        return next(scan for scan in self.scans if scan.id == name)

    def input_of(self, scan: Scan) -> NamedInput:
        """The conditions of the study on ``scan``."""
        return next(one for one in load_study_inputs(self.study).inputs if one.id == scan.id)


@cache
def load_cohort_schema(study: str) -> CohortSchema:
    """The schema of ``study``, from ``models/cohorts/schemas/<study>.yaml``.

    Raises
    ------
    InputError
        ``error.study.unknown`` for a study that has none.
    """
    source = resources.files("models.cohorts") / "schemas" / f"{study}.yaml"
    if not study.replace("-", "").isalnum() or not source.is_file():
        raise unknown_study(study)
    return CohortSchema.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))

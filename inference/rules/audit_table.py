"""How a treated patient is judged afterwards: sixteen rows of data that must follow from a rule in words."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import product
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from inference.rules.rule_book import NON_RESIDUAL, RESIDUAL, Predicted
from inference.rules.rule_file import load_rule_book

Row4Physician = Literal["wrong", "undeterminable"]


class Judged(StrEnum):
    """What can be said of a choice once the outcome is known."""

    CORRECT = "correct"
    WRONG = "wrong"
    UNDETERMINABLE = "undeterminable"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AuditRow(_Part):
    """One combination of predictions, regimen given and outcome, with both judgements.

    ``situation`` is the number of the row in the published comparison, where it has one.  ``disputed`` is
    what the rule in words says of the physician where the published text says otherwise.
    """

    row: int = Field(ge=1)
    predicted: dict[str, Predicted]
    recommended: str
    given: str
    actual: Predicted
    model: Judged
    physician: Judged
    disputed: Judged | None = None
    situation: int | None = Field(default=None, ge=1)

    @property
    def is_model_untested(self) -> bool:
        """True when the model counts as correct for a regimen that this patient never had."""
        return self.model is Judged.CORRECT and self.recommended != self.given

    @property
    def is_physician_untested(self) -> bool:
        """True when the physician counts as wrong: only a prediction for the other regimen can say so."""
        return self.physician is Judged.WRONG

    @property
    def rests_on_untested(self) -> bool:
        """True when a judgement needs the prediction for the regimen that was not given."""
        return self.is_model_untested or self.is_physician_untested


class AuditTable(_Part):
    """All rows of one study's audit; a table that does not follow from the rule in words does not load."""

    schema_version: Literal[1]
    study: str
    citation: str
    rows: tuple[AuditRow, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        book = load_rule_book(self.study)
        regimens = book.fewer_side_effects_first
        assert book.otherwise is not None
        every = sorted(
            product(*[(NON_RESIDUAL, RESIDUAL)] * len(regimens), regimens, (NON_RESIDUAL, RESIDUAL))
        )
        if any(set(row.predicted) != set(regimens) for row in self.rows):
            raise ValueError("every row holds a prediction for every regimen, and no other")
        held = [(*(row.predicted[name] for name in regimens), row.given, row.actual) for row in self.rows]
        if sorted(held) != every:
            raise ValueError("the table holds every combination once")
        if [row.row for row in self.rows] != list(range(1, len(self.rows) + 1)):
            raise ValueError("rows are numbered from 1")
        for row in self.rows:
            if row.recommended != book.follows(row.predicted):
                raise ValueError(f"row {row.row} recommends what the rules do not")
            follows = judge_in_words(row.predicted, row.recommended, row.given, row.actual, book.otherwise)
            if (row.model, row.disputed or row.physician) != follows:
                raise ValueError(f"row {row.row} does not follow from the rule in words")
        return self

    def row_for(self, predicted: dict[str, Predicted], given: str, actual: Predicted) -> AuditRow:
        """The row that fits a patient."""
        wanted = (predicted, given, actual)
        return next(row for row in self.rows if (row.predicted, row.given, row.actual) == wanted)

    def with_disputed(self, physician: Row4Physician) -> AuditTable:
        """The table with disputed rows read as published (``wrong``) or as the rule in words reads them."""
        if physician == "wrong":
            return self
        rows = [
            row.model_copy(update={"physician": row.disputed}) if row.disputed else row for row in self.rows
        ]
        return self.model_copy(update={"rows": tuple(rows)})


def judge_in_words(
    predicted: dict[str, Predicted], recommended: str, given: str, actual: Predicted, no_regimen: str
) -> tuple[Judged, Judged]:
    """Judge model and physician by the rule that the table spells out.

    The model is wrong when its prediction for the regimen given disagrees with what happened; else correct,
    unless it named no regimen.  The physician is wrong when the model is correct and named another regimen;
    else correct where no residual tumour was left, and undeterminable where some was.
    """
    if predicted[given] != actual:
        model = Judged.WRONG
    else:
        model = Judged.UNDETERMINABLE if recommended == no_regimen else Judged.CORRECT
    if model is Judged.CORRECT and recommended != given:
        return model, Judged.WRONG
    return model, Judged.CORRECT if actual == NON_RESIDUAL else Judged.UNDETERMINABLE


@cache
def load_audit_table(study: str) -> AuditTable:
    """The table of ``study``, from ``inference/rules/audits/<study>.yaml``."""
    file = resources.files("inference.rules").joinpath("audits", f"{study}.yaml")
    return AuditTable.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))

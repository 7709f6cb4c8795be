"""The rules of one study as data: the table, who it was made for, and when a rule set withholds."""

from __future__ import annotations

from functools import cache
from importlib import resources
from itertools import product
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from inference.assessment import RuleRow
from inference.errors import InputError, PackError
from inference.packs.manifest import Manifest

RESIDUAL: Final = "residual"
NON_RESIDUAL: Final = "non_residual"
CCRT_STATEMENT = "statement.ccrt_not_evidence"
DEFAULT_RULE_SET = "cautious"

Predicted = Literal["residual", "non_residual"]
Condition = Literal["borderline", "folds_disagree", "implausible"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TableRow(_Part):
    """What is recommended when the treatments are predicted so."""

    row: int = Field(ge=1)
    when: dict[str, Predicted]
    recommend: str


class Eligibility(_Part):
    """Values of a clinical field that the studied patients had."""

    field: str
    allowed: tuple[str, ...]


class RuleSet(_Part):
    """How carefully the table is read: when the answer is withheld, and what stands beside it."""

    id: str
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    withhold_when: tuple[Condition, ...]
    implausible: tuple[dict[str, Predicted], ...]
    statements: dict[str, tuple[str, ...]]

    @model_validator(mode="after")
    def _holds_its_promise(self) -> RuleSet:
        if CCRT_STATEMENT not in self.statements.get("ccrt", ()):
            raise ValueError("CCRT never stands without its statement")
        if bool(self.implausible) != ("implausible" in self.withhold_when):
            raise ValueError("implausible pairs are listed exactly where they withhold")
        return self


class RuleBook(_Part):
    """All rules of one study; the table must follow from the order of side effects."""

    schema_version: Literal[1]
    study: str
    outcome: str
    citation: str
    fewer_side_effects_first: tuple[str, ...]
    otherwise: str
    table: tuple[TableRow, ...]
    eligible: tuple[Eligibility, ...]
    rule_sets: tuple[RuleSet, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> RuleBook:
        every = list(product((NON_RESIDUAL, RESIDUAL), repeat=len(self.fewer_side_effects_first)))
        if any(set(row.when) != set(self.fewer_side_effects_first) for row in self.table):
            raise ValueError("every row names every treatment, and no other")
        rows = [tuple(row.when[name] for name in self.fewer_side_effects_first) for row in self.table]
        if sorted(map(str, rows)) != sorted(map(str, every)):
            raise ValueError("the table holds every combination once")
        if [row.row for row in self.table] != list(range(1, len(self.table) + 1)):
            raise ValueError("rows are numbered from 1")
        for row in self.table:
            if row.recommend != self.follows(row.when):
                raise ValueError(f"row {row.row} does not follow from the order of side effects")
        return self

    def follows(self, predicted: dict[str, Predicted]) -> str:
        """The regimen with fewest side effects among those predicted non-residual, or ``otherwise``."""
        reaching = [name for name in self.fewer_side_effects_first if predicted[name] == NON_RESIDUAL]
        return reaching[0] if reaching else self.otherwise

    def row_for(self, predicted: dict[str, Predicted]) -> TableRow:
        """The row of the table that fits the predictions."""
        return next(row for row in self.table if row.when == predicted)

    def rule_set(self, rule_set_id: str) -> RuleSet:
        """The rule set called ``rule_set_id``.

        Raises
        ------
        InputError
            When there is none of that name.
        """
        for candidate in self.rule_sets:
            if candidate.id == rule_set_id:
                return candidate
        allowed = ", ".join(candidate.id for candidate in self.rule_sets)
        raise InputError("error.rules.unknown_set", name=rule_set_id, allowed=allowed)

    @property
    def rows(self) -> tuple[RuleRow, ...]:
        """The table as an Assessment prints it."""
        return tuple(RuleRow(row.row, dict(row.when), row.recommend) for row in self.table)


@cache
def load_rule_book(name: str) -> RuleBook:
    """The rules called ``name``, from ``inference/rules/<name>.yaml``.

    Raises
    ------
    PackError
        When a pack asks for rules that this version does not have.
    """
    known = {
        entry.name.removesuffix(".yaml"): entry
        for entry in resources.files("inference.rules").iterdir()
        if entry.name.endswith(".yaml")
    }
    if name not in known:
        raise PackError("error.rules.unknown_book", name=name, allowed=", ".join(sorted(known)))
    return RuleBook.model_validate(yaml.safe_load(known[name].read_text(encoding="utf-8")))


def rules_of(manifest: Manifest) -> RuleBook:
    """The rules that a pack asks for.

    Raises
    ------
    PackError
        When there are none of that name, or they decide between other treatments than the pack's.
    """
    book = load_rule_book(manifest.rules)
    if set(book.fewer_side_effects_first) != set(manifest.treatments) or book.study != manifest.study:
        raise PackError("error.rules.treatments", name=manifest.rules, pack=manifest.id)
    return book

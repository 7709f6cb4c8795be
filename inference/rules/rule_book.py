"""The rules of one study as data: what is recommended when, how strongly, by whom it was stated, and when a
rule set withholds.

``inference/rules/<study>.yaml`` holds the project's own; a site may write a file of the same form
(:mod:`inference.rules.rule_file`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from inference.assessment import RuleFile, RuleRow, Strength
from inference.clinical.record import CanonicalValue, ClinicalRecord
from inference.errors import InputError
from inference.messages.message import LIST_MARK
from inference.prediction import Fallback

RESIDUAL: Final = "residual"
NON_RESIDUAL: Final = "non_residual"
DEFAULT_RULE_SET = "cautious"

Predicted = Literal["residual", "non_residual"]
Doubt = Literal[
    "borderline",
    "folds_disagree",
    "sensitivity_crossed",
    "guard_warned",
    "image_only",
    "clinical_only",
    "fewer_phases",
]

_SEMVER = r"^\d+\.\d+\.\d+$"
_NAME = r"^[a-z][a-z0-9_]*$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_sentence(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Sentence(_Part):
    """A text by its message id.

    ``fields`` fills its placeholders, each with the first value that is known of these fields of the form;
    ``{x_field}`` beside a placeholder ``{x}`` is the name of that field.
    """

    id: str = Field(min_length=1)
    fields: dict[str, tuple[str, ...]] = Field(default_factory=dict)


Sentences = tuple[Annotated[Sentence, BeforeValidator(_as_sentence)], ...]


class FieldCondition(_Part):
    """What a rule asks of one clinical field: one of some codes, or a number in the form's canonical unit."""

    allowed: tuple[str, ...] = ()
    at_least: Number | None = None
    below: Number | None = None

    def holds(self, value: CanonicalValue | None) -> bool:
        """True for a known value that fits."""
        if value is None:
            return False
        if isinstance(value, str):
            return value in self.allowed
        over = self.at_least is None or value >= self.at_least
        return not self.allowed and over and (self.below is None or value < self.below)

    @property
    def shown(self) -> tuple[str, ...]:
        """What is allowed: codes, or the limits of a number as text."""
        limits = (("≥ ", self.at_least), ("< ", self.below))
        text = ", ".join(f"{sign}{limit:g}" for sign, limit in limits if limit is not None)
        return self.allowed or (text,)

    def named(self, field: str) -> str:
        """What is allowed of ``field``, as a field of a message."""
        return LIST_MARK.join(f"clinical.{field}.{code}" for code in self.allowed) or self.shown[0]


class Rule(_Part):
    """One row: where it applies, what it recommends, how strongly, and what is said with it.

    ``when`` asks for a class of each reading that it names, ``fields`` for clinical values.  With
    ``withhold``, the row stands in the table as published and nothing is answered under it, for that reason.
    """

    id: str = Field(pattern=_NAME)
    when: dict[str, str]
    fields: dict[str, FieldCondition] = Field(default_factory=dict)
    recommend: str = Field(pattern=_NAME)
    strength: Strength
    citation: str = Field(min_length=1)
    text: Sentences = ()
    statements: Sentences = ()
    not_considered: tuple[str, ...] = ()
    withhold: str | None = None

    def fits(self, words: Mapping[str, str], values: Mapping[str, CanonicalValue | None]) -> bool:
        """True when readings and clinical values are as it asks."""
        return all(words[name] == word for name, word in self.when.items()) and all(
            condition.holds(values.get(name)) for name, condition in self.fields.items()
        )


class RuleSet(_Part):
    """One way of reading the predictions; ``withhold_when`` names the doubts under which it says nothing."""

    id: str = Field(pattern=_NAME)
    version: str = Field(pattern=_SEMVER)
    withhold_when: tuple[Doubt, ...] = ()
    rules: tuple[Rule, ...] = Field(min_length=1)

    def rule_for(
        self, words: Mapping[str, str], values: Mapping[str, CanonicalValue | None]
    ) -> tuple[int, Rule] | None:
        """Row and rule that apply, or None where a clinical value that all of them ask for is missing."""
        fitting = [(row, rule) for row, rule in enumerate(self.rules, 1) if rule.fits(words, values)]
        return fitting[0] if fitting else None

    @property
    def clinical_fields(self) -> tuple[str, ...]:
        """The fields of the form that some rule asks for, in order."""
        return tuple(dict.fromkeys(name for rule in self.rules for name in rule.fields))


class BookReading(_Part):
    """A reading that the rules ask for; ``words`` are its class at or above the cut-off and the one below.

    ``instead`` names the scores that may answer in its place, by the kind of fallback.  A score nearer to its
    cut-off than ``margin`` is borderline, whatever smaller margin the pack states; on the score's scale.
    """

    name: str = Field(pattern=_NAME)
    kind: Literal["treatment", "score"]
    words: tuple[str, ...] = Field(min_length=2, max_length=2)
    instead: dict[Fallback, str] = Field(default_factory=dict)
    margin: float = Field(default=0.0, ge=0, allow_inf_nan=False)


class Eligibility(FieldCondition):
    """Values of a clinical field that the studied patients had."""

    field: str


class RuleBook(_Part):
    """All rules of one study.

    ``fewer_side_effects_first`` and ``otherwise`` are the order that every row of a study of treatments
    follows from.  ``needs`` lists groups of clinical fields of which one must be known before anything is
    answered.  ``texts`` are a site's own, by message id and language.  ``file`` is where the book stands.
    """

    schema_version: Literal[2]
    study: str
    version: str = Field(pattern=_SEMVER)
    citation: str = Field(min_length=1)
    readings: tuple[BookReading, ...] = Field(min_length=1)
    fewer_side_effects_first: tuple[str, ...] = ()
    otherwise: str | None = None
    eligible: tuple[Eligibility, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    rule_sets: tuple[RuleSet, ...] = Field(min_length=1)
    texts: dict[str, dict[str, str]] = Field(default_factory=dict)
    file: RuleFile

    def follows(self, predicted: Mapping[str, str]) -> str:
        """The regimen with fewest side effects among those predicted non-residual, or ``otherwise``."""
        assert self.otherwise is not None
        reaching = [name for name in self.fewer_side_effects_first if predicted[name] == NON_RESIDUAL]
        return reaching[0] if reaching else self.otherwise

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

    def rows(self, rule_set: RuleSet) -> tuple[RuleRow, ...]:
        """The table of a rule set as an Assessment prints it."""
        return tuple(
            RuleRow(
                row=row,
                when=dict(rule.when),
                recommend=rule.recommend,
                rule=rule.id,
                fields={name: condition.shown for name, condition in rule.fields.items()},
                strength=rule.strength,
                citation=rule.citation,
                is_withheld=rule.withhold is not None,
            )
            for row, rule in enumerate(rule_set.rules, 1)
        )


def shown_value(field: str, value: CanonicalValue) -> str:
    """A clinical value as a field of a message: the id of a choice's name, or a number."""
    return f"clinical.{field}.{value}" if isinstance(value, str) else f"{value:g}"


def clinical_values(record: ClinicalRecord) -> dict[str, CanonicalValue | None]:
    """The canonical values of a record by field."""
    return {name: value.canonical for name, value in record.values.items()}

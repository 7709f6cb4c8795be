"""Sentences that must stand beside a recommendation, whoever wrote the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from inference.rules.rule_book import NON_RESIDUAL, Rule

SITE_PREFIX: Final = "site_"
"""Begins the name of everything that a site adds: rules may call nothing of the project's by another text."""

CCRT_STATEMENT: Final = "statement.ccrt_not_evidence"


@dataclass(frozen=True, slots=True)
class Obligation:
    """``statement`` is owed by every rule that may apply to these readings and recommends this.

    Without ``recommend`` every recommendation owes it.  A recommendation of the site's own always does: what
    it means, only the site knows.
    """

    statement: str
    when: Mapping[str, str] = field(default_factory=dict)
    recommend: str | None = None

    def is_owed_by(self, rule: Rule) -> bool:
        """True when the rule may not stand without the statement."""
        may_apply = all(rule.when.get(name, word) == word for name, word in self.when.items())
        return may_apply and (
            self.recommend in (None, rule.recommend) or rule.recommend.startswith(SITE_PREFIX)
        )


OBLIGATIONS: Final[Mapping[str, tuple[Obligation, ...]]] = {
    "npc-residual": (
        Obligation(CCRT_STATEMENT, {"ccrt": NON_RESIDUAL}, recommend="ccrt"),
        Obligation("statement.prediction_not_effect"),
    ),
    "lagc-response": (Obligation("statement.lagc_poor_not_against", {"dlcs": "poor_response"}),),
    "gc-recurrence": (Obligation("statement.gc_low_not_against_adjuvant", {"dlfs": "low_risk"}),),
    "pnen-recurrence": (Obligation("statement.pnen_low_missed", {"dlr_a": "low_risk"}),),
    "gnen-os": (Obligation("statement.gnen_prognosis_only"),),
}


def missing_statements(study: str, rule: Rule) -> Iterator[str]:
    """The obligatory statements that a rule leaves out."""
    said = {sentence.id for sentence in rule.statements}
    owed = dict.fromkeys(one.statement for one in OBLIGATIONS[study] if one.is_owed_by(rule))
    yield from (statement for statement in owed if statement not in said)

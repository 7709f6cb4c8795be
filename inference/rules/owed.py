"""What a site's rules must keep of the project's, and the doubts that they let pass.

The sets that the project names mean the same in every file: they withhold at least where the project's do.  A
set of the site's own may withhold less; the answer then says which doubts it lets pass.
"""

from __future__ import annotations

from collections.abc import Iterator

from inference.rules.checks import Place, Problem
from inference.rules.rule_book import DEFAULT_RULE_SET, Rule, RuleBook, RuleSet

MODELS_DISAGREE = "models_disagree"
"""The doubt for which the project's cautious set answers nothing under one of its rows."""

_NOT_CONSIDERED = "not_considered."


def breaches(book: RuleBook, own: RuleBook) -> Iterator[Problem]:
    """Where ``book``, which a site wrote, lacks what the project's rules of the study hold."""
    if book.readings != own.readings:
        yield Problem(("readings",), "readings", {"study": own.study})
    if (book.fewer_side_effects_first, book.otherwise) != (own.fewer_side_effects_first, own.otherwise):
        yield Problem(("fewer_side_effects_first",), "readings", {"study": own.study})
    for group in own.needs:
        if group not in book.needs:
            yield Problem(("needs",), "needs", {"fields": ", ".join(group)})
    owed = dict.fromkeys(
        name for each in own.rule_sets for rule in each.rules for name in rule.not_considered
    )
    for position, rule_set in enumerate(book.rule_sets):
        place: Place = ("rule_sets", position)
        yield from _doubts(rule_set, own, place)
        for row, rule in enumerate(rule_set.rules):
            for name in owed:
                if name not in rule.not_considered and name.removeprefix(_NOT_CONSIDERED) not in rule.fields:
                    where = (*place, "rules", row, "not_considered")
                    yield Problem(where, "owed_not_considered", {"rule": rule.id, "name": name})


def doubts_let_pass(rule_set: RuleSet, own: RuleBook) -> tuple[str, ...]:
    """The doubts on which the project's cautious set withholds and ``rule_set`` does not."""
    cautious = own.rule_set(DEFAULT_RULE_SET)
    passed = [doubt for doubt in cautious.withhold_when if doubt not in rule_set.withhold_when]
    rows = tuple(_answered_though_withheld(rule_set, cautious))
    return (*passed, *([MODELS_DISAGREE] if rows else []))


def _doubts(rule_set: RuleSet, own: RuleBook, place: Place) -> Iterator[Problem]:
    like = next((one for one in own.rule_sets if one.id == rule_set.id), None)
    if like is None:
        return
    for doubt in like.withhold_when:
        if doubt not in rule_set.withhold_when:
            fields = {"name": rule_set.id, "doubt": doubt}
            yield Problem((*place, "withhold_when"), "owed_doubt", fields)
    for row in _answered_though_withheld(rule_set, like):
        fields = {"rule": rule_set.rules[row].id, "name": rule_set.id}
        yield Problem((*place, "rules", row), "owed_withhold", fields)


def _answered_though_withheld(rule_set: RuleSet, like: RuleSet) -> Iterator[int]:
    """The rows that answer patients for whom a row of ``like`` withholds."""
    withheld = [rule for rule in like.rules if rule.withhold is not None]
    for row, rule in enumerate(rule_set.rules):
        if rule.withhold is None and any(_may_both_apply(rule, other) for other in withheld):
            yield row


def _may_both_apply(one: Rule, other: Rule) -> bool:
    return all(other.when.get(name, word) == word for name, word in one.when.items())

"""Rules are data, and data that contradict themselves do not load."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from inference.errors import PackError
from inference.packs.load import LoadedPack
from inference.rules.rule_book import RuleBook, load_rule_book, rules_of


def document() -> dict[str, Any]:
    return load_rule_book("npc-residual").model_dump(mode="json")


def test_the_rules_of_the_nasopharynx_load() -> None:
    book = load_rule_book("npc-residual")
    assert book.fewer_side_effects_first == ("ccrt", "ic_ccrt") and book.otherwise == "ibt"
    assert [rule_set.id for rule_set in book.rule_sets] == ["cautious", "published"]


def test_every_row_follows_from_the_order_of_side_effects() -> None:
    book = load_rule_book("npc-residual")
    assert [book.follows(row.when) for row in book.table] == ["ccrt", "ccrt", "ic_ccrt", "ibt"]


@pytest.mark.parametrize(
    "change",
    [
        lambda rules: rules["table"].pop(),
        lambda rules: rules["table"][0].update(recommend="ic_ccrt"),
        lambda rules: rules["table"][3].update(recommend="ccrt"),
        lambda rules: rules["table"][1].update(row=5),
        lambda rules: rules["table"][1].update(when={"ccrt": "non_residual", "ic_ccrt": "non_residual"}),
        lambda rules: rules["table"][1]["when"].update(surgery="residual"),
        lambda rules: rules["fewer_side_effects_first"].reverse(),
        lambda rules: rules["rule_sets"][0]["statements"].pop("ccrt"),
        lambda rules: rules["rule_sets"][1]["statements"].update(ccrt=[]),
        lambda rules: rules["rule_sets"][1].update(withhold_when=["implausible"]),
        lambda rules: rules["rule_sets"][0].update(withhold_when=["never"]),
        lambda rules: rules.update(comment="more"),
        lambda rules: rules.update(schema_version=2),
    ],
)
def test_rules_that_contradict_themselves_are_refused(change: Callable[[dict[str, Any]], object]) -> None:
    rules = document()
    RuleBook.model_validate(rules)
    change(rules)
    with pytest.raises(ValidationError):
        RuleBook.model_validate(rules)


def test_a_pack_that_asks_for_other_rules_is_refused(tiny_pack: LoadedPack) -> None:
    assert rules_of(tiny_pack.manifest).study == "npc-residual"
    with pytest.raises(PackError) as caught:
        rules_of(tiny_pack.manifest.model_copy(update={"rules": "../secret"}))
    assert caught.value.message.id == "error.rules.unknown_book"
    with pytest.raises(PackError) as caught:
        rules_of(tiny_pack.manifest.model_copy(update={"treatments": ("ccrt",)}))
    assert caught.value.message.id == "error.rules.treatments"

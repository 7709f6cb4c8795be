"""The page on rules: its example is a file that a site may use, and it names every sentence that is owed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from inference.assessment import RuleOrigin, Strength
from inference.rules.obligatory import OBLIGATIONS
from inference.rules.rule_file import RuleFileError, parse_rule_book


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "rules.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def example(page: str) -> str:
    (found,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    return str(found)


def test_the_example_is_a_site_s_rules(example: str) -> None:
    book = parse_rule_book(example.encode(), "ours.yaml", RuleOrigin.SITE)
    recommended = [rule.recommend for rule in book.rule_set("cautious").rules]
    assert recommended == ["nct_surgery", "site_staged_again"]
    assert book.texts


def test_the_example_without_what_is_owed_is_refused(example: str) -> None:
    without = example.replace("statement.lagc_poor_not_against, ", "")
    with pytest.raises(RuleFileError) as refused:
        parse_rule_book(without.encode(), "ours.yaml", RuleOrigin.SITE)
    assert [problem.id for problem in refused.value.problems] == ["error.rules.file.owed"]


def test_every_sentence_that_is_owed_and_every_strength_stands_on_the_page(page: str) -> None:
    for study, obligations in OBLIGATIONS.items():
        for one in obligations:
            assert re.search(rf"^\| `{study}` \|.*`{one.statement}`", page, flags=re.MULTILINE), one.statement
    assert all(f"`{strength.value}`" in page for strength in Strength)

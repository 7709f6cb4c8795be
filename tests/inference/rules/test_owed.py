"""What a site's file may not leave out, and what it says of the doubts that it lets pass."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from inference.assessment import Recommendation, RecommendationStatus, RuleOrigin
from inference.messages.catalogue import LANGUAGES, load_catalogue
from inference.rules.engine import recommend
from inference.rules.owed import doubts_let_pass
from inference.rules.rule_book import RuleBook
from inference.rules.rule_file import parse_rule_book
from tests.inference.rules.site_files import Rules, changed, complaints, own_text, rule, written
from tests.inference.rules.study_readings import BOOKS, STUDIES, readings, record_of

OWN_SET = {"rule_set.site_bold": {"en": "Bold", "zh_CN": "大胆"}}


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("rule_set", [0, 1], ids=["cautious", "published"])
def test_what_is_not_considered_is_said_in_every_row(repository: Path, study: str, rule_set: int) -> None:
    name = BOOKS[study].rule_sets[rule_set].rules[-1].not_considered[0]

    def remove(rules: Rules) -> None:
        rule(rules, -1, rule_set)["not_considered"].remove(name)

    content = changed(repository, study, remove)
    (said,) = complaints(content)
    lines = content.decode().splitlines()
    (line,) = [number for number, text in enumerate(lines, 1) if f"Line {number}: " in said]
    assert "not_considered:" in lines[line - 1]
    assert said.endswith(f"may not stand without “{name}” under not_considered.")
    parse_rule_book(content, "theirs.yaml", RuleOrigin.PROJECT)


def test_a_row_without_any_list_owes_the_whole_of_it(repository: Path) -> None:
    content = changed(repository, "lagc-response", lambda rules: rule(rules, 0).pop("not_considered"))
    assert len(complaints(content)) == len(BOOKS["lagc-response"].rule_sets[0].rules[0].not_considered)


def test_what_a_row_asks_for_is_considered_by_it(repository: Path) -> None:
    def ask(rules: Rules) -> None:
        each = rule(rules, 0)
        each["fields"] = {"ebv_dna": {"below": 1500}}
        each["not_considered"].remove("not_considered.ebv_dna")

    parse_rule_book(changed(repository, "npc-residual", ask), "ours.yaml", RuleOrigin.SITE)


@pytest.mark.parametrize("doubt", BOOKS["npc-residual"].rule_sets[0].withhold_when)
def test_the_cautious_set_of_a_site_withholds_where_the_projects_does(repository: Path, doubt: str) -> None:
    content = changed(
        repository, "npc-residual", lambda rules: rules["rule_sets"][0]["withhold_when"].remove(doubt)
    )
    (said,) = complaints(content)
    assert said.startswith("Line ") and f"“cautious” withholds on {doubt} too" in said


def test_the_cautious_set_of_a_site_withholds_where_models_disagree(repository: Path) -> None:
    content = changed(repository, "npc-residual", lambda rules: rule(rules, 1).pop("withhold"))
    (said,) = complaints(content)
    assert "ccrt_alone_reaches may not answer without withhold in “cautious”" in said


@pytest.mark.parametrize(
    ("asks", "passed"),
    [
        ({"ccrt": "non_residual"}, ("models_disagree",)),
        ({}, ("models_disagree",)),
        ({"ccrt": "residual"}, ()),
    ],
)
def test_a_row_that_asks_for_less_answers_where_models_disagree_too(
    asks: dict[str, str], passed: tuple[str, ...]
) -> None:
    own = BOOKS["npc-residual"]
    cautious = own.rule_set("cautious")
    row = cautious.rules[0].model_copy(update={"when": asks, "withhold": None})
    assert doubts_let_pass(cautious.model_copy(update={"rules": (row,)}), own) == passed


def bold(repository: Path, study: str) -> RuleBook:
    """The site's rules with a set of their own beside the two that withholds on no doubt."""

    def add(rules: Rules) -> None:
        published = deepcopy(rules["rule_sets"][1])
        rules["rule_sets"].append({**published, "id": "site_bold"})
        rules["texts"] = OWN_SET

    return parse_rule_book(changed(repository, study, add), "ours.yaml", RuleOrigin.SITE)


def given_by(book: RuleBook, rule_set: str) -> Recommendation:
    scores = (0.1, 0.9) if book.study == "npc-residual" else (0.9,)
    given = recommend(book, rule_set, readings(book, *scores), record_of(book.study))
    assert given.status is RecommendationStatus.GIVEN
    return given


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_set_of_the_sites_own_may_let_doubts_pass_and_says_so(repository: Path, language: str) -> None:
    given = given_by(bold(repository, "npc-residual"), "site_bold")
    (said,) = [one for one in given.statements if one.id == "statement.doubts_let_pass"]
    spoken = load_catalogue(language).render(said)
    wanted = {
        "en": "a score near its cut-off, networks on both sides of the cut-off, "
        "a small change that leads across the cut-off, a scan unlike those the model was trained on, "
        "models that disagree.",
        "zh_CN": "模型结论相互矛盾。",
    }
    assert spoken.endswith(wanted[language]) and "doubt" not in spoken


@pytest.mark.parametrize("study", STUDIES)
def test_every_doubt_of_the_cautious_sets_can_be_named(repository: Path, study: str) -> None:
    given = given_by(bold(repository, study), "site_bold")
    (said,) = [one for one in given.statements if one.id == "statement.doubts_let_pass"]
    named = str(said.fields["doubts"]).split(" | ")
    assert [f"doubt.{doubt}" for doubt in BOOKS[study].rule_sets[0].withhold_when] == [
        name for name in named if name != "doubt.models_disagree"
    ]
    assert all(load_catalogue(language).has(name) for name in named for language in LANGUAGES)


def test_rules_that_let_nothing_pass_say_nothing_of_it(repository: Path) -> None:
    site = parse_rule_book(written(own_text(repository, "gnen-os")), "ours.yaml", RuleOrigin.SITE)
    for book, rule_set in ((site, "cautious"), (BOOKS["gnen-os"], "published")):
        given = given_by(book, rule_set)
        assert "statement.doubts_let_pass" not in [one.id for one in given.statements]

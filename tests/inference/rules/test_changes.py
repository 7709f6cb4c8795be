"""What would change a recommendation is the least that does, and it does."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.clinical.schema import load_form
from inference.messages.catalogue import load_catalogue
from inference.messages.message import Message
from inference.prediction import Fallback
from inference.rules.changes import would_change
from inference.rules.rule_book import FieldCondition, Rule, RuleSet
from tests.inference.rules.study_readings import BOOKS, CUTOFF, STUDIES, readings

FORM = load_form("lagc-response")
DLCS = BOOKS["lagc-response"].readings[0]
NPC = BOOKS["npc-residual"]


def rule(name: str, recommend: str, when: dict[str, str], **fields: FieldCondition) -> Rule:
    return Rule.model_validate(
        {
            "id": name,
            "when": when,
            "fields": fields,
            "recommend": recommend,
            "strength": "option_to_discuss",
            "citation": "here",
        }
    )


def by_stage(*rules: Rule) -> RuleSet:
    return RuleSet(id="cautious", version="1.0.0", rules=rules)


GOOD, POOR = {"dlcs": "good_response"}, {"dlcs": "poor_response"}
STAGED = by_stage(
    rule("good", "nct_surgery", GOOD),
    rule("early", "weigh_upfront", POOR, ct_stage=FieldCondition(allowed=("T1", "T2"))),
    rule("late", "discuss_response", POOR, ct_stage=FieldCondition(allowed=("T3", "T4"))),
)
SIZED = by_stage(
    rule("good", "nct_surgery", GOOD),
    rule("small", "weigh_upfront", POOR, maximum_diameter=FieldCondition(below=5.0)),
    rule("large", "discuss_response", POOR, maximum_diameter=FieldCondition(at_least=5.0)),
)


def changes(rule_set: RuleSet, score: float, values: dict[str, float | str | None]) -> list[str]:
    read = {"dlcs": readings(BOOKS["lagc-response"], score)[0]}
    english = load_catalogue("en")
    found = would_change(rule_set, FORM, read, values)
    return [english.render(message).replace("\u00a0", " ") for message in found]


def test_a_clinical_choice_changes_to_the_nearest_code_that_leads_elsewhere() -> None:
    assert changes(STAGED, 0.2, {"ct_stage": "T4"}) == [
        "Would change to chemotherapy, then surgery if DLCS reached 43 % (now 20 %)",
        "Would change to weighing upfront surgery if cT were T2 (now T4)",
    ]
    assert changes(STAGED, 0.2, {"ct_stage": "T1"})[1:] == [
        "Would change to discussion, chemotherapy as indicated if cT were T3 (now T1)"
    ]


def test_a_clinical_value_that_no_rule_would_read_changes_nothing() -> None:
    assert changes(STAGED, 0.9, {"ct_stage": "T4"}) == [
        "Would change to discussion, chemotherapy as indicated if DLCS fell below 43 % (now 90 %)"
    ]


@pytest.mark.parametrize(
    ("diameter", "said"),
    [
        (4.9, "discussion, chemotherapy as indicated if Maximum diameter were 5 or more (now 4.9)"),
        (5.0, "weighing upfront surgery if Maximum diameter were below 5 (now 5)"),
    ],
)
def test_a_clinical_number_changes_at_the_limit_of_a_rule(diameter: float, said: str) -> None:
    assert changes(SIZED, 0.2, {"maximum_diameter": diameter})[1] == f"Would change to {said}"


def test_where_no_rule_would_apply_the_answer_would_be_withheld() -> None:
    only_early = by_stage(*STAGED.rules[:2])
    assert changes(only_early, 0.2, {"ct_stage": "T1"})[1] == "Would be withheld if cT were T3 (now T1)"


def test_what_no_single_change_does_is_named_together() -> None:
    when = [
        dict(zip(("ccrt", "ic_ccrt"), pair, strict=True))
        for pair in product(("residual", "non_residual"), repeat=2)
    ]
    one_of_four = by_stage(
        *(rule(f"row{k}", "ibt" if k == 0 else "ccrt", each) for k, each in enumerate(when))
    )
    read = dict(zip(("ccrt", "ic_ccrt"), readings(NPC, 0.1, 0.2), strict=True))
    assert would_change(one_of_four, load_form("npc-residual"), read, {}) == (
        Message(
            "rules.would_change.together",
            {"names": "treatment.ccrt | treatment.ic_ccrt", "recommend": "recommend.ibt.short"},
        ),
    )


def test_rules_that_always_say_the_same_would_change_for_nothing() -> None:
    assert (
        changes(by_stage(rule("good", "nct_surgery", GOOD), rule("poor", "nct_surgery", POOR)), 0.2, {}) == []
    )


def test_a_log_hazard_is_no_percentage() -> None:
    book = BOOKS["gnen-os"]
    read = {"combined": readings(book, -0.25, scale="linear_predictor", margin=0.1)[0]}
    found = would_change(book.rule_set("cautious"), load_form("gnen-os"), read, {})
    english = load_catalogue("en")
    assert [english.render(message) for message in found] == [
        "Would change to the high-risk group if Combined model reached 0.43 (now \u22120.25)",
        "Within 0.1 of the cut-off it is withheld (Combined model)",
    ]
    read = {"combined": readings(book, -0.25, scale="linear_predictor", margin=0.0)[0]}
    assert len(would_change(book.rule_set("cautious"), load_form("gnen-os"), read, {})) == 1


@pytest.mark.parametrize("scale", ["probability", "linear_predictor"])
@given(gap=st.sampled_from([1e-1, 1e-3, 1e-5]), sign=st.sampled_from([-1, 1]))
def test_score_and_cut_off_read_apart_as_far_as_decimals_allow(scale: str, gap: float, sign: int) -> None:
    read = {"combined": readings(BOOKS["gnen-os"], CUTOFF + sign * gap, scale=scale)[0]}
    (found,) = would_change(BOOKS["gnen-os"].rule_set("published"), load_form("gnen-os"), read, {})
    assert (found.fields["score"] != found.fields["cutoff"]) == (
        gap > 5e-6 if scale == "probability" else gap > 5e-5
    )


@pytest.mark.parametrize("study", STUDIES)
@given(data=st.data())
def test_the_named_changes_are_the_smallest_and_no_other_single_one_leads_elsewhere(
    study: str, data: st.DataObject
) -> None:
    """Against a twin that tries: just short of the cut-off nothing changes, at it the answer does."""
    book = BOOKS[study]
    rule_set = book.rule_set(data.draw(st.sampled_from(["cautious", "published"])))
    scores = [data.draw(st.floats(0, 1)) for _ in book.readings]
    names = [asked.name for asked in book.readings]

    def recommended(moved: list[float]) -> str | None:
        words = {name: one.word for name, one in zip(names, readings(book, *moved), strict=True)}
        found = rule_set.rule_for(words, {})
        return None if found is None or found[1].withhold else found[1].recommend

    read = dict(zip(names, readings(book, *scores), strict=True))
    said = [
        message
        for message in would_change(rule_set, load_form(study), read, {})
        if "treatment" in message.fields
    ]
    expected = []
    for place, score in enumerate(scores):
        is_positive = score >= CUTOFF
        crossing, short = (
            (math.nextafter(CUTOFF, 0), CUTOFF) if is_positive else (CUTOFF, math.nextafter(CUTOFF, 0))
        )
        before, after = ([*scores[:place], value, *scores[place + 1 :]] for value in (short, crossing))
        assert recommended(before) == recommended(scores)
        if recommended(after) != recommended(scores):
            expected.append((abs(score - CUTOFF), read[names[place]].label, recommended(after)))
    expected.sort(key=lambda each: round(each[0], 9))
    assert [message.fields["treatment"] for message in said] == [label for _, label, _ in expected]
    assert [message.fields.get("recommend") for message in said] == [
        None if then is None else f"recommend.{then}.short" for *_, then in expected
    ]


def test_a_stand_in_is_named_by_its_own_name() -> None:
    read = {"dlcs": readings(BOOKS["lagc-response"], 0.2, fallback=Fallback.IMAGE_ONLY)[0]}
    (found,) = would_change(BOOKS["lagc-response"].rule_set("published"), FORM, read, {})
    assert found.fields["treatment"] == "score.dl_signature"

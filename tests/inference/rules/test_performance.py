"""Predictive values are those of the pack's own evaluation, at its own cut-off, and of no other."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from inference.messages.catalogue import load_catalogue
from inference.packs.load import LoadedPack
from inference.rules.engine import recommend
from inference.rules.performance import PackFacts, pack_facts
from tests.inference.rules.study_readings import BOOKS, readings, record_of


@dataclass
class Entry:
    """A manifest's entry with whatever it is asked for."""

    values: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError as error:
            raise AttributeError(name) from error


@dataclass
class Pack:
    """A pack with one evaluation."""

    document: dict[str, Any]
    positive_class: str = "good_response"
    is_demonstration: bool = False

    @property
    def manifest(self) -> Entry:
        return Entry(
            {
                "is_demonstration": self.is_demonstration,
                "evaluation_files": (
                    Entry({"kind": "json", "file": "evaluation.json"}),
                    Entry({"kind": "pdf", "file": "evaluation.pdf"}),
                ),
                "score_thresholds": (Entry({"score": "dlcs", "value": 0.18}),),
                "scores": (Entry({"name": "dlcs", "positive_class": self.positive_class}),),
            }
        )

    def read(self, file: str) -> bytes:
        assert file == "evaluation.json"
        return json.dumps(self.document).encode()


def cohort(
    name: str, counts: tuple[int, int, int, int], threshold: float = 0.18, model: str = "dlcs"
) -> dict[str, Any]:
    keys = ("true_positives", "false_positives", "false_negatives", "true_negatives")
    at_threshold = {"threshold": threshold, **dict(zip(keys, counts, strict=True))}
    return {"name": name, "models": [{"model": model, "at_threshold": at_threshold}, {"model": "os"}]}


def facts(*cohorts: dict[str, Any], **more: Any) -> PackFacts:
    return pack_facts(Pack({"evaluation": {"cohorts": list(cohorts)}}, **more))  # type: ignore[arg-type]


def english(found: PackFacts, score: str = "dlcs") -> list[str]:
    return [load_catalogue("en").render(each).replace("\u00a0", " ") for each in found.of_score(score)]


def test_both_values_stand_by_cohort_with_wilsons_intervals() -> None:
    found = english(facts(cohort("training", (30, 60, 10, 100)), cohort("external", (49, 110, 11, 95))))
    assert found == [
        "Training cohort of the pack, 40 of 200 patients responded well (20 %): of 90 called “Good "
        "response”, 33 % responded well (95 % CI 24 to 44 %); "
        "of 110 called “Poor response”, 91 % did not (84 to 95 %).",
        "External cohort of the pack, 60 of 265 patients responded well (23 %): of 159 called “Good "
        "response”, 31 % responded well (95 % CI 24 to 38 %); "
        "of 106 called “Poor response”, 90 % did not (82 to 94 %).",
    ]


def test_it_is_said_when_most_patients_are_called_poor_responders() -> None:
    found = english(facts(cohort("training", (30, 60, 10, 100)), cohort("external", (20, 20, 40, 185))))
    assert found[-1] == (
        "In the External cohort only 23 % of the patients responded well, "
        "and “Poor response” was the common answer (85 % of all)."
    )


def test_half_of_the_patients_are_not_most_of_them() -> None:
    (said,) = english(facts(cohort("training", (30, 70, 10, 90))))
    assert "common answer" not in said


def test_a_demonstration_says_that_its_patients_are_synthetic() -> None:
    (said,) = english(facts(cohort("training", (30, 60, 10, 50)), is_demonstration=True))
    assert said.startswith("Training cohort of the pack, 40 of 150 synthetic patients responded well (27 %)")


def test_another_cut_off_than_the_locked_one_says_nothing() -> None:
    assert english(facts(cohort("training", (30, 60, 10, 100), threshold=0.180001))) == []


def test_a_score_that_the_pack_does_not_give_says_nothing() -> None:
    found = facts(cohort("training", (30, 60, 10, 100), model="radiologist"))
    assert found.performance == () and english(found) == []


def test_nobody_called_positive_leaves_no_value_to_tell() -> None:
    assert english(facts(cohort("training", (0, 0, 10, 100)))) == [
        "In the Training cohort only 9 % of the patients responded well, "
        "and “Poor response” was the common answer (100 % of all)."
    ]


@pytest.mark.parametrize("rule_set", ["cautious", "published"])
@pytest.mark.parametrize("score", [0.1, 0.9])
def test_both_rule_sets_show_them_whatever_is_predicted(rule_set: str, score: float) -> None:
    book = BOOKS["lagc-response"]
    known = facts(cohort("training", (30, 60, 10, 100)), cohort("external", (49, 110, 11, 95)))
    given = recommend(book, rule_set, readings(book, score), record_of("lagc-response"), known)
    assert [each.id for each in given.statements].count("statement.predictive_values") == 2


def test_a_pack_without_an_evaluation_has_none(tiny_pack: LoadedPack) -> None:
    assert pack_facts(tiny_pack) == PackFacts(is_demonstration=True)

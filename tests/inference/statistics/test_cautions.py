import re

import pytest

from inference.messages.catalogue import LANGUAGES, load_catalogue
from inference.statistics.cautions import (
    Caution,
    CautionCode,
    CutOrigin,
    flagged,
    judge_cut,
    judge_events,
    judge_folds,
    judge_tests,
)
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.survival.logrank import LogRank

EVERY_CAUTION = [
    judge_events(5, 1),
    judge_events(25, 3),
    judge_tests(20),
    judge_cut(0.37, CutOrigin.SAME_DATA),
    judge_folds(5),
]


def code(caution: Caution | None) -> CautionCode | None:
    return None if caution is None else caution.code


@pytest.mark.parametrize(
    ("events", "columns", "expected"),
    [
        (9, 0, CautionCode.FEW_EVENTS),
        (10, 1, None),
        (29, 3, CautionCode.FEW_EVENTS_PER_VARIABLE),
        (30, 3, None),
        (0, 3, CautionCode.FEW_EVENTS),
        (50, 0, None),
    ],
)
def test_ten_events_per_variable_are_asked_for(
    events: int, columns: int, expected: CautionCode | None
) -> None:
    assert code(judge_events(events, columns)) is expected


def test_the_number_of_events_per_variable_is_told() -> None:
    caution = judge_events(25, 3)
    assert caution is not None
    assert caution.fields == {"events": 25, "variables": 3, "ratio": 8.3, "least": 10}


@pytest.mark.parametrize(("tests", "expected"), [(0, None), (1, None), (2, CautionCode.SEVERAL_TESTS)])
def test_one_test_alone_needs_no_caution(tests: int, expected: CautionCode | None) -> None:
    assert code(judge_tests(tests)) is expected


@pytest.mark.parametrize("origin", list(CutOrigin))
def test_only_a_cut_of_the_same_data_is_cautioned(origin: CutOrigin) -> None:
    assert (judge_cut(0.5, origin) is not None) is (origin is CutOrigin.SAME_DATA)


@pytest.mark.parametrize(("folds", "expected"), [(1, None), (5, CautionCode.DEPENDENT_FOLD_SCORES)])
def test_only_pooled_folds_are_cautioned(folds: int, expected: CautionCode | None) -> None:
    assert code(judge_folds(folds)) is expected


def test_a_flag_is_added_once_and_others_stay() -> None:
    caution = judge_cut(0.5, CutOrigin.SAME_DATA)
    once = flagged(Estimate(2.0, 0.1, flags=("few_events",)), caution, None, judge_folds(1))
    assert once == Estimate(2.0, 0.1, flags=("few_events", "cut_chosen_on_same_data"))
    assert flagged(once, caution) == once


def test_a_log_rank_test_of_groups_cut_on_the_same_data_is_flagged() -> None:
    test = LogRank(("high", "low"), (5, 5), (3.0, 1.0), (2.0, 2.0), 4.2, 1, 0.04)
    result = flagged(test, judge_cut(0.5, CutOrigin.SAME_DATA), judge_folds(5))
    assert isinstance(result, LogRank)
    assert result.flags == ("cut_chosen_on_same_data", "dependent_fold_scores")


def test_what_is_not_estimable_carries_no_flag() -> None:
    reason = NotEstimable(Reason.NO_EVENTS)
    assert flagged(reason, judge_folds(5)) is reason


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_caution_has_a_sentence_that_names_all_its_fields(language: str) -> None:
    catalogue = load_catalogue(language)
    seen = set()
    for caution in EVERY_CAUTION:
        assert caution is not None
        template = catalogue.template(caution.message.id)
        assert set(re.findall(r"\{(\w+)\}", template)) == set(caution.fields)
        assert "{" not in catalogue.render(caution.message)
        seen.add(caution.code)
    assert seen == set(CautionCode)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_caution_of_a_number_has_its_flag(language: str) -> None:
    for one in set(CautionCode) - {CautionCode.SEVERAL_TESTS}:
        assert load_catalogue(language).has(f"statistics.flag.{one.value}")

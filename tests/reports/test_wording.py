"""Numbers and names read the same everywhere and never belie the verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.assessment import ClinicalEntry, MaskSummary
from inference.messages.catalogue import Catalogue
from inference.messages.message import Message
from inference.prediction import Prediction, PredictionStatus
from reports import wording
from reports.prediction_wording import (
    cutoff_text,
    fold_range,
    is_unfavourable,
    outcome_and_direction,
    prediction_name,
    score_text,
    status_word,
    verdict_word,
)
from tests.reports.assessments import CLINICAL, PHANTOM, prediction, silent, withheld


@pytest.mark.parametrize(
    ("value", "shown"), [(0.182, "18"), (0.0, "0"), (1.0, "100"), (0.004, "<1"), (0.9951, ">99"), (0.5, "50")]
)
def test_a_percentage_is_rounded_but_never_to_certainty(value: float, shown: str) -> None:
    assert wording.percent_figure(value) == shown


@given(score=st.floats(0, 1), cutoff=st.floats(0.01, 0.99))
def test_a_score_below_its_cutoff_never_reads_as_having_reached_it(score: float, cutoff: float) -> None:
    decimals = wording.decimals_apart(score, cutoff)
    shown, limit = (wording.percent_figure(value, decimals).strip("<>") for value in (score, cutoff))
    assert (float(shown) <= float(limit)) if score < cutoff else (float(shown) >= float(limit))
    if abs(score - cutoff) > 1e-4:
        assert wording.percent_figure(score, decimals) != wording.percent_figure(cutoff, decimals)


def test_a_score_on_its_cutoff_needs_no_decimals_to_tell_them_apart(english: Catalogue) -> None:
    assert score_text(replace(prediction("ccrt"), score=0.5, cutoff=0.5), english) == "50 %"


def test_a_score_just_below_its_cutoff_is_given_more_decimals(english: Catalogue) -> None:
    close = replace(prediction("ccrt"), score=0.4968, cutoff=0.5)
    assert score_text(close, english) == "49.7 %"
    assert cutoff_text(close, english) == "50.0 %"


def test_range_and_number_of_folds_stand_together(english: Catalogue, chinese: Catalogue) -> None:
    assert fold_range(prediction("ccrt"), english) == "9–30 % · 5 folds"
    assert fold_range(prediction("ccrt"), chinese) == "9%–30% · 5 折"


def test_one_fold_claims_no_range(english: Catalogue) -> None:
    single = replace(prediction("ccrt"), fold_scores=(0.18,), low=0.18, high=0.18)
    assert fold_range(single, english) == "one network, no range"


@pytest.mark.parametrize(
    ("higher_is", "sentence"), [("worse", "Higher is worse."), ("better", "Higher is better.")]
)
def test_which_way_is_worse_is_said_as_the_pack_says_it(
    higher_is: Literal["worse", "better"], sentence: str, english: Catalogue
) -> None:
    assert outcome_and_direction(replace(prediction("ccrt"), higher_is=higher_is), english).endswith(sentence)


@pytest.mark.parametrize("status", [PredictionStatus.WITHHELD, PredictionStatus.NOT_ESTIMABLE])
def test_without_an_answer_there_is_a_word_and_no_number(
    status: PredictionStatus, english: Catalogue
) -> None:
    each = silent("ccrt", status)
    texts = (
        score_text(each, english),
        verdict_word(each, english),
        fold_range(each, english),
    )
    assert not any(character.isdigit() for character in "".join(texts))
    assert texts[0] == status_word(each, english) != ""


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("PHANTOM^NPC-0042", "PHANTOM^NPC-0042"),
        ("Wang^Xiaodong=王^晓东", "Wang, Xiaodong (王晓东)"),
        ("王^晓东", "王晓东"),
        ("Müller^Anna^Maria^Dr.", "Müller, Anna Maria Dr."),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou (山田太郎, やまだたろう)"),
        ("SINGLE", "SINGLE"),
        ("", ""),
    ],
)
def test_a_dicom_name_reads_as_people_write_it(written: str, shown: str) -> None:
    assert wording.person_name(written) == shown


def test_a_moment_names_its_time_zone() -> None:
    assert wording.moment(datetime(2026, 11, 21, 9, 41, tzinfo=UTC)) == "2026-11-21 09:41 UTC"
    beijing = timezone(timedelta(hours=8))
    assert wording.moment(datetime(2026, 11, 21, 9, 41, tzinfo=beijing)) == "2026-11-21 09:41 UTC+08:00"


def test_a_clinical_value_carries_its_unit_and_a_missing_one_its_reason(english: Catalogue) -> None:
    values = {entry.field_id: wording.clinical_value(entry, english) for entry in CLINICAL}
    assert values["age"] == "52\u00a0years"
    assert values["sex"] == english.text("clinical.sex.male")
    assert values["ebv_dna"] == "not recorded"
    high = ClinicalEntry("ebv_dna", "125000.0", "[copies]/mL", "typed")
    assert wording.clinical_value(high, english) == "125,000\u00a0copies/ml"


def test_every_reason_is_told_once() -> None:
    first, second = Message("rules.withheld.implausible"), Message("rules.withheld.no_tumour")
    assessment = withheld(first, second)
    assert wording.all_reasons(assessment) == (first, second)


def test_slices_are_counted_from_one(english: Catalogue) -> None:
    assert wording.slice_label(0, 28, english) == "slice 1 / 28"


def test_the_identity_line_leaves_out_what_is_unknown(english: Catalogue) -> None:
    assert wording.identity_line(PHANTOM, english) == "PHANTOM^NPC-0042 · ID 000042 · 1974-05-02 · male"
    assert wording.identity_line(replace(PHANTOM, sex="", birth_date=""), english).endswith("ID 000042")


@pytest.mark.parametrize(("origin", "is_said"), [("model", True), ("imported", True), ("human", False)])
def test_only_a_mask_that_another_made_is_called_edited(
    origin: str, is_said: bool, english: Catalogue
) -> None:
    mask = MaskSummary(origin, "", True, 31.4, 9, 18, 14, (46.2, 31.0, 50.0))
    assert (english.text("report.mask.edited") in wording.mask_text(mask, english)) is is_said


def by_a_model(**changes: object) -> Prediction:
    """A log hazard of a Cox model: no folds, no percentage."""
    of_two = prediction("ccrt")
    plain = replace(
        of_two,
        treatment="",
        model="combined",
        positive_class="death",
        scale="linear_predictor",
        score=-1.2341,
        cutoff=-1.2343,
        fold_scores=(),
        low=None,
        high=None,
        is_positive=True,
        slices=(),
        slice_shares=(),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_score_that_is_no_probability_is_a_number_told_from_its_cutoff(english: Catalogue) -> None:
    hazard = by_a_model()
    assert score_text(hazard, english) == "\u22121.2341"
    assert cutoff_text(hazard, english) == "\u22121.2343"
    assert fold_range(hazard, english) == ""
    assert prediction_name(hazard, english) == "Combined model"
    assert cutoff_text(by_a_model(cutoff=None, is_positive=None), english) == ""


@pytest.mark.parametrize(("higher_is", "positive", "bad"), [("worse", True, True), ("better", True, False)])
def test_what_is_unfavourable_depends_on_the_direction(higher_is: str, positive: bool, bad: bool) -> None:
    assert is_unfavourable(by_a_model(higher_is=higher_is, is_positive=positive)) is bad
    assert is_unfavourable(by_a_model(higher_is=higher_is, is_positive=not positive)) is not bad


def test_sentences_follow_each_other_with_a_space_but_not_in_chinese() -> None:
    assert wording.sentences(["One.", "Two."]) == "One. Two."
    assert wording.sentences(["一？", "二。", "三。"]) == "一？二。三。"

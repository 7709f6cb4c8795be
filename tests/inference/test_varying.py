"""What is left of an answer after small changes of its inputs: numbers with it, or nothing at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inference.assessment import RecommendationStatus
from inference.case_input import CaseInput
from inference.jobs import Cancelled
from inference.packs.load import LoadedPack
from inference.pipeline import assess
from inference.prediction import PredictionStatus
from inference.varying import vary
from tests.inference.packs.study_manifests import threshold
from tests.inference.predictors.study_cases import record
from tests.inference.predictors.test_study_answer import LAGC, pack_of, scan_of
from tests.inference.synthetic_case import case, mask_layer

COUNT = {"ccrt": 4, "ic_ccrt": 4}


def test_every_treatment_is_scored_anew_under_each_outline(tiny_pack: LoadedPack) -> None:
    given = case(mask=mask_layer())
    before = assess(given, tiny_pack, rule_set="published")
    after = vary(before, given, tiny_pack)
    predictions = after.assessment.predictions
    assert {one.treatment: len(one.variations) for one in predictions} == COUNT
    assert all(one.kind == "outline" for prediction in predictions for one in prediction.variations)
    same = replace(after.assessment, predictions=before.assessment.predictions)
    assert same == before.assessment
    assert after.assessment.content_sha256() == vary(before, given, tiny_pack).assessment.content_sha256()


def test_the_case_s_own_mask_stays_as_it_was(tiny_pack: LoadedPack) -> None:
    given = case(mask=mask_layer())
    assert given.mask is not None
    sha = given.mask.sha256()
    after = vary(assess(given, tiny_pack, rule_set="published"), given, tiny_pack)
    assert after.mask is not None and after.mask.sha256() == sha == given.mask.sha256()


def test_a_withheld_answer_is_not_varied(tiny_pack: LoadedPack) -> None:
    given = case(modality="CT", mask=mask_layer())
    withheld = assess(given, tiny_pack)
    assert vary(withheld, given, tiny_pack) is withheld


def cut_within_a_tenth(made: dict[str, Any]) -> None:
    """6 cm count as small, 6.6 cm as large; the cut-off lies between the scores of both."""
    for model in made["linear_models"]:
        for term in model["terms"]:
            if term["kind"] == "cut":
                term.update(cut=6.2)
    made["score_thresholds"] = [threshold("dlcs", 0.6)]


@pytest.fixture(scope="module")
def crossing() -> tuple[LoadedPack, CaseInput]:
    pack = pack_of("lagc-response", change=cut_within_a_tenth)
    return pack, scan_of("portal_venous", record("lagc-response", **LAGC))


def test_a_slightly_other_number_that_crosses_makes_the_answer_borderline(
    crossing: tuple[LoadedPack, CaseInput],
) -> None:
    pack, given = crossing
    before = assess(given, pack, rule_set="published")
    assert not before.assessment.predictions[0].is_borderline
    after = vary(before, given, pack).assessment
    crossed = [one for one in after.predictions[0].variations if one.crosses]
    assert [one.kind for one in crossed] == ["number"]
    assert after.predictions[0].is_borderline
    assert after.recommendation == before.assessment.recommendation


def test_the_cautious_rules_then_withhold_and_hide_the_score(crossing: tuple[LoadedPack, CaseInput]) -> None:
    pack, given = crossing
    before = assess(given, pack, rule_set="cautious")
    assert before.assessment.is_answered
    after = vary(before, given, pack).assessment
    assert after.recommendation.status is RecommendationStatus.WITHHELD
    assert [reason.id for reason in after.recommendation.reasons] == ["rules.withheld.sensitivity_crossed"]
    assert [(one.status, one.score) for one in after.predictions] == [(PredictionStatus.WITHHELD, None)]


def test_it_stops_when_asked(tiny_pack: LoadedPack) -> None:
    given = case(mask=mask_layer())
    before = assess(given, tiny_pack, rule_set="published")
    with pytest.raises(Cancelled):
        vary(before, given, tiny_pack, should_stop=lambda: True)

"""A study's pack at the board: which score answers, what stands beside it, what is said when none does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from inference.assessment import Assessment, RecommendationStatus
from inference.case_input import CaseInput, ScanInput, StatedFacts
from inference.clinical.record import ClinicalRecord
from inference.errors import InputError
from inference.messages.catalogue import load_catalogue
from inference.packs.load import LoadedPack
from inference.pathways.pathway import load_pathway
from inference.pipeline import assess, can_segment, segment
from inference.prediction import (
    Fallback,
    Part,
    Prediction,
    PredictionStatus,
    SurvivalEstimate,
    SurvivalPoint,
)
from inference.predictors.study_answer import answer_study, phase_scans
from tests.inference.packs.study_manifests import threshold, unsure
from tests.inference.predictors.study_cases import document, opened, record, scan
from tests.inference.synthetic_case import PATIENT, case, mask_layer

POSITIVE = {
    "lagc-response": "good_response",
    "gc-recurrence": "relapse",
    "pnen-recurrence": "recurrence",
    "gnen-os": "death",
}
ANY_LENGTH = {"minimum": 0.1, "maximum": 600.0}


def pack_of(
    study: str,
    *,
    without_cutoff: tuple[str, ...] = ("overall_survival",),
    change: Callable[[dict[str, Any]], None] = lambda _: None,
) -> LoadedPack:
    """The study's hand-made pack, for small scans too, with a cut-off for every score but some."""
    made = document(study)
    change(made)
    lengths = ("pixel_spacing_mm", "slice_spacing_mm", "slice_thickness_mm", "field_of_view_mm")
    for one in made["scores"]:
        one["positive_class"] = "death" if one["name"] == "overall_survival" else POSITIVE[study]
    known = {one["score"] for one in made["score_thresholds"]}
    made["score_thresholds"] += [
        threshold(one["name"], 0.4)
        for one in made["scores"]
        if one["name"] not in known and one["name"] not in without_cutoff
    ]
    made.pop("reference", None)
    made.pop("evaluation_files", None)
    made["inputs"] |= dict.fromkeys(lengths, ANY_LENGTH) | {"minimum_slices": 2}
    return opened(made)


def scan_of(
    phase: str, clinical: ClinicalRecord, *, marked: bool = True, brightness: float = 100
) -> CaseInput:
    """A phantom's CT scan of one phase as the only scan of a case."""
    read = scan(brightness)
    made = case(geometry=read.volume.geometry, modality="CT", body_part="ABDOMEN", clinical=clinical)
    return CaseInput(
        made.stack,
        read.volume,
        clinical,
        mask_layer(read.mask, read.volume.geometry) if marked else None,
        StatedFacts(phase=phase, contrast_enhanced=True),
    )


def of_two(clinical: ClinicalRecord, *, venous_marked: bool = True) -> CaseInput:
    first = scan_of("arterial", clinical)
    other = scan_of("portal_venous", clinical, marked=venous_marked, brightness=140)
    return replace(first, further={"venous": ScanInput(other.stack, other.volume, other.mask, other.stated)})


GNEN = {"ki67": 30, "m_stage": "M1", "long_diameter": 40}
LAGC = {"maximum_diameter": 6, "borrmann": "III"}


def shown(predictions: tuple[Prediction, ...]) -> list[tuple[str, Part, Fallback]]:
    return [(one.model, one.part, one.fallback) for one in predictions]


def test_the_main_score_answers_and_the_others_stand_beside() -> None:
    found = answer_study(scan_of("portal_venous", record("lagc-response", **LAGC)), pack_of("lagc-response"))
    assert [reading.name for reading in found.readings] == ["dlcs"]
    assert shown(found.predictions) == [
        ("dlcs", Part.ANSWER, Fallback.NONE),
        ("dl_signature", Part.BESIDE, Fallback.NONE),
        ("clinical_signature", Part.BESIDE, Fallback.NONE),
        ("overall_survival", Part.BESIDE, Fallback.NONE),
    ]
    survival = found.predictions[-1]
    assert survival.scale == "linear_predictor" and survival.outcome == "death"
    falls = [point.probability for point in survival.survival]
    assert falls == sorted(falls, reverse=True) and len(falls) > 1


def test_survival_has_its_interval_at_the_times_for_which_the_pack_says_how_sure_it_is() -> None:
    given = scan_of("portal_venous", record("lagc-response", **LAGC))
    plain = answer_study(given, pack_of("lagc-response")).predictions[-1].survival
    told = answer_study(given, pack_of("lagc-response", change=unsure)).predictions[-1].survival
    assert not any(isinstance(point, SurvivalEstimate) for point in plain)
    assert [type(point) for point in told] == [SurvivalEstimate, SurvivalPoint, SurvivalEstimate]
    assert [point.probability for point in told] == [point.probability for point in plain]
    for point in told:
        if isinstance(point, SurvivalEstimate):
            assert 0 < point.low < point.probability < point.high < 1


def test_what_each_term_adds_makes_up_the_log_odds_but_for_the_intercept() -> None:
    pack = pack_of("lagc-response")
    found = answer_study(scan_of("portal_venous", record("lagc-response", **LAGC)), pack)
    answer = found.predictions[0]
    model = next(one for one in pack.manifest.linear_models if one.name == "dlcs")
    assert answer.score is not None and model.intercept is not None
    total = sum(one.amount for one in answer.contributions) + model.intercept
    assert total == pytest.approx(np.log(answer.score / (1 - answer.score)))


def test_without_a_clinical_value_the_image_answers_and_says_what_is_missing() -> None:
    found = answer_study(scan_of("portal_venous", record("lagc-response")), pack_of("lagc-response"))
    answer = found.predictions[0]
    assert (answer.model, answer.fallback) == ("dl_signature", Fallback.IMAGE_ONLY)
    assert answer.missing == ("clinical.maximum_diameter",)
    assert found.readings[0].fallback is Fallback.IMAGE_ONLY


@pytest.mark.parametrize(
    ("marked", "missing"), [(False, "input.portal_venous.mask"), (True, "")], ids=["no mask", "mask"]
)
def test_a_scan_without_a_mask_is_not_called_a_missing_scan(marked: bool, missing: str) -> None:
    given = scan_of("portal_venous", record("lagc-response", **LAGC), marked=marked)
    answer = answer_study(given, pack_of("lagc-response")).predictions[0]
    assert "".join(answer.missing) == missing
    assert answer.fallback is (Fallback.NONE if marked else Fallback.CLINICAL_ONLY)


def test_nothing_is_answered_without_the_values_that_must_come_first() -> None:
    found = answer_study(scan_of("portal_venous", record("gc-recurrence")), pack_of("gc-recurrence"))
    assert not found.readings and not found.predictions
    text = load_catalogue("en").render(found.reasons[0])
    assert "pTNM" in text


def test_each_scan_feeds_its_phase_and_a_missing_one_is_named() -> None:
    pack, clinical = pack_of("gnen-os"), record("gnen-os", **GNEN)
    whole = answer_study(of_two(clinical), pack)
    assert set(whole.prediction.features) == {"arterial", "portal_venous"}
    assert whole.readings[0].name == "combined"
    one_alone = answer_study(scan_of("arterial", clinical), pack)
    assert not one_alone.readings
    assert "venous CT" in load_catalogue("en").render(one_alone.reasons[0])
    unmarked = answer_study(of_two(clinical, venous_marked=False), pack)
    assert "tumour mask on the venous CT" in load_catalogue("en").render(unmarked.reasons[0])


def test_the_first_scan_s_box_counts_in_every_phase_where_a_cuboid_is_marked() -> None:
    given = of_two(record("pnen-recurrence"), venous_marked=False)
    scans = phase_scans(given, load_pathway("pnen-recurrence"))
    assert given.mask is not None
    hits = np.argwhere(given.mask.voxels)
    box = np.argwhere(scans["portal_venous"].mask)
    assert (hits.min(axis=0) == box.min(axis=0)).all() and (hits.max(axis=0) == box.max(axis=0)).all()


def test_a_clinical_change_runs_no_network_again() -> None:
    pack = pack_of("gnen-os")
    assess(of_two(record("gnen-os", **GNEN)), pack)
    networks = [pack.network(entry) for entry in pack.manifest.networks]
    before = [network.runs for network in networks]  # type: ignore[attr-defined]
    assess(of_two(record("gnen-os", **(GNEN | {"ki67": 70}))), pack)
    assert [network.runs for network in networks] == before  # type: ignore[attr-defined]


def answered(given: CaseInput, pack: LoadedPack, **more: Any) -> Assessment:
    return assess(given, pack, **more).assessment


def test_a_case_of_two_scans_goes_through_the_house() -> None:
    pack = pack_of("gnen-os")
    clinical = record("gnen-os", **GNEN, previous_treatment="no", other_malignancy="no")
    made = answered(of_two(clinical), pack, rule_set="published")
    assert made.recommendation.status is RecommendationStatus.GIVEN
    assert made.predictions[0].status is PredictionStatus.ANSWERED
    assert {line.scan for line in made.guard} == {"", "venous"}
    assert [mask.scan for mask in made.further_masks] == ["venous"]
    assert made.content_sha256() == answered(of_two(clinical), pack, rule_set="published").content_sha256()


def test_exchanged_phases_are_refused_and_no_score_is_told() -> None:
    clinical = record("gnen-os", **GNEN)
    given = of_two(clinical)
    late = scan_of("portal_venous", clinical)
    exchanged = replace(given, stated=late.stated)
    made = answered(exchanged, pack_of("gnen-os"), rule_set="published")
    assert made.recommendation.status is RecommendationStatus.WITHHELD
    assert [one.score for one in made.predictions] == [None]


def test_where_nothing_can_be_computed_it_is_not_estimable_and_says_why() -> None:
    made = answered(scan_of("arterial", record("gnen-os")), pack_of("gnen-os"), rule_set="published")
    (only,) = made.predictions
    assert only.status is PredictionStatus.NOT_ESTIMABLE and only.model == "combined"
    assert only.reasons == made.recommendation.reasons


def test_a_pack_without_a_segmenter_proposes_no_mask() -> None:
    pack = pack_of("gnen-os")
    assert not can_segment(pack)
    with pytest.raises(InputError) as caught:
        segment(scan_of("arterial", record("gnen-os")), pack)
    assert caught.value.message.id == "error.pack.no_segmenter"


def test_a_patient_gets_no_answer_of_a_demonstration() -> None:
    made = of_two(record("gnen-os", **GNEN))
    given = replace(made, stack=replace(made.stack, identity=PATIENT))
    told = answered(given, pack_of("gnen-os"), rule_set="published")
    assert told.recommendation.status is RecommendationStatus.WITHHELD
    assert "rules.withheld.demonstration" in {reason.id for reason in told.recommendation.reasons}


def test_a_score_without_a_cut_off_is_no_answer() -> None:
    pack = pack_of("lagc-response", without_cutoff=("overall_survival", "dl_signature"))
    found = answer_study(scan_of("portal_venous", record("lagc-response")), pack)
    assert [reason.id for reason in found.reasons] == ["rules.withheld.no_cutoff"]
    assert not found.readings and not found.predictions

"""What one small change does to the answer, and that a change that leaves nothing to score is said."""

from __future__ import annotations

import numpy as np
import pytest

from inference.errors import Cancelled
from inference.jobs import Progress
from inference.messages.catalogue import LANGUAGES, load_catalogue
from inference.predictors.feature_cache import FeatureCache
from inference.predictors.phase_input import PhaseScan
from inference.predictors.sensitivity import sensitivity
from inference.predictors.study_prediction import predict
from tests.inference.predictors.study_cases import (
    FakeNetwork,
    document,
    opened,
    record,
    scan,
    staged_recurrence,
)

WHOLE = {"maximum_diameter": 6, "borrmann": "III"}


def tried(made, scans, given, **more):
    pack = opened(made, more.pop("networks", None))
    return sensitivity(pack, scans, given, predict(pack, scans, given), **more)


def lagc(cutoff, **values):
    made = document("lagc-response")
    for model in made["linear_models"]:
        for term in model["terms"]:
            if term["kind"] == "cut":
                term.update(cut=6.2)
    made["score_thresholds"] = [
        {"score": "dlcs", "value": cutoff, "locked_on": "a cohort", "method": "Youden"}
    ]
    return tried(made, {"portal_venous": scan()}, record("lagc-response", **(values or WHOLE)))


def test_masks_and_every_value_that_the_score_reads_are_varied():
    found = lagc(0.5)
    assert found.score == "dlcs"
    masks = ["mask_grown", "mask_shrunk", "mask_up", "mask_down"]
    assert [one.kind for one in found.variations] == [*masks, "clinical", "clinical"]
    clinical = [one for one in found.variations if one.kind == "clinical"]
    assert [(one.field, one.value) for one in clinical] == [
        ("maximum_diameter", pytest.approx(5.4)),
        ("maximum_diameter", pytest.approx(6.6)),
    ]


def test_a_change_that_crosses_the_cutoff_makes_the_result_borderline():
    score = lagc(0.5).value
    wider = lagc(0.5).variations[-1].score
    assert wider < score
    crossing = lagc((score + wider) / 2)
    assert [one.crosses for one in crossing.variations] == [False] * 5 + [True]
    assert crossing.is_borderline and not lagc(wider / 2).is_borderline


def test_choices_take_every_other_allowed_value_and_numbers_stay_in_their_range():
    made = document("gnen-os")
    terms = made["linear_models"][0]["terms"]
    terms[2]["field"] = "ki67"
    terms.append({"kind": "level", "field": "location", "levels": ["body"], "coefficient": 0.1})
    scans = {"arterial": scan(), "portal_venous": scan()}
    given = record("gnen-os", m_stage="M0", ki67=95, location="antrum")
    found = tried(made, scans, given)
    clinical = [(one.field, one.value) for one in found.variations if one.kind == "clinical"]
    others = [("location", name) for name in ("cardia_fundus", "body", "two_thirds_or_more")]
    numbers = [("ki67", pytest.approx(85.5)), ("ki67", 100.0)]
    assert clinical == [*numbers, *others, ("m_stage", "M1")]


def by_age():
    made = document("gnen-os")
    made["linear_models"][0]["terms"][2]["field"] = "age"
    return made


def test_a_value_that_the_form_counts_in_whole_numbers_stays_whole():
    scans = {"arterial": scan(), "portal_venous": scan()}
    found = tried(by_age(), scans, record("gnen-os", m_stage="M0", age=61))
    assert [one.value for one in found.variations if one.field == "age"] == [55.0, 67.0]


def thinly_marked():
    whole = scan()
    mask = np.zeros_like(whole.mask)
    mask[3, 12:15, 20:28] = True
    return PhaseScan(whole.volume, mask)


def test_a_change_that_empties_the_mask_of_one_scan_leaves_nothing_to_score():
    scans = {"arterial": thinly_marked(), "portal_venous": scan()}
    found = tried(by_age(), scans, record("gnen-os", m_stage="M0", age=61))
    by_change = {one.kind: one.score for one in found.variations}
    assert by_change["mask_shrunk"] is None is not by_change["mask_grown"]


def test_a_mask_that_is_emptied_and_a_value_that_asks_for_another_are_not_possible():
    read = {"kind": "score", "score": "dls", "scaling": {"centre": 0.0, "scale": 1.0}, "coefficient": 1.0}
    made = staged_recurrence("dlfs", read)
    given = record("gc-recurrence", preoperative_chemotherapy="no", ptnm_stage="II")
    found = tried(made, {"portal_venous": thinly_marked()}, given)
    by_change = {(one.kind, one.value): one for one in found.variations}
    assert by_change["mask_shrunk", None].score is None is not by_change["mask_grown", None].score
    assert by_change["clinical", "yes"].score is None
    assert by_change["clinical", "III"].score > by_change["clinical", "I"].score == found.value
    assert not any(one.crosses for one in found.variations)


def test_only_the_phases_that_the_score_reads_are_looked_at_again():
    looks: list[int] = []

    def embed(given):
        looks.append(len(given))
        return {"embedding": np.zeros((len(given), 6), np.float32)}

    networks = {f"networks/{fold}.onnx": FakeNetwork(embed) for fold in range(3)}
    pack, given = opened(document("pnen-recurrence"), networks), record("pnen-recurrence")
    scans, cache = {"arterial": scan(), "portal_venous": scan()}, FeatureCache()
    found = predict(pack, scans, given, cache=cache)
    looks.clear()
    tried = sensitivity(pack, scans, given, found, cache=cache)
    # Every fold looks at each of the four masks once, at the grown one's twelve pictures in two batches.
    assert len(looks) == 3 * 5 and len(tried.variations) == 4
    sensitivity(pack, scans, given, found, cache=cache)
    assert len(looks) == 3 * 5


def test_progress_is_told_and_a_stop_is_obeyed():
    told: list[Progress] = []
    made, scans = document("pnen-recurrence"), {"arterial": scan()}
    tried(made, scans, record("pnen-recurrence"), on_progress=told.append)
    assert [(one.done, one.total, one.stage) for one in told] == [
        (k, 4, "stage.varying") for k in range(1, 5)
    ]
    stops = iter([False] * 5 + [True] * 99)
    with pytest.raises(Cancelled):
        tried(made, scans, record("pnen-recurrence"), should_stop=lambda: next(stops))


def test_without_an_answer_there_is_nothing_to_vary():
    assert tried(document("lagc-response"), {}, record("lagc-response")) is None


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_change_can_be_said(language):
    catalogue = load_catalogue(language)
    for one in lagc(0.5).variations:
        text = catalogue.render(one.change)
        assert "⟦" not in text and "{" not in text
        if one.field == "maximum_diameter":
            assert catalogue.text("report.unit.cm") in text

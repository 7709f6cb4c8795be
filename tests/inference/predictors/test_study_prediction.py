"""Which score answers, what it lacks, and that no network runs twice on what it has seen."""

from __future__ import annotations

import numpy as np
import pytest

from inference.errors import Cancelled, InputError, PackError
from inference.jobs import Progress
from inference.predictors.feature_cache import FeatureCache, FeatureKey
from inference.predictors.phase_input import PhaseScan
from inference.predictors.study_prediction import predict
from tests.inference.predictors.study_cases import classifier, document, encoder, opened, record, scan

WHOLE = {"maximum_diameter": 6, "borrmann": "III"}


def lagc(scans=True, pack=None, **values):
    given = {"portal_venous": scan()} if scans else {}
    return predict(pack or opened(document("lagc-response")), given, record("lagc-response", **values))


def test_the_fused_score_answers_when_nothing_is_missing():
    found = lagc(**WHOLE)
    assert found.answer.score == "dlcs" and found.answer.fallback is None
    assert found.answering.value is not None and found.main is found.answering
    assert [one.name for one in found.beside] == ["overall_survival"]


@pytest.mark.parametrize(
    ("scans", "values", "answer"),
    [
        (True, {"borrmann": "III"}, ("dl_signature", "image_only")),
        (False, WHOLE, ("clinical_signature", "clinical_only")),
        (False, {}, None),
    ],
    ids=["no diameter", "no scan", "neither"],
)
def test_what_is_missing_decides_which_score_answers_and_is_said(scans, values, answer):
    found = lagc(scans, **values)
    assert (found.answer and (found.answer.score, found.answer.fallback)) == answer
    assert found.main.value is None
    assert bool(found.main.missing_fields) is (values != WHOLE)
    assert bool(found.main.missing_phases) is not scans


def test_before_the_stage_is_known_no_network_runs():
    network = classifier(0.7)
    pack = opened(document("gc-recurrence"), {f"networks/{fold}.onnx": network for fold in range(5)})
    unknown = predict(pack, {"portal_venous": scan()}, record("gc-recurrence", age=60))
    assert unknown.answer is None and network.runs == 0 and not unknown.heat_maps
    assert "ptnm_stage" in unknown.main.missing_fields
    staged = record("gc-recurrence", preoperative_chemotherapy="no", ptnm_stage="II")
    known = predict(pack, {"portal_venous": scan()}, staged)
    assert known.answering.value == pytest.approx(0.7) and network.runs == 5
    assert known.answer.fallback == "image_only"


def test_heat_maps_lie_on_the_slices_of_the_volume_and_share_one_scale():
    staged = record("gc-recurrence", preoperative_chemotherapy="no", ptnm_stage="II")
    (heat,) = predict(opened(document("gc-recurrence")), {"portal_venous": scan()}, staged).heat_maps
    assert heat.treatment == "dls" and heat.slices == (2, 3, 4, 5)
    peaks = heat.values.max(axis=(1, 2))
    assert (np.diff(peaks) > 0).all() and peaks[-1] > 0.7
    inside = heat.geometry.lps_to_index([(4.0, -3.0, 6.0)])[0]
    assert 0 < inside[1] < heat.geometry.shape[1] and 0 < inside[2] < heat.geometry.shape[2]


def test_one_look_at_three_slices_gives_them_one_map():
    (heat,) = lagc(**WHOLE).heat_maps
    assert heat.slices == (1, 2, 3) and (heat.values[0] == heat.values[2]).all()


def test_the_larger_cluster_of_slices_speaks_for_the_patient():
    odd = scan()
    voxels = odd.volume.voxels.copy()
    voxels[2][odd.mask[2]] = -100
    own = PhaseScan(type(odd.volume)(voxels, 1.0, 0.0, odd.volume.geometry), odd.mask)
    means = []
    for each in (own, scan()):
        pack = opened(document("pnen-recurrence"))
        found = predict(pack, {"arterial": each}, record("pnen-recurrence"))
        means.append(found.features["arterial"].embeddings[0][0])
    assert means[0] == pytest.approx(means[1], rel=0.05)


def test_a_pack_that_clusters_in_another_way_is_refused():
    made = document("pnen-recurrence")
    made["aggregation"]["clusters"] = 3
    with pytest.raises(PackError) as caught:
        predict(opened(made), {"arterial": scan()}, record("pnen-recurrence"))
    assert caught.value.message.id == "error.pack.aggregation"


def test_a_second_run_after_a_clinical_change_asks_no_network():
    network, cache = encoder(), FeatureCache()
    pack = opened(
        document("gnen-os"), dict.fromkeys(["networks/arterial.onnx", "networks/venous.onnx"], network)
    )
    scans = {"arterial": scan(), "portal_venous": scan(60)}
    run = lambda scans, **values: predict(pack, scans, record("gnen-os", **values), cache=cache)  # noqa: E731
    first = run(scans, m_stage="M0")
    assert network.runs == 2
    again = run(scans, m_stage="M1")
    assert network.runs == 2 and again.scores["arterial_signature"] == first.scores["arterial_signature"]
    other = scans["arterial"].mask.copy()
    other[2] = False
    run({**scans, "arterial": PhaseScan(scans["arterial"].volume, other)}, m_stage="M1")
    assert network.runs == 3
    run({**scans, "arterial": scan(101)}, m_stage="M1")
    assert network.runs == 4


def test_the_features_used_longest_ago_go_first():
    cache = FeatureCache(2)
    keys = [FeatureKey("pixels", None, str(number), "pack", 1, "arterial") for number in range(3)]
    for key in keys[:2]:
        cache.keep(key, key)
    assert cache.get(keys[0]) is keys[0]
    cache.keep(keys[2], keys[2])
    assert cache.get(keys[1]) is None and cache.get(keys[0]) is keys[0]


def test_every_step_is_told_and_a_stop_is_obeyed():
    told: list[Progress] = []
    pack, staged = opened(document("gnen-os")), record("gnen-os")
    scans = {"arterial": scan(), "portal_venous": scan()}
    predict(pack, scans, staged, on_progress=told.append)
    assert [one.done for one in told] == [1, 2, 3, 4] and {one.total for one in told} == {4}
    with pytest.raises(Cancelled):
        predict(pack, scans, staged, should_stop=lambda: True)


def test_the_record_of_another_study_is_refused():
    with pytest.raises(InputError):
        predict(opened(document("gnen-os")), {}, record("pnen-recurrence"))


def test_a_score_that_is_no_probability_is_a_fault_of_the_pack():
    pack = opened(document("lagc-response"), {"networks/2.onnx": classifier(1.5)})
    with pytest.raises(PackError) as caught:
        lagc(pack=pack)
    assert caught.value.message.id == "error.pack.not_a_probability"

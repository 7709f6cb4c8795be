"""A trained survival study becomes a pack: encoder, signatures and Cox models answer as training did."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.packs.self_test import run_self_test
from inference.packs.state import PackState
from inference.packs.study_models import read_reference, study_models
from inference.packs.verify import verify_pack
from inference.predictors.phase_input import PhaseScan
from inference.predictors.study_prediction import predict
from models.networks import resnet
from models.networks.outputs import StageMaximaGraph
from models.packing.ct_pack import put_demonstration
from models.packing.gnen_os import content
from models.packing.gnen_os_report import notes
from models.phantoms.abdomen.largest_slice import render_largest_slice
from models.phantoms.ct_cases import gnen_case
from models.phantoms.gnen_population import FORM, draw_cohort
from models.studies.gnen_os import rows, train
from models.studies.gnen_os_pretraining import Pretraining
from models.studies.gnen_os_samples import FACTORS, SCANS, build_network, phantom_samples
from tests.models.packing.at_the_board import record_of, with_encoder
from tests.models.studies.test_gnen_os import TINY, invented


@pytest.fixture(scope="module")
def samples():
    """Invented features, as many as the tiny network gives, of which one tells."""
    made = invented(70, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resnet, "PUBLISHED_BLOCKS", (1, 1, 1, 1))
        network = build_network(TINY)
    length = sum(network.backbone.counts)
    rng = np.random.default_rng(1)
    for features in (made.features, made.reread):
        for scan, matrix in features.items():
            wide = rng.standard_normal((len(made), length))
            wide[:, 3] = matrix[:, 3]
            features[scan] = wide
    return made, network


@pytest.fixture(scope="module")
def trained(samples):
    return train(samples[0], TINY)


@pytest.fixture(scope="module")
def pack(trained, samples, tmp_path_factory, plain_files):
    folder = tmp_path_factory.mktemp("packs") / "gnen-os-demo"
    taught = Pretraining(patients=40, deaths=24, images=79, empty=1, curve=())
    packed = content(trained, (samples[0],), samples[1], is_synthetic=True, pretraining=taught)
    put_demonstration(packed, folder)
    return verify_pack(folder)


def test_the_pack_is_whole_and_a_demonstration(pack):
    assert pack.state is PackState.DEMONSTRATION
    assert {"evaluation.json", "evaluation.pdf", "card.md"} <= set(pack.manifest.files)
    assert {phase.phase for phase in pack.manifest.phases} == {"arterial", "portal_venous"}
    assert pack.manifest.provenance.cohort_sizes == {"training": 70, "pretraining": 40}
    card = " ".join((pack.folder / "card.md").read_text(encoding="utf-8").split())
    assert "40 further phantoms (24 deaths, 79 slices of both phases; 1 showed no tumour)" in card
    run_self_test(pack)
    assert {curve.stated.score for curve in read_reference(pack).survival} >= {"combined", "dl"}


def test_signatures_and_cox_models_give_the_hazards_of_training(pack, trained, samples):
    few = rows(samples[0], range(12))
    models = study_models(pack)
    scores = {}
    for name, signature in models.signatures.items():
        scan = name.removesuffix("_signature")
        chosen = few.features[scan][:, signature.features.index]
        scores[name] = signature.features.intercept + chosen @ signature.features.weight
    expected = trained.final.hazards(few)
    for name, model in models.linear.items():
        values = [
            sum(term.coefficient * told(term, few, scores, k) for term in model.terms) for k in range(12)
        ]
        shift = values[0] - expected[name][0]
        assert np.allclose(np.array(values) - shift, expected[name])
        assert models.thresholds[name].value == pytest.approx(trained.cutoffs[name] + shift)
        alive = trained.final.models[name].survival(np.array([-shift]), [36.0])[0, 0]
        (at,) = [point.survival for point in model.baseline if point.time_months == 36.0]
        assert at == pytest.approx(alive)


def test_every_cox_model_says_how_sure_it_is_at_three_and_five_years(pack, trained):
    for name, model in study_models(pack).linear.items():
        fit = trained.final.models[name].fit
        assert [one.time_months for one in model.uncertainty.times] == [36.0, 60.0]
        assert np.diag(model.uncertainty.covariance) == pytest.approx(fit.standard_errors**2)


def test_the_board_scores_a_phantom_as_training_does(pack, trained, samples, tmp_path):
    network = samples[1]
    (patient,) = draw_cohort("external", 1, 2)
    one = phantom_samples([patient], TINY, network)
    expected = trained.final.hazards(one)
    scans = {
        phase.value: PhaseScan(*render_largest_slice(gnen_case(patient), phase, size=TINY.phantom_size))
        for phase in SCANS.values()
    }
    form = {field.id: getattr(patient, field.attribute) for field in FORM}
    own = with_encoder(pack, StageMaximaGraph(network), tmp_path)
    found = predict(own, scans, record_of("gnen-os", form)).scores
    for name, cutoff in trained.cutoffs.items():
        above = found[name].value - found[name].threshold.value
        assert above == pytest.approx(expected[name][0] - cutoff, abs=1e-4)
        alive = trained.final.models[name].survival(expected[name], [36.0])[0, 0]
        assert dict(found[name].survival)[36.0] == pytest.approx(alive, abs=1e-4)
        (three, five) = found[name].intervals
        assert three.low < alive < three.high and five.high < three.high


def told(term, few, scores, k):
    if term.kind == "score":
        return scores[term.score][k] - term.scaling.centre
    (factor,) = [one for one in FACTORS if one.name == {f.id: f.attribute for f in FORM}[term.field]]
    block = few.clinical.matrix[k, few.clinical.columns_of(factor.name)]
    if term.kind == "number":
        return block[0] - term.scaling.centre
    return sum(block[factor.levels.index(level) - 1] for level in term.levels)


def test_the_card_of_a_network_that_nobody_taught_says_so(trained):
    found = notes(trained)
    assert any("random filters" in limit for limit in found.limits)
    named = notes(replace(trained, config=replace(TINY, initial_weights=Path("imagenet.safetensors"))))
    assert not any("random filters" in limit for limit in named.limits)
    assert "imagenet.safetensors" in named.training[0] and "not trained further" in named.training[0]

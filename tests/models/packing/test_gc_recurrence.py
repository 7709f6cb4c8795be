"""A trained recurrence study becomes a pack that verifies, answers as training did, and holds no patient."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import expit, logit

from inference.meaning.opinion import Phase
from inference.packs.load import LoadedPack
from inference.packs.self_test import run_self_test
from inference.packs.state import PackState
from inference.packs.study_models import study_models
from inference.packs.verify import verify_pack
from inference.predictors.phase_input import PhaseScan
from inference.predictors.study_prediction import predict
from models.networks import resnet
from models.networks.safetensors_file import write_safetensors
from models.networks.se_resnet import SEResNet50Cut
from models.packing import gc_recurrence
from models.packing.ct_pack import put_demonstration
from models.phantoms.abdomen.largest_slice import render_tumour
from models.phantoms.ct_cases import gc_case
from models.phantoms.gc_population import FORM, draw_cohort
from models.studies.gc_recurrence import train
from models.studies.gc_recurrence_network import frozen_network
from models.studies.gc_recurrence_samples import phantom_samples
from tests.models.packing.at_the_board import record_of
from tests.models.studies.test_gc_recurrence import TINY, samples


@pytest.fixture(scope="module")
def cohorts():
    return samples(), samples(60, "external", seed=5)


@pytest.fixture(scope="module")
def trained(cohorts, tmp_path_factory):
    path = tmp_path_factory.mktemp("response") / "network.safetensors"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resnet, "PUBLISHED_BLOCKS", (2, 1, 1, 1))
        torch.manual_seed(1)
        state = SEResNet50Cut(TINY.width).state_dict()
        write_safetensors(path, {name: values.numpy() for name, values in state.items()})
        config = replace(TINY, backbone=path)
        return train(config, frozen_network(config), cohorts[0])


@pytest.fixture(scope="module")
def pack(trained, cohorts, tmp_path_factory, one_export) -> LoadedPack:
    folder = tmp_path_factory.mktemp("packs") / "gc-recurrence-demo"
    image = np.random.default_rng(2).random((3, 3, 32, 32)).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc_recurrence, "_image", lambda config: image)
        put_demonstration(gc_recurrence.content(trained, cohorts, is_synthetic=True), folder)
    return verify_pack(folder)


def test_the_pack_is_signed_and_a_demonstration(pack):
    assert pack.state is PackState.DEMONSTRATION
    assert pack.signer is not None
    run_self_test(pack)


def test_the_coefficients_give_the_scores_of_training(pack, trained, cohorts):
    outside = cohorts[1]
    expected = trained.scores(outside)
    for name in ("clis", "dlfs"):
        model = study_models(pack).linear[name]
        told = [expit(model.intercept + linear(model, outside, expected, k)) for k in range(len(outside))]
        assert told == pytest.approx(list(expected[name]), abs=1e-9)


def test_the_board_scores_a_phantom_as_training_does(pack, trained):
    (patient,) = draw_cohort("internal", 1, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resnet, "PUBLISHED_BLOCKS", (2, 1, 1, 1))
        one = phantom_samples([patient], trained.config, frozen_network(trained.config), size=128)
    expected = replace(trained, folds=trained.folds[:1] * len(trained.folds)).scores(one)
    scan = PhaseScan(*render_tumour(gc_case(patient), Phase.PORTAL_VENOUS, size=128))
    form = {field.id: one.factors[field.attribute][0] for field in FORM}
    found = predict(pack, {"portal_venous": scan}, record_of("gc-recurrence", form))
    for name in pack.manifest.scores:
        assert found.scores[name.name].value == pytest.approx(expected[name.name][0], abs=1e-4)
    (heat_map,) = found.heat_maps
    marked = set(np.flatnonzero(scan.mask.any(axis=(1, 2))))
    assert marked <= set(heat_map.slices) and heat_map.values.max() == pytest.approx(1.0, abs=1e-3)


def linear(model, cohort, scores, k):
    attribute_of = {field.id: field.attribute for field in FORM}
    total = 0.0
    for term in model.terms:
        if term.kind == "score":
            part = logit(np.clip(scores[term.score][k], 1e-6, 1 - 1e-6)) - term.scaling.centre
        else:
            value = cohort.factors[attribute_of[term.field]][k]
            is_number = term.kind == "number"
            part = float(value) - term.scaling.centre if is_number else float(value in term.levels)
        total += term.coefficient * part
    return total


def test_no_row_of_a_patient_is_in_the_pack(pack):
    for name in pack.manifest.files:
        if not name.endswith((".onnx", ".npz", ".png", ".pdf")):
            assert "GC-" not in (pack.folder / name).read_text(encoding="utf-8")

"""A cohort trains the whole protocol of ``npc-residual``, from random weights, and nobody twice."""

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from inference.packs.manifest import OUTPUTS_BY_ROLE, Tensor
from models.networks import resnet, xception
from models.packing import npc_residual
from models.packing.npc_residual_card import _start
from models.studies.npc_residual_groups import TREATMENTS
from models.training import samples
from models.training.engine.failures import OneClassError
from models.training.engine.run import RunPlace
from tests.models.studies.npc_cohort import SMALL, cohort


@pytest.fixture(autouse=True)
def _fewer_blocks(monkeypatch):
    monkeypatch.setattr(resnet, "PUBLISHED_BLOCKS", (1, 1, 1, 1))
    monkeypatch.setattr(xception, "MIDDLE_BLOCKS", 1)
    yield
    torch.use_deterministic_algorithms(False)


@pytest.fixture
def no_export(monkeypatch):
    """Networks become files with nothing in them; the segmenter marks nothing: crops are the truth's."""

    shapes = []

    def export(graph, example, path):
        last = getattr(graph.network, "classifier", None)
        shapes.append(((None, *example.shape[1:]), (None, getattr(last, "in_features", 1))))
        path.write_bytes(b"")

    def tensors(role):
        given, made = shapes[-1]
        image = Tensor(name="image", shape=given)
        return (image,), tuple(Tensor(name=name, shape=made) for name in OUTPUTS_BY_ROLE[role])

    for module, role in (("segmenter", "segmenter"), ("export", "classifier")):
        path = f"models.studies.npc_residual_{module}"
        monkeypatch.setattr(f"{path}.export_network", export)
        monkeypatch.setattr(f"{path}.tensor_entries", lambda _, role=role: tensors(role))
    monkeypatch.setattr(samples, "Network", lambda *_, **__: None)
    monkeypatch.setattr(samples, "segment_volume", lambda volume, *_: np.zeros(volume.geometry.shape, bool))
    monkeypatch.setattr(npc_residual, "_self_test", lambda *_: b"")


def test_a_cohort_trains_the_whole_protocol_from_random_weights(no_export, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(npc_residual, "put_pack", lambda *given: told.append(given))
    patients = cohort()
    npc_residual.from_cohort(patients, SMALL, RunPlace(), tmp_path / "samples", tmp_path / "pack")
    ((study, reference, _, words),) = told
    assert set(study.segmenters) == set(SMALL.segmenters) == {"unet", "deeplabv3"}
    assert study.marked_patients + sum(len(arm.patients) for arm in study.arms) == len(patients.table)
    assert [arm.treatment for arm in study.arms] == list(TREATMENTS)
    assert len(study.compared) == len(TREATMENTS) * 2 * len(SMALL.classifiers)
    assert study.pretraining == () and study.config.pretraining_patients == 0
    assert study.config.patient.classification == SMALL.patient.pretraining
    assert not [point.run for point in study.curves if "pre-training" in point.run]

    manifest = npc_residual.write_pack(study, reference, tmp_path / "written", words)
    roles = Counter(entry.role for entry in manifest.networks)
    assert roles == {"segmenter": 1, "classifier": 2 * SMALL.folds, "comparison": len(study.compared)}
    assert (words.kind, manifest.id) == ("synthetic", "pack")
    card = (tmp_path / "written" / "card.md").read_text()
    assert "start: random weights; nobody was kept for pre-training" in card
    assert "here they are random" in card and "Pre-training:" not in card

    clouds = manifest.reference.features
    assert [(cloud.treatment, cloud.fold) for cloud in clouds] == [
        (treatment, fold) for treatment in TREATMENTS for fold in range(SMALL.folds)
    ]
    for arm in study.arms:
        own = [cloud for cloud in clouds if cloud.treatment == arm.treatment]
        assert {cloud.patients for cloud in own} == {len(arm.fitted.training)}
        assert not any(cloud.left_out for cloud in own)
        told = f"all training patients, some of whom taught the fold's network ({len(arm.fitted.training)} on"
        assert told in card
    assert (tmp_path / "written" / "reference.npz").is_file() and "reference.npz" in manifest.files


def test_a_treatment_of_one_class_is_refused_before_a_scan_is_read(tmp_path, monkeypatch):
    patients = cohort(40)
    never = {"residual_observed": (0.0,) * 40}
    patients.table = replace(patients.table, outcomes=never)
    monkeypatch.setattr(patients, "volume", None)
    with pytest.raises(OneClassError):
        npc_residual.from_cohort(patients, SMALL, RunPlace(), tmp_path / "samples", tmp_path / "pack")
    assert not (tmp_path / "pack").exists()


@pytest.mark.parametrize(
    ("others", "files", "said"),
    [
        (0, {}, "start: random weights; nobody was kept for pre-training"),
        (0, {"xception": "x"}, "start: weights from files for Xception, random ones for the others; nobody"),
        (9, {}, "pre-training, from random weights: 9 patients of another seed, 4 with residual tumour"),
    ],
    ids=["random", "files", "further phantoms"],
)
def test_the_card_says_what_the_classifiers_start_from(others, files, said):
    provenance = SimpleNamespace(cohort_sizes={"pretraining": others}, events={"pretraining": 4})
    assert _start(SimpleNamespace(provenance=provenance), replace(SMALL, initial_weights=files)).startswith(
        said
    )

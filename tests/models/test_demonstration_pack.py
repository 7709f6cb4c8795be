"""The committed demonstration pack: whole, small, synthetic, and torch's own answer."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.packs.load import LoadedPack
from inference.packs.self_test import read_arrays
from inference.packs.state import PackState
from inference.packs.verify import verify_pack
from models.export import read_weights
from models.networks.catalogue import build_classifier, build_segmenter
from models.packing.npc_residual import INPUT_CONDITIONS, PACK_ID
from models.packing.npc_residual_card import model_card
from models.studies.npc_residual_config import CLASSIFIERS, DEMO
from models.studies.npc_residual_groups import TREATMENTS

PARITY = 1e-4


@pytest.fixture(scope="module")
def pack(repository: Path) -> LoadedPack:
    """The pack that comes with the project, with its self-test run."""
    return verify_pack(repository / "packs" / PACK_ID, self_test=True)


def load(network, path):
    missing, unexpected = network.load_state_dict(read_weights(path), strict=False)
    assert not unexpected
    assert all(name.endswith("num_batches_tracked") for name in missing)
    return network.eval()


def test_the_pack_says_that_it_is_synthetic(pack):
    assert pack.state is PackState.DEMONSTRATION
    assert pack.manifest.provenance.kind == "synthetic"
    assert "synthetic" in pack.manifest.limits[0].lower()
    card = (pack.folder / "card.md").read_text(encoding="utf-8")
    assert "No figure below says anything about patients" in card


def test_the_pack_was_made_with_the_published_preset(pack):
    manifest = pack.manifest
    assert manifest.preprocessing == DEMO.preprocessing
    assert manifest.inputs == INPUT_CONDITIONS
    assert manifest.provenance.seed == DEMO.seed
    assert manifest.provenance.cohort_sizes["segmentation"] == DEMO.segmentation_patients
    assert manifest.provenance.cohort_sizes["pretraining"] == DEMO.pretraining_patients
    arms = [manifest.provenance.cohort_sizes[treatment] for treatment in manifest.treatments]
    assert sum(arms) == DEMO.classification_patients


def test_the_card_is_what_the_manifest_and_the_report_say(pack):
    report = json.loads((pack.folder / "evaluation.json").read_text(encoding="utf-8"))
    unhashed = pack.manifest.model_copy(update={"files": {}})
    assert (pack.folder / "card.md").read_text(encoding="utf-8") == model_card(unhashed, DEMO, report)


def test_every_metric_is_in_the_evaluation_report(pack):
    report = json.loads((pack.folder / "evaluation.json").read_text(encoding="utf-8"))
    assert report["metrics"] == [metric.model_dump(mode="json") for metric in pack.manifest.metrics]
    for threshold in pack.manifest.thresholds:
        arm = report["treatments"][threshold.treatment]
        assert arm["cutoff"] == threshold.value
        assert arm["training_patients"] + arm["test_patients"] == arm["patients"]
        assert str(arm["training_patients"]) in threshold.locked_on


def test_the_pack_holds_no_patient_row(pack):
    text = "".join(
        (pack.folder / name).read_text(encoding="utf-8")
        for name in pack.manifest.files
        if not name.endswith((".onnx", ".npz"))
    )
    assert "NPC-0" not in text


def test_the_trained_segmenter_answers_as_torch_does(pack):
    entry = pack.manifest.segmenter
    side = DEMO.preprocessing.segmenter.rows
    plain = build_segmenter(entry.architecture, width=DEMO.segmenter_width, in_channels=1, side=side)
    network = load(plain, pack.folder / entry.file)
    image = read_arrays(pack)[f"{entry.file}/image"]
    with torch.no_grad():
        expected = torch.sigmoid(network(torch.from_numpy(image))).numpy()
    assert np.abs(pack.network(entry).run(image)["probability"] - expected).max() <= PARITY


def test_the_trained_classifiers_answer_as_torch_and_autograd_do(pack):
    stored = read_arrays(pack)
    for entry in pack.manifest.networks[1:]:
        channels = 1 if entry.unit == "slice" else DEMO.preprocessing.classifier.slices
        plain = build_classifier(
            entry.architecture, width=DEMO.classifier_widths[entry.architecture], in_channels=channels
        )
        network = load(plain, pack.folder / entry.file)
        image = stored[f"{entry.file}/image"]
        activation = network.features(torch.from_numpy(image)).detach().requires_grad_()
        logit = network.head(activation)
        (gradient,) = torch.autograd.grad(logit.sum(), activation)
        given = pack.network(entry).run(image)
        score = torch.sigmoid(logit).detach().numpy()
        assert np.abs(given["score"] - score).max() <= PARITY, entry.file
        assert np.abs(given["gradient"] - gradient.numpy()).max() <= PARITY
        assert np.abs(gradient.numpy()).max() > 1e-6
        largest = float(activation.detach().abs().max())
        assert np.abs(given["activation"] - activation.detach().numpy()).max() <= PARITY * largest


def test_every_classifier_is_carried_in_both_units_for_both_treatments(pack):
    compared = [one for one in pack.manifest.networks if one.role == "comparison"]
    assert sorted((one.architecture, one.unit, one.treatment) for one in compared) == sorted(
        (name, unit, treatment)
        for name in CLASSIFIERS
        for unit in ("patient", "slice")
        for treatment in TREATMENTS
    )
    report = json.loads((pack.folder / "evaluation.json").read_text(encoding="utf-8"))
    assert len(report["compared"]) == len(compared) == 16
    assert set(report["segmentation"]["mean_dice"]) == {"unet", "deeplabv3"}


def test_the_answering_classifier_was_chosen_in_the_training_cohorts(pack):
    report = json.loads((pack.folder / "evaluation.json").read_text(encoding="utf-8"))
    areas = dict.fromkeys(CLASSIFIERS, 0.0)
    for one in report["compared"]:
        if one["unit"] == "patient":
            areas[one["classifier"]] += one["figures"]["per patient"]["training_auc_out_of_fold"]["value"]
    best = max(areas, key=lambda name: areas[name])
    for treatment in TREATMENTS:
        answering = pack.manifest.classifiers(treatment)
        assert [(one.architecture, one.unit, one.fold) for one in answering] == [
            (best, "patient", fold) for fold in range(DEMO.folds)
        ]


def test_no_network_stands_twice(pack):
    digests = {
        hashlib.sha256((pack.folder / entry.file).read_bytes()).hexdigest()
        for entry in pack.manifest.networks
    }
    assert len(digests) == len(pack.manifest.networks) == 1 + 2 * DEMO.folds + 16

"""The choices of the whole protocol, as published and as demonstrated, and what needs no training to test."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from models.studies import npc_residual_published as published
from models.studies.npc_residual_config import CLASSIFIERS, DEMO, PAPER, SEGMENTERS, UNITS
from models.studies.npc_residual_groups import TREATMENTS, phantom_groups
from models.studies.npc_residual_network import start_network
from models.studies.npc_residual_segmentation import better
from models.studies.npc_residual_units import divide, in_unit, mean_by_patient
from models.training.engine.failures import OneClassError
from models.training.engine.run import RunPlace


def test_the_published_choices_are_those_of_the_paper():
    segmentation = PAPER.segmentation
    assert (segmentation.optimiser, segmentation.learning_rate) == ("rmsprop", 0.001)
    assert (segmentation.batch_size, segmentation.epochs) == (32, 20)
    for unit in UNITS:
        learning = PAPER.choices(unit).classification
        assert (learning.optimiser, learning.learning_rate, learning.decay) == ("sgd", 0.001, "constant")
        assert (learning.batch_size, learning.epochs) == (32, 40)
        assert (learning.momentum, learning.weight_decay) == (0.9, 1e-4)
    assert PAPER.segmenters == DEMO.segmenters == SEGMENTERS
    assert PAPER.classifiers == DEMO.classifiers == CLASSIFIERS
    assert (PAPER.segmenter_width, PAPER.pretraining_patients) == (1.0, 0)
    assert set(PAPER.classifier_widths.values()) == {1.0}
    crop = PAPER.preprocessing.classifier
    assert (crop.slices, crop.rows, crop.columns, crop.margin_mm) == (10, 224, 224, 10.0)


@pytest.mark.parametrize("config", [DEMO, PAPER], ids=["demo", "paper"])
def test_a_fifth_of_each_treatment_is_kept_for_testing(config):
    names = [f"P{k}" for k in range(210)]
    residual = np.arange(210) % 3 == 0
    division = divide(names, residual, config, 0)
    assert (len(division.training), len(division.test)) == (168, 42)
    assert sorted((*division.training, *division.test)) == list(range(210))
    assert division == divide(names, residual, config, 0)


@pytest.mark.parametrize("patients", [0, 1, 2])
def test_a_treatment_of_too_few_patients_is_refused(patients):
    with pytest.raises(OneClassError):
        divide([f"P{k}" for k in range(patients)], np.arange(patients) == 0, DEMO, 0)


def test_the_phantoms_and_their_parts_are_the_demonstration_packs():
    groups = phantom_groups(replace(DEMO, pretraining_patients=2, classification_patients=3))
    assert len(groups.marked) == 80
    assert [one.seed for one in groups.pretraining] == [2024, 2024]
    assert [one.index for one in groups.treated] == [80, 81, 82]


def test_published_areas_are_carried_over_for_every_cell_of_the_table():
    assert len(published.AUC) == len(TREATMENTS) * len(UNITS) * len(CLASSIFIERS)
    for (treatment, unit), mean in published.MEAN_AUC.items():
        areas = [published.AUC[treatment, unit, name][0] for name in CLASSIFIERS]
        assert np.mean(areas) == pytest.approx(mean, abs=0.002)
    assert published.AUC["ic_ccrt", "patient", "xception"] == (0.955, 0.911, 0.999)


def test_in_the_image_unit_every_present_slice_is_a_sample_and_no_absent_one():
    crops = torch.ones(3, 4, 5, 5)
    crops[0, 2:], crops[2, 1:] = 0, 0
    crops[1, 3] = 7
    samples = in_unit(crops, "image")
    assert samples.owner.tolist() == [0, 0, 1, 1, 1, 1, 2]
    assert samples.number.tolist() == [0, 1, 0, 1, 2, 3, 0]
    assert samples.images.shape == (7, 1, 5, 5)
    assert (samples.images[5] == 7).all()
    assert samples.rows_of([0, 2]).tolist() == [0, 1, 6]
    assert in_unit(crops, "patient").images is crops


def test_a_patient_is_the_mean_over_its_slices():
    owner = np.array([0, 0, 1, 2, 2, 2])
    mean = mean_by_patient(np.array([0.1, 0.3, 0.9, 0.0, 0.3, 0.6]), owner)
    np.testing.assert_allclose(mean, [0.2, 0.9, 0.3])


def test_the_better_segmenter_is_that_of_higher_dice_and_the_first_of_equals():
    low, high, equal = (SimpleNamespace(mean_dice=dice) for dice in (0.4, 0.6, 0.6))
    assert better((low, high, equal)) is high


def test_weights_of_a_file_start_a_network_that_is_named(tmp_path, monkeypatch):
    asked = []
    module = "models.studies.npc_residual_network.load_initial_weights"
    monkeypatch.setattr(module, lambda network, path: asked.append((type(network).__name__, path)))
    config = replace(DEMO, initial_weights={"resnet50": tmp_path / "imagenet.safetensors"})
    for name in ("resnet50", "xception"):
        start_network(config, name, "patient", None, (), RunPlace())
    assert asked == [("ResNet50", tmp_path / "imagenet.safetensors")]

"""The protocol's steps on samples small enough for a test."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.errors import Cancelled
from models.phantoms.npc_population import draw_cohort
from models.studies.npc_residual import TREATMENTS, classifier_scores, for_treatment, train_arm, train_trunk
from models.studies.npc_residual_config import DEMO
from models.training.engine.run import RunPlace

SIDE = 32
SMALL = replace(
    DEMO,
    dropout=0.0,
    xception_width=1 / 16,
    pretraining=replace(DEMO.pretraining, epochs=8),
    classification=replace(DEMO.classification, epochs=12, batch_size=8),
)


@pytest.fixture(scope="module")
def patients():
    """The CCRT patients of a small cohort."""
    return tuple(p for p in draw_cohort("training", 90, 3) if p.regimen == "ccrt")


def telling_samples(patients):
    """Crops that are brighter where residual tumour was observed; the second variant is dark throughout."""
    generator = torch.Generator().manual_seed(0)
    samples = 0.3 * torch.randn(len(patients), 2, 10, SIDE, SIDE, generator=generator)
    for position, patient in enumerate(patients):
        samples[position] += 1.5 if patient.residual_observed else -1.0
    return samples


@pytest.fixture(scope="module")
def trunk(patients):
    """A network pre-trained for both treatments."""
    torch.manual_seed(0)
    network, curve = train_trunk(SMALL, telling_samples(patients), patients, RunPlace())
    assert [point.epoch for point in curve] == list(range(1, 9))
    return network


def test_a_treatments_network_is_the_trunk_with_that_output(trunk):
    image = torch.randn(3, 10, SIDE, SIDE)
    with torch.no_grad():
        both = trunk(image)
        for number in range(len(TREATMENTS)):
            assert torch.allclose(
                for_treatment(trunk, number)(image), both[:, number : number + 1], atol=1e-6
            )


def test_an_arm_learns_and_keeps_its_test_part_apart(patients, trunk):
    samples = telling_samples(patients)
    start = for_treatment(trunk, 0)
    before = {name: values.clone() for name, values in start.state_dict().items()}
    arm, curves = train_arm(SMALL, "ccrt", patients, samples, start, RunPlace())
    assert {point.run for point in curves} == {"ccrt fold 0", "ccrt fold 1"}
    assert len(arm.networks) == len(arm.fitted.folds) == SMALL.folds
    assert not set(arm.fitted.training) & set(arm.fitted.test)
    assert all(torch.equal(start.state_dict()[name], values) for name, values in before.items())
    training = arm.residual[list(arm.fitted.training)]
    assert arm.fitted.out_of_fold[training].mean() > arm.fitted.out_of_fold[~training].mean() + 0.2
    left_out = arm.fitted.folds[0].left_out
    position = arm.fitted.training.index(left_out[0])
    own = classifier_scores(arm.networks[0], samples[[left_out[0]]])
    assert arm.fitted.out_of_fold[position] == pytest.approx(own[0], abs=1e-6)


def test_scores_are_taken_from_the_crop_about_the_segmenters_mask(patients, trunk):
    samples = telling_samples(patients)[:5]
    changed = samples.clone()
    changed[:, 1] = 0.0
    network = for_treatment(trunk, 0)
    assert classifier_scores(network, changed) == pytest.approx(classifier_scores(network, samples))
    changed[:, 0] = 0.0
    assert not np.allclose(classifier_scores(network, changed), classifier_scores(network, samples))


def test_weights_are_rounded_before_anything_is_scored(patients, trunk):
    arm, _ = train_arm(
        replace(SMALL, classification=replace(SMALL.classification, epochs=1)),
        "ccrt",
        patients[:40],
        telling_samples(patients[:40]),
        for_treatment(trunk, 0),
        RunPlace(),
    )
    for network in arm.networks:
        for values in network.parameters():
            if values.ndim >= 2:
                assert torch.equal(values, values.half().float())


def test_training_stops_when_asked(patients, trunk):
    with pytest.raises(Cancelled):
        train_arm(
            SMALL,
            "ccrt",
            patients,
            telling_samples(patients),
            for_treatment(trunk, 0),
            RunPlace(should_stop=lambda: True),
        )

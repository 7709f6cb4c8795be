"""What teaches the network of ``gnen-os`` first: survival of patients in no cohort, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.preprocessing.fixed_window import fixed_window
from models.networks import resnet
from models.phantoms.abdomen.largest_slice import render_largest_slice
from models.phantoms.ct_cases import gnen_case
from models.phantoms.gnen_population import draw_cohort
from models.studies import gnen_os_pretraining
from models.studies.gnen_os_config import DEMO, PAPER
from models.studies.gnen_os_pretraining import (
    FurtherPatients,
    cox_loss,
    further_patients,
    pretrain,
    pretrained_network,
)
from models.studies.gnen_os_samples import SCANS, untrained_network
from models.training.engine.run import RunPlace

SIDE = 16
TINY = replace(
    DEMO,
    phantom_size=128,
    resnet_width=1 / 16,
    window=DEMO.window.model_copy(update={"rows": 32, "columns": 32, "spacing_mm": 4.0}),
    pretraining_patients=2,
    pretraining_side=SIDE,
    pretraining_dropout=0.0,
    pretraining=replace(DEMO.pretraining, batch_size=32, epochs=4, learning_rate=0.01),
)


@pytest.fixture(autouse=True)
def shallow(monkeypatch):
    monkeypatch.setattr(resnet, "PUBLISHED_BLOCKS", (1, 1, 1, 1))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def brightly_dying(patients, seed):
    """The brighter a square, the sooner its patient dies; a third are still alive."""
    rng = np.random.default_rng(seed)
    bright = rng.standard_normal(patients)
    images = 0.05 * rng.random((patients, 2, SIDE, SIDE))
    images[:, :, 4:12, 4:12] += 0.5 + 0.1 * bright[:, None, None, None]
    death = rng.exponential(np.exp(-2 * bright))
    censoring = rng.exponential(2.0, patients)
    time, event = np.minimum(death, censoring), death <= censoring
    return FurtherPatients(images.astype(np.float16), time, event, patients, int(event.sum()), 0)


def test_the_loss_is_the_partial_likelihood_of_the_batch():
    hazard = torch.tensor([0.3, -0.2, 1.0, 0.1])
    time, event = torch.tensor([5.0, 3.0, 3.0, 8.0]), torch.tensor([True, True, False, False])
    risk = np.exp([0.3, -0.2, 1.0, 0.1])
    expected = -(np.log(risk[0] / risk[[0, 3]].sum()) + np.log(risk[1] / risk.sum())) / 2
    assert float(cox_loss(hazard, time, event)) == pytest.approx(expected, rel=1e-6)


def test_a_batch_in_which_nobody_died_teaches_nothing():
    hazard = torch.ones(3, requires_grad=True)
    loss = cox_loss(hazard, torch.tensor([1.0, 2.0, 3.0]), torch.zeros(3, dtype=torch.bool))
    loss.backward()
    assert float(loss.detach()) == 0 and not hazard.grad.any()


def test_survival_is_learnt_and_the_same_run_gives_the_same_weights():
    patients = brightly_dying(96, 0)
    networks = [untrained_network(TINY) for _ in range(2)]
    curves = [pretrain(network, patients, TINY, RunPlace()) for network in networks]
    assert curves[0] == curves[1] and curves[0][-1].loss < curves[0][0].loss - 0.2
    first, second = (network.state_dict() for network in networks)
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["backbone.conv1.weight"], untrained_network(TINY).backbone.conv1.weight)


def test_further_phantoms_are_in_no_cohort_and_show_the_middle_of_the_window(tmp_path):
    found = further_patients(TINY, tmp_path)
    drawn = draw_cohort("training", 2, TINY.pretraining_seed)
    in_cohorts = {p.patient_id for cohort in TINY.cohort_sizes for p in draw_cohort(cohort)}
    assert not in_cohorts & {patient.patient_id for patient in drawn}
    assert len(found) + found.empty == 4 and found.patients == 2
    volume, mask = render_largest_slice(gnen_case(drawn[0]), SCANS["arterial"], size=128)
    whole = fixed_window(volume, mask, TINY.window).astype(np.float16)
    assert np.array_equal(found.images[0, 0], whole[8:-8, 8:-8])
    assert found.time_months[0] == drawn[0].os_months


def test_kept_slices_are_taken_again_and_empty_ones_counted(tmp_path, monkeypatch):
    first = further_patients(TINY, tmp_path)
    monkeypatch.setattr(gnen_os_pretraining, "render_largest_slice", None)
    again = further_patients(TINY, tmp_path)
    assert np.array_equal(first.images, again.images)
    next(iter(sorted(tmp_path.iterdir()))).write_bytes(b"")
    fewer = further_patients(TINY, tmp_path)
    assert fewer.empty == first.empty + 1 and len(fewer) == len(first) - 1


def test_a_network_comes_with_weights_as_a_pack_stores_them_and_with_what_taught_it(tmp_path):
    config = replace(TINY, pretraining=replace(TINY.pretraining, batch_size=2, epochs=1))
    network, told = pretrained_network(config, RunPlace(), tmp_path)
    assert told is not None and told.patients == 2 and len(told.curve) == 1
    weight = network.backbone.conv1.weight
    assert not network.training and torch.equal(weight, weight.half().float())


def test_as_published_nobody_teaches_the_network_here():
    assert PAPER.pretraining_patients == 0
    network, told = pretrained_network(replace(TINY, pretraining_patients=0), RunPlace())
    assert told is None and not network.training

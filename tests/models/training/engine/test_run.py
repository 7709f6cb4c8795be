"""A run that is cut off and goes on ends in the same weights, to the bit, as one that was left alone."""

import os
import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from inference.errors import Cancelled, StorageError
from inference.messages.catalogue import load_catalogue
from models.networks.safetensors_file import safetensors_bytes
from models.training.engine import checkpoint as checkpoint_module
from models.training.engine import checkpoint_file
from models.training.engine import run as run_module
from models.training.engine.checkpoint import CheckpointPlace
from models.training.engine.failures import CheckpointError, LossNotFiniteError
from models.training.engine.randomness import randomness, restore_randomness
from models.training.engine.run import Task
from models.training.engine.schedule import Schedule
from tests.models.training.engine.tiny_run import SCHEDULE, tiny_network, tiny_task, train_tiny

BATCHES = 4


def equal_weights(one, other):
    return all(
        torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    )


def breaks_at(batch, error=KeyboardInterrupt):
    def at_batch(number, value):
        if number == batch:
            raise error
        return value

    return at_batch


@pytest.fixture
def place(tmp_path):
    return CheckpointPlace(tmp_path / "checkpoints", "study")


@pytest.mark.parametrize(("optimiser", "rate"), [("rmsprop", 0.05), ("sgd", 0.1), ("adamw", 0.1)])
def test_every_optimiser_finds_a_line(optimiser, rate):
    inputs = torch.linspace(-1, 1, 40)[:, None]

    def squared_error(network, positions, generator):
        noise = 0.01 * torch.randn(len(positions), 1, generator=generator)
        return ((network(inputs[positions]) - 3 * inputs[positions] - 1 + noise) ** 2).mean()

    torch.manual_seed(0)
    network = nn.Linear(1, 1)
    schedule = Schedule(optimiser, rate, batch_size=8, epochs=40, decay="cosine", momentum=0.5)
    task, stage = Task(40, squared_error), "stage.training.classifier"
    result = run_module.train_network(network, task, schedule, run="line", seed=1, stage=stage)
    assert network.weight.item() == pytest.approx(3, abs=0.1)
    assert network.bias.item() == pytest.approx(1, abs=0.1)
    assert result.curve[-1].loss < result.curve[0].loss / 10


def test_a_run_learns_at_the_rate_of_each_epochs_last_batch():
    schedule = replace(SCHEDULE, learning_rate=0.1, epochs=4, batch_size=12, momentum=0.0)
    curve = train_tiny(tiny_task(), schedule)[1].curve
    assert [point.learning_rate for point in curve] == pytest.approx(
        [0.0961940, 0.0691342, 0.0308658, 0.0038060], abs=1e-6
    )


@pytest.mark.parametrize(
    ("optimiser", "momentum"),
    [("sgd", 0.9), ("sgd", 0.0), ("rmsprop", 0.9), ("rmsprop", 0.0), ("adam", 0.0), ("adamw", 0.0)],
)
@pytest.mark.parametrize("validates", [False, True], ids=["plain", "validated"])
def test_an_interrupted_run_resumes_to_the_same_weights_and_curve(place, optimiser, momentum, validates):
    schedule = replace(SCHEDULE, optimiser=optimiser, momentum=momentum, learning_rate=0.01)
    whole, result = train_tiny(tiny_task(validates=validates), schedule)
    with pytest.raises(KeyboardInterrupt):
        train_tiny(tiny_task(validates=validates, at_batch=breaks_at(2 * BATCHES + 3)), schedule, place)
    torch.manual_seed(123)
    resumed, again = train_tiny(tiny_task(validates=validates), schedule, place)
    assert equal_weights(whole, resumed)
    assert again == result


def test_a_run_in_mixed_precision_resumes_with_the_scale_it_had(place, monkeypatch):
    scalers = []

    def scaler_of(device):
        scalers.append(torch.amp.GradScaler("cpu", init_scale=8.0, growth_interval=3))
        return scalers[-1]

    monkeypatch.setattr(run_module, "scaler_of", scaler_of)
    whole, result = train_tiny(tiny_task())
    with pytest.raises(KeyboardInterrupt):
        train_tiny(tiny_task(at_batch=breaks_at(2 * BATCHES + 1)), checkpoints=place)
    resumed, again = train_tiny(tiny_task(), checkpoints=place)
    assert equal_weights(whole, resumed) and again == result
    assert scalers[0].state_dict() == scalers[-1].state_dict()
    assert scalers[-1].get_scale() > 8


def test_a_killed_process_resumes_to_the_same_weights(place, repository):
    environment = {**os.environ, "PYTHONPATH": str(repository), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.models.training.engine.tiny_run", str(place.folder)]
    with subprocess.Popen(
        command, cwd=repository, env=environment, stdout=subprocess.PIPE, text=True
    ) as child:
        for line in child.stdout:
            if line.strip() == "2":
                child.kill()
                break
    started = []
    resumed, _ = train_tiny(
        tiny_task(at_batch=lambda number, value: started.append(number) or value), SCHEDULE, place
    )
    assert len(started) <= 3 * BATCHES
    assert equal_weights(train_tiny(tiny_task())[0], resumed)


def test_a_finished_run_is_not_trained_again(place):
    first, result = train_tiny(tiny_task(validates=True), checkpoints=place)
    again, same = train_tiny(
        tiny_task(validates=True, at_batch=breaks_at(1, AssertionError)), checkpoints=place
    )
    assert equal_weights(first, again)
    assert same == result


def test_patience_ends_a_run_with_its_best_weights():
    losses = iter([0.9, 0.5, 0.6, 0.7, 0.1])
    kept = []

    def validate(network):
        kept.append({name: values.clone() for name, values in network.state_dict().items()})
        return next(losses)

    task = replace(tiny_task(), validate=validate)
    network, result = train_tiny(task, replace(SCHEDULE, patience=2))
    assert result.stopped_early
    assert result.epoch == 2
    assert [point.validation_loss for point in result.curve] == [0.9, 0.5, 0.6, 0.7]
    assert all(torch.equal(values, kept[1][name]) for name, values in network.state_dict().items())
    assert not network.training


def test_a_loss_that_is_no_number_names_run_epoch_and_batch_and_keeps_the_epoch_before(place):
    def at_batch(number, value):
        return value * float("nan") if number == BATCHES + 3 else value

    with pytest.raises(LossNotFiniteError) as raised:
        train_tiny(tiny_task(at_batch=at_batch), checkpoints=place)
    assert dict(raised.value.message.fields) == {"run": "tiny", "epoch": 2, "batch": 3, "batches": BATCHES}
    resumed, _ = train_tiny(tiny_task(), checkpoints=place)
    assert equal_weights(train_tiny(tiny_task())[0], resumed)


def test_a_full_disk_ends_a_run_and_leaves_the_epoch_before(place, monkeypatch):
    def full(path, content):
        if path.exists():
            raise StorageError("error.storage.full", file=path.name, folder="x", reason="")
        write_before(path, content)

    write_before = checkpoint_module.write_atomically
    with monkeypatch.context() as patched:
        patched.setattr(checkpoint_module, "write_atomically", full)
        with pytest.raises(StorageError):
            train_tiny(tiny_task(), checkpoints=place)
    assert [path.name for path in place.folder.iterdir()] == [place.path("tiny").name]
    assert equal_weights(train_tiny(tiny_task())[0], train_tiny(tiny_task(), checkpoints=place)[0])


def test_a_run_stops_within_a_batch_when_asked():
    asked = iter([False] * 5 + [True])
    with pytest.raises(Cancelled):
        train_tiny(tiny_task(), should_stop=lambda: next(asked))


@pytest.mark.parametrize(
    "other",
    [replace(SCHEDULE, learning_rate=0.01), replace(SCHEDULE, epochs=6), replace(SCHEDULE, patience=3)],
    ids=["rate", "epochs", "patience"],
)
def test_a_checkpoint_of_another_configuration_is_refused(place, other):
    train_tiny(tiny_task(), checkpoints=place)
    with pytest.raises(CheckpointError) as raised:
        train_tiny(tiny_task(), other, place)
    assert raised.value.message.id == "error.training.checkpoint_differs"


@pytest.mark.parametrize("damage", ["cut", "weights", "rate", "empty", "text", "another file"])
def test_a_damaged_checkpoint_is_refused_in_one_sentence(place, damage):
    network, _ = train_tiny(tiny_task(), checkpoints=place)
    path = place.path("tiny")
    content = path.read_bytes()
    weights = network[-1].weight.detach().numpy().tobytes()
    assert content.count(weights) and content.count(b"0.0001")
    damaged = {
        "cut": content[:-200],
        "weights": content.replace(weights, weights[::-1]),
        "rate": content.replace(b"0.0001", b"0.0002"),
        "empty": b"",
        "text": b"weights",
        "another file": safetensors_bytes({"weight": np.ones(3)}, {"format": "pt"}),
    }
    path.write_bytes(damaged[damage])
    with pytest.raises(CheckpointError) as raised:
        train_tiny(tiny_task(), checkpoints=place)
    assert raised.value.message.id == "error.training.checkpoint_damaged"
    said = load_catalogue("en").render(raised.value.message)
    assert path.name in said and "Remove it" in said


def test_a_checkpoint_of_another_format_is_refused_as_another_runs(place, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(checkpoint_file, "FORMAT_VERSION", checkpoint_file.FORMAT_VERSION + 1)
        train_tiny(tiny_task(), checkpoints=place)
    with pytest.raises(CheckpointError) as raised:
        train_tiny(tiny_task(), checkpoints=place)
    assert raised.value.message.id == "error.training.checkpoint_differs"


def test_runs_whose_names_are_spelt_alike_have_files_of_their_own(place):
    assert place.path("ccrt fold 1") != place.path("ccrt fold-1")
    assert place.path("ccrt fold 1") == place.path("ccrt fold 1")


def test_the_generators_of_python_numpy_and_torch_are_put_back():
    state = randomness()
    drawn = (random.random(), np.random.standard_normal(3).tolist(), torch.rand(3).tolist())  # noqa: NPY002
    restore_randomness(state)
    again = (random.random(), np.random.standard_normal(3).tolist(), torch.rand(3).tolist())  # noqa: NPY002
    assert again == drawn


def test_frozen_layers_stay_as_they_are():
    from models.training.engine.run import train_network

    network = tiny_network()
    network[0].weight.requires_grad_(False)
    before = network[0].weight.clone()
    train_network(network, tiny_task(), SCHEDULE, run="tiny", seed=1, stage="stage.training.classifier")
    assert torch.equal(network[0].weight, before)

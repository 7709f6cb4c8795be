"""The loop learns, repeats itself, and stops when asked."""

import pytest
import torch
from torch import nn

from inference.errors import Cancelled
from models.training.loop import Schedule, curves_csv, fit, make_repeatable

INPUTS = torch.linspace(-1, 1, 40)[:, None]
TARGETS = 3 * INPUTS + 1


def squared_error(network, positions, generator):
    noise = 0.01 * torch.randn(len(positions), 1, generator=generator)
    return ((network(INPUTS[positions]) - TARGETS[positions] + noise) ** 2).mean()


def run(schedule, should_stop=lambda: False):
    torch.manual_seed(0)
    network = nn.Linear(1, 1)
    curve = fit(
        network,
        40,
        squared_error,
        schedule,
        run="line",
        seed=1,
        stage="stage.training",
        should_stop=should_stop,
    )
    return network, curve


@pytest.mark.parametrize(("optimiser", "rate"), [("rmsprop", 0.05), ("sgd", 0.1), ("adamw", 0.1)])
def test_every_optimiser_finds_the_line(optimiser, rate):
    network, curve = run(Schedule(optimiser, rate, batch_size=8, epochs=40, decay="cosine", momentum=0.5))
    assert network.weight.item() == pytest.approx(3, abs=0.1)
    assert network.bias.item() == pytest.approx(1, abs=0.1)
    assert curve[-1].loss < curve[0].loss / 10
    assert not network.training


def test_the_same_seed_gives_the_same_weights():
    schedule = Schedule("adamw", 0.05, batch_size=8, epochs=3)
    first, second = run(schedule)[0], run(schedule)[0]
    assert torch.equal(first.weight, second.weight)


def test_the_rate_falls_as_the_schedule_says():
    cosine = run(Schedule("sgd", 0.1, batch_size=40, epochs=4, decay="cosine"))[1]
    step = run(Schedule("sgd", 0.1, batch_size=40, epochs=3, decay="step"))[1]
    assert [point.learning_rate for point in cosine] == pytest.approx(
        [0.1, 0.0853553, 0.05, 0.0146447], abs=1e-6
    )
    assert [point.learning_rate for point in step] == pytest.approx([0.1, 0.01, 0.001])


def test_training_stops_when_asked():
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        run(Schedule("sgd", 0.1, batch_size=8, epochs=5), should_stop=lambda: next(asked))


def test_curves_are_one_line_per_epoch():
    curve = run(Schedule("sgd", 0.1, batch_size=20, epochs=2))[1]
    lines = curves_csv(curve).splitlines()
    assert lines[0] == "run,epoch,learning_rate,training_loss"
    assert [line.split(",")[:2] for line in lines[1:]] == [["line", "1"], ["line", "2"]]


def test_repeatable_training_refuses_algorithms_that_differ_from_run_to_run():
    threads = torch.get_num_threads()
    try:
        make_repeatable(5, 1)
        first = torch.rand(3)
        make_repeatable(5, 1)
        assert torch.equal(first, torch.rand(3))
        assert torch.are_deterministic_algorithms_enabled()
    finally:
        torch.use_deterministic_algorithms(False)
        torch.set_num_threads(threads)

"""Where training runs."""

import pytest
import torch

from inference.errors import ResourceError
from models.training.engine.device import choose_device, make_repeatable, precision_of, scaler_of
from models.training.engine.run import RunPlace
from tests.models.training.engine.tiny_run import tiny_task, train_tiny


def test_without_a_card_auto_is_the_processor_and_cuda_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto").type == "cpu"
    with pytest.raises(ResourceError) as raised:
        choose_device("cuda")
    assert raised.value.message.id == "error.training.no_cuda"


def test_a_card_is_taken_where_there_is_one_unless_the_processor_is_asked_for(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto").type == choose_device("cuda").type == "cuda"
    assert choose_device("cpu").type == "cpu"


def test_the_processor_computes_in_single_precision():
    with precision_of(torch.device("cpu")):
        assert torch.nn.Linear(2, 2)(torch.ones(1, 2)).dtype is torch.float32
    assert not scaler_of(torch.device("cpu")).is_enabled()
    assert RunPlace().device.type == "cpu"


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


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA card")
def test_a_card_learns_in_mixed_precision():
    on_card = torch.device("cuda")
    network, result = train_tiny(tiny_task(), device=on_card)
    assert result.curve[-1].loss < result.curve[0].loss
    assert next(network.parameters()).device.type == "cpu"

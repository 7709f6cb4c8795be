"""What is exported answers as torch does, is stored in half precision, and is the same file every time."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from models.export import export_network, read_weights, round_weights, tensor_entries
from models.networks.outputs import ClassifierGraph
from models.networks.xception import Xception
from tests.models.exported_once import export_once

SIDE = 64


@pytest.fixture(scope="module")
def network() -> Xception:
    """A small Xception whose batch norms have seen data, so that no layer is trivial."""
    torch.manual_seed(11)
    network = Xception(1 / 16)
    with torch.no_grad():
        for _ in range(3):
            network(torch.randn(8, 10, SIDE, SIDE))
    network.eval()
    round_weights(network)
    return network


@pytest.fixture(scope="module")
def exported(network: Xception, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small network as a pack would carry it."""
    path = tmp_path_factory.mktemp("export") / "small.onnx"
    export_network(ClassifierGraph(network), torch.zeros(1, 10, SIDE, SIDE), path)
    return path


def answers(path: Path, image: torch.Tensor) -> dict[str, np.ndarray]:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {"image": image.numpy()}), strict=True))


def autograd(network: Xception, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Score, activation and the derivative of the logit with respect to it, by torch itself."""
    activation = network.features(image).detach().requires_grad_()
    logit = network.head(activation)
    (gradient,) = torch.autograd.grad(logit.sum(), activation)
    return torch.sigmoid(logit).detach(), activation.detach(), gradient


@pytest.mark.parametrize("batch", [1, 3])
def test_an_exported_classifier_answers_as_torch_and_autograd_do(network, exported, batch):
    image = torch.randn(batch, 10, SIDE, SIDE)
    given = answers(exported, image)
    score, activation, gradient = autograd(network, image)
    assert given["score"] == pytest.approx(score.numpy(), abs=1e-5)
    assert given["activation"] == pytest.approx(activation.numpy(), abs=1e-4)
    assert given["gradient"] == pytest.approx(gradient.numpy(), abs=1e-6)
    assert np.abs(given["gradient"]).max() > 1e-4


def test_inputs_and_outputs_are_declared_with_a_free_batch(exported):
    inputs, outputs = tensor_entries(exported.read_bytes())
    assert [(entry.name, entry.shape) for entry in inputs] == [("image", (None, 10, SIDE, SIDE))]
    assert [(entry.name, entry.shape) for entry in outputs] == [
        ("score", (None, 1)),
        ("activation", (None, 128, 2, 2)),
        ("gradient", (None, 128, 2, 2)),
    ]


def test_weights_come_back_under_their_names_and_unchanged(network, exported):
    stored = read_weights(exported)
    for name, parameter in network.named_parameters():
        assert torch.equal(stored[name], parameter.detach()), name


def test_large_weights_take_two_bytes_each(network, exported):
    weights = sum(p.numel() for p in network.parameters() if p.ndim >= 2)
    rest = sum(p.numel() for p in network.parameters() if p.ndim < 2)
    # Two running statistics beside every pair of a norm's parameters, then names and nodes.
    assert exported.stat().st_size < 2 * weights + 4 * 2 * rest + 200_000


def test_a_second_export_is_the_same_file_but_for_its_weights_and_has_no_trace_of_the_machine(
    network, exported, tmp_path
):
    again, example = tmp_path / "again.onnx", torch.zeros(1, 10, SIDE, SIDE)
    other = Xception(1 / 16).eval()
    round_weights(other)
    export_once(ClassifierGraph(other), example, again)
    assert again.read_bytes() != exported.read_bytes()
    export_once(ClassifierGraph(network), example, again)
    content = again.read_bytes()
    assert content == exported.read_bytes()
    assert b".py" not in content
    assert b"/home" not in content


def test_weights_that_were_not_rounded_are_refused(tmp_path):
    torch.manual_seed(1)
    unrounded = Xception(1 / 16).eval()
    with pytest.raises(ValueError, match="not rounded"):
        export_network(ClassifierGraph(unrounded), torch.zeros(1, 10, SIDE, SIDE), tmp_path / "x.onnx")


def test_rounding_leaves_vectors_and_makes_matrices_half_precision():
    layer = nn.Linear(7, 5)
    weight, bias = layer.weight.detach().clone(), layer.bias.detach().clone()
    round_weights(layer)
    assert torch.equal(layer.weight.detach(), weight.half().float())
    assert not torch.equal(layer.weight.detach(), weight)
    assert torch.equal(layer.bias.detach(), bias)

"""The gastric studies' cut network, its attention, and the recurrence study's layers on the frozen one."""

import pytest
import torch
from torch.nn import functional

from models.networks.se_resnet import ChannelAttention, FrozenBackboneMlp, SEResNet50Cut


@pytest.fixture
def frozen() -> FrozenBackboneMlp:
    torch.manual_seed(4)
    return FrozenBackboneMlp(1 / 16, dropout=0.3)


def test_channel_attention_is_squeeze_rectifier_excite_sigmoid():
    torch.manual_seed(0)
    attention = ChannelAttention(32)
    features = torch.randn(2, 32, 5, 3)
    with torch.no_grad():
        given = attention(features)
        for n in range(2):
            means = features[n].flatten(1).mean(1)
            squeezed = (attention.squeeze.weight @ means + attention.squeeze.bias).clamp(min=0)
            weights = 1 / (1 + torch.exp(-(attention.excite.weight @ squeezed + attention.excite.bias)))
            for channel in range(32):
                assert torch.allclose(given[n, channel], features[n, channel] * weights[channel], atol=1e-6)


def test_attention_stands_before_the_first_and_after_the_last_block():
    network = SEResNet50Cut(1 / 16).eval()
    seen: dict[str, torch.Tensor] = {}
    for name in ("attention_before", "attention_after"):
        network.get_submodule(name).register_forward_hook(
            lambda module, given, answer, name=name: seen.update({f"{name} in": given[0], name: answer})
        )
    entered: list[torch.Tensor] = []
    network.backbone.layer1.register_forward_pre_hook(lambda module, given: entered.append(given[0]))
    with torch.no_grad():
        image = torch.randn(1, 3, 112, 112)
        stem = functional.max_pool2d(network.backbone.stem(image), 3, 2, 1)
        features = network.features(image)
    assert torch.equal(seen["attention_before in"], stem)
    assert torch.equal(seen["attention_before"], entered[0])
    assert torch.equal(seen["attention_after"], features)
    assert features.shape == (1, 64, 7, 7)


def test_training_changes_the_added_layers_and_nothing_of_the_frozen_ones(frozen):
    before = {name: values.clone() for name, values in frozen.state_dict().items()}
    optimiser = torch.optim.SGD([p for p in frozen.parameters() if p.requires_grad], lr=0.5)
    frozen.train()
    assert frozen.dropout.training
    assert not any(module.training for module in frozen.backbone.modules())
    functional.binary_cross_entropy_with_logits(
        frozen(torch.randn(4, 3, 112, 112)), torch.ones(4, 1)
    ).backward()
    optimiser.step()
    changed = {name for name, values in frozen.state_dict().items() if not torch.equal(values, before[name])}
    assert changed == {"hidden.weight", "hidden.bias", "classifier.weight", "classifier.bias"}


def test_a_patient_is_the_mean_of_the_slices_embeddings(frozen):
    frozen.eval()
    with torch.no_grad():
        activation = frozen.features(torch.randn(5, 3, 112, 112))
        mean = frozen.embedding(activation).mean(0)
        assert torch.allclose(frozen.patient_head(activation)[0], frozen.from_embedding(mean))
        one = activation[:1]
        assert torch.equal(frozen.patient_head(one), frozen.head(one))
        twice = frozen.patient_head(torch.cat([activation, activation]))
        assert torch.allclose(twice, frozen.patient_head(activation), atol=1e-6)


def test_gradients_written_out_are_those_of_autograd(frozen):
    frozen.eval()
    torch.manual_seed(6)
    activation = torch.rand(3, 64, 4, 4, requires_grad=True)
    for head, gradient in (
        (frozen.head, frozen.head_gradient),
        (frozen.patient_head, frozen.patient_head_gradient),
    ):
        (expected,) = torch.autograd.grad(head(activation).sum(), activation)
        with torch.no_grad():
            assert torch.allclose(gradient(activation), expected, atol=1e-8)
        assert float(expected.abs().max()) > 1e-5

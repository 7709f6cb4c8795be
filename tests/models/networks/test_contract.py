"""Every classifier's written gradient against autograd, and the two halves against the whole."""

import pytest
import torch
from torch import nn

from models.networks.catalogue import CLASSIFIERS, SEGMENTERS, build_classifier, build_segmenter

from .trained_like import trained_like


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_is_its_head_on_its_features_and_knows_the_heads_derivative(name):
    torch.manual_seed(7)
    image = torch.randn(2, 3, 112, 112)
    network = trained_like(build_classifier(name, width=1 / 16, in_channels=3, dropout=0.4), image)
    activation = network.features(image).detach().requires_grad_()
    logits = network.head(activation)
    (expected,) = torch.autograd.grad(logits.sum(), activation)
    with torch.no_grad():
        assert torch.equal(network(image), logits)
        assert torch.allclose(network.head_gradient(activation), expected, atol=1e-8)
        assert torch.allclose(network.embedding(activation), activation.flatten(2).mean(2), atol=1e-6)
    assert float(expected.abs().max()) > 1e-5
    assert not torch.allclose(logits[0], logits[1], atol=1e-4)


@pytest.mark.parametrize("name", SEGMENTERS)
def test_a_segmenters_embedding_is_the_mean_of_its_coarsest_map(name):
    torch.manual_seed(8)
    network = build_segmenter(name, width=1 / 16, in_channels=1).eval()
    with torch.no_grad():
        features = network.features(torch.randn(2, 1, 64, 64))
    assert torch.allclose(network.embedding(features), features.flatten(2).mean(2), atol=1e-6)


def test_the_pancreatic_studys_bottleneck_is_read_after_the_exponential_unit():
    torch.manual_seed(9)
    image = 300 * torch.randn(2, 1, 64, 64)
    exponential = build_segmenter("unet_elu", width=1 / 16, in_channels=1)
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in exponential.modules())
    rectified = build_segmenter("unet", width=1 / 16, in_channels=1)
    with torch.no_grad():
        features = exponential.features(image)
        assert float(rectified.features(image).min()) == 0
    assert -1 < float(features.min()) < -0.5
    assert float(features.max()) > 1

"""Shapes of the networks at the published sizes, without computing a pixel, and at the demonstration's."""

import pytest
import torch

from models.networks.layers import narrowed
from models.networks.outputs import ClassifierGraph, SegmenterGraph
from models.networks.unet import UNet
from models.networks.xception import Xception
from models.studies.npc_residual_config import DEMO


def shapes_only():
    """Tensors and layers made here have shapes but no values."""
    return torch.device("meta")


def test_unet_at_width_one_has_the_published_bottleneck():
    with shapes_only():
        features, skipped = UNet(1.0).bottleneck(torch.empty(2, 1, 256, 256))
    assert features.shape == (2, 1024, 16, 16)
    assert [tuple(finer.shape[1:]) for finer in skipped] == [
        (64, 256, 256),
        (128, 128, 128),
        (256, 64, 64),
        (512, 32, 32),
    ]


def test_unet_answers_one_logit_per_pixel_of_any_multiple_of_sixteen():
    with shapes_only():
        assert UNet(1.0)(torch.empty(1, 1, 512, 512)).shape == (1, 1, 512, 512)
    with torch.no_grad():
        assert UNet(1 / 8).eval()(torch.zeros(2, 1, 48, 64)).shape == (2, 1, 48, 64)


def test_xception_at_width_one_reads_ten_slices_of_224_pixels():
    with shapes_only():
        network = Xception(1.0)
        activation = network.features(torch.empty(3, 10, 224, 224))
        assert activation.shape == (3, 2048, 7, 7)
        assert network.head(activation).shape == (3, 1)
    # 20.8 million in the publication's backbone, plus seven more input channels of a 3 × 3 × 32 stem.
    parameters = sum(p.numel() for p in network.parameters()) - network.classifier.in_features - 1
    assert parameters == pytest.approx(20_806_952 + 7 * 9 * 32, rel=0.003)


def test_the_demonstrations_networks_have_the_shapes_of_its_preprocessing():
    classifier, segmenter = DEMO.preprocessing.classifier, DEMO.preprocessing.segmenter
    image = torch.zeros(1, classifier.slices, classifier.rows, classifier.columns)
    with torch.no_grad():
        score, activation, gradient = ClassifierGraph(Xception(DEMO.widths["xception"]).eval())(image)
        slices = torch.zeros(1, 1, segmenter.rows, segmenter.columns)
        probability = SegmenterGraph(UNet(DEMO.widths["unet"]).eval())(slices)
    assert score.shape == (1, 1)
    assert activation.shape == gradient.shape == (1, 204, classifier.rows // 32, classifier.columns // 32)
    assert probability.shape == slices.shape
    assert 0 < float(probability.min()) <= float(probability.max()) < 1


def test_narrowed_counts_are_multiples_of_four_and_never_vanish():
    assert [narrowed(count, 1 / 8) for count in (32, 64, 728, 2048)] == [4, 8, 92, 256]
    assert narrowed(32, 1 / 64) == 4
    assert narrowed(728, 1.0) == 728


def test_every_slice_reaches_the_score():
    torch.manual_seed(0)
    network = Xception(1 / 8).eval()
    image = torch.randn(1, 10, 64, 64, requires_grad=True)
    network(image).sum().backward()
    assert image.grad is not None
    assert bool((image.grad.abs().amax(dim=(0, 2, 3)) > 0).all())

"""Every network of the catalogue against the published counts and shapes, and narrowed as the packs are."""

import pytest
import torch
from torch import nn

from models.networks.catalogue import (
    CLASSIFIERS,
    SEGMENTERS,
    build_classifier,
    build_segmenter,
    parameter_count,
)

# Parameters of the published classifiers without their last linear layer, and of the segmenters with 21
# classes where that is how the count is known.
PUBLISHED_BACKBONES = {
    "efficientnet_b0": 4_007_548,
    "inception_resnet_v2": 54_306_464,
    "resnet50": 23_508_032,
    "xception": 20_806_952,
}
PUBLISHED_MAPS = {
    ("efficientnet_b0", 224): (1280, 7, 7),
    ("inception_resnet_v2", 299): (1536, 8, 8),
    ("resnet50", 224): (2048, 7, 7),
    ("xception", 299): (2048, 10, 10),
    ("se_resnet50_cut", 112): (1024, 7, 7),
    ("se_resnet50_cut_mlp", 112): (1024, 7, 7),
}
# Megabytes in single precision that were measured on other implementations, narrowed alike.
MEASURED_MEGABYTES = {
    "se_resnet50_cut": (34.6, 2.2, 0.57),
    "resnet50": (94, 5.9, 1.5),
    "xception": (83, 5.4, 1.4),
    "inception_resnet_v2": (217, 13.8, 3.6),
    "efficientnet_b0": (16, 1.2, 0.39),
    "unet": (124, 7.8, 2.0),
    "deeplabv3": (159, 9.9, 2.5),
}


def built(name: str, width: float, in_channels: int = 3) -> nn.Module:
    """A network with shapes but no values."""
    with torch.device("meta"):
        if name in CLASSIFIERS:
            return build_classifier(name, width=width, in_channels=in_channels).eval()
        return build_segmenter(name, width=width, in_channels=in_channels).eval()


def on_meta(*shape: int) -> torch.Tensor:
    return torch.empty(*shape, device="meta")


@pytest.mark.parametrize("name", PUBLISHED_BACKBONES)
def test_a_classifier_at_width_one_has_exactly_the_published_parameters(name):
    network = built(name, 1.0)
    assert parameter_count(network) - parameter_count(network.classifier) == PUBLISHED_BACKBONES[name]


def test_deeplabv3_with_21_classes_has_exactly_torchvisions_parameters():
    with torch.device("meta"):
        network = build_segmenter("deeplabv3", width=1, in_channels=3, classes=21)
    assert parameter_count(network) == 39_638_869


def test_the_cut_trunk_has_resnets_parameters_less_its_fourth_stage_plus_attention():
    fourth_stage = 14_964_736
    attention = sum(2 * c * (c // 16) + c + c // 16 for c in (64, 1024))
    network = built("se_resnet50_cut", 1.0)
    expected = PUBLISHED_BACKBONES["resnet50"] - fourth_stage + attention
    assert parameter_count(network) - parameter_count(network.classifier) == expected


@pytest.mark.parametrize(("name", "side"), PUBLISHED_MAPS)
def test_the_last_map_has_its_published_size(name, side):
    network = built(name, 1.0)
    activation = network.features(on_meta(2, 3, side, side))
    assert activation.shape[1:] == PUBLISHED_MAPS[name, side]
    assert network.embedding(activation).shape == (2, activation.shape[1])
    assert network.head(activation).shape == (2, 1)


@pytest.mark.parametrize("name", SEGMENTERS)
def test_a_segmenter_answers_every_pixel_of_256(name):
    network = built(name, 1.0, in_channels=1)
    image = on_meta(2, 1, 256, 256)
    assert network(image).shape == (2, 1, 256, 256)
    expected = (2048, 32, 32) if name == "deeplabv3" else (1024, 16, 16)
    assert network.features(image).shape == (2, *expected)
    assert network.embedding(network.features(image)).shape == (2, expected[0])


@pytest.mark.parametrize(
    ("side", "features", "rates"), [(512, 64, (12, 24, 36)), (256, 32, (6, 12, 18)), (128, 32, (6, 12, 18))]
)
def test_deeplabv3s_dilated_kernels_stay_within_the_features(side, features, rates):
    with torch.device("meta"):
        network = build_segmenter("deeplabv3", width=1 / 8, in_channels=1, side=side).eval()
    assert network.features(on_meta(2, 1, side, side)).shape[2:] == (features, features)
    assert network(on_meta(2, 1, side, side)).shape == (2, 1, side, side)
    dilated = [one.dilation[0] for one in network.modules() if isinstance(one, nn.Conv2d)]
    assert tuple(dilated[-7:-4]) == rates


@pytest.mark.parametrize("name", MEASURED_MEGABYTES)
def test_sizes_at_width_one_a_quarter_and_an_eighth_are_those_measured(name):
    for width, megabytes in zip((1, 1 / 4, 1 / 8), MEASURED_MEGABYTES[name], strict=True):
        found = 4e-6 * sum(values.numel() for values in built(name, width).state_dict().values())
        assert found == pytest.approx(megabytes, rel=0.06), width


@pytest.mark.parametrize("name", [*CLASSIFIERS, *SEGMENTERS])
def test_one_factor_narrows_every_layer(name):
    counts = [parameter_count(built(name, width)) for width in (1, 1 / 4, 1 / 8, 1 / 16)]
    for wider, narrower, most in zip(counts, counts[1:], (16, 4, 4), strict=False):
        assert 0.6 * most < wider / narrower < 1.1 * most


@pytest.mark.parametrize("name", [*CLASSIFIERS, *SEGMENTERS])
def test_channels_and_classes_are_as_asked(name):
    torch.manual_seed(0)
    build = build_classifier if name in CLASSIFIERS else build_segmenter
    network = build(name, width=1 / 16, in_channels=10, classes=3).eval()
    image = torch.randn(1, 10, 96, 96, requires_grad=True)
    answer = network(image)
    assert answer.shape[:2] == (1, 3)
    answer.sum().backward()
    assert image.grad is not None
    assert bool((image.grad.abs().amax(dim=(0, 2, 3)) > 0).all())


def test_a_name_that_is_not_in_the_catalogue_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match=r"no classifier 'vgg16'; known: efficientnet_b0, .*resnet50"):
        build_classifier("vgg16", width=1, in_channels=3)
    with pytest.raises(ValueError, match=r"no segmenter 'resnet50'; known: unet, unet_elu, deeplabv3"):
        build_segmenter("resnet50", width=1, in_channels=3)

"""Weights from a file start a network as far as they fit, and the report says how far that is."""

import re

import pytest
import torch
from torch import nn

from inference.errors import InputError
from inference.messages.catalogue import load_catalogue
from models.networks.catalogue import CLASSIFIERS, SEGMENTERS, build_classifier, build_segmenter
from models.networks.initial_weights import load_initial_weights, main, xception_public_name
from models.networks.resnet import ResNet50
from models.networks.se_resnet import FrozenBackboneMlp, SEResNet50Cut
from models.networks.xception import Xception

from .safetensors_bytes import write_weights

WIDTH = 1 / 16


def counted(network: nn.Module) -> list[str]:
    return [name for name in network.state_dict() if not name.endswith("num_batches_tracked")]


def public_resnet50(width: float = WIDTH, seed: int = 1) -> dict[str, torch.Tensor]:
    """Weights under the names of the common checkpoint, with its 1000 outputs called ``fc``."""
    torch.manual_seed(seed)
    network = ResNet50(width, 3, 1000)
    return {
        name.removeprefix("backbone.").replace("classifier.", "fc."): values
        for name, values in network.state_dict().items()
    }


@pytest.mark.parametrize("name", [*CLASSIFIERS, *SEGMENTERS])
def test_a_networks_own_file_restores_it_whole(name, tmp_path):
    build = build_classifier if name in CLASSIFIERS else build_segmenter
    torch.manual_seed(2)
    saved, fresh = (build(name, width=WIDTH, in_channels=2) for _ in range(2))
    report = load_initial_weights(fresh, write_weights(tmp_path / "own.safetensors", saved.state_dict()))
    assert list(report.used) == counted(saved)
    assert report.missing == report.unexpected == ()
    assert report.file_channels is None
    assert report.file_outputs is None
    expected = saved.state_dict()
    for tensor, values in fresh.state_dict().items():
        assert torch.equal(values, expected[tensor]), tensor


def test_imagenets_resnet50_starts_all_that_is_built_on_it(tmp_path):
    published = public_resnet50()
    path = write_weights(tmp_path / "resnet50.safetensors", published)
    whole = load_initial_weights(classifier := ResNet50(WIDTH), path)
    assert whole.missing == ("classifier.weight", "classifier.bias")
    assert whole.unexpected == ("fc.bias", "fc.weight")
    assert torch.equal(classifier.backbone.layer4[2].bn3.bias, published["layer4.2.bn3.bias"])

    cut = load_initial_weights(trunk := SEResNet50Cut(WIDTH), path)
    assert {name.split(".")[0] for name in cut.missing} == {
        "attention_before",
        "attention_after",
        "classifier",
    }
    assert {name.split(".")[0] for name in cut.unexpected} == {"layer4", "fc"}
    assert torch.equal(trunk.backbone.layer3[5].conv3.weight, published["layer3.5.conv3.weight"])

    dilated = load_initial_weights(
        segmenter := build_segmenter("deeplabv3", width=WIDTH, in_channels=3), path
    )
    assert {name.split(".")[0] for name in dilated.missing} == {"classifier"}
    assert torch.equal(segmenter.backbone.layer4[0].conv2.weight, published["layer4.0.conv2.weight"])


def test_the_response_studys_network_becomes_the_frozen_part_of_the_recurrence_studys(tmp_path):
    torch.manual_seed(3)
    response, recurrence = SEResNet50Cut(WIDTH), FrozenBackboneMlp(WIDTH)
    path = write_weights(tmp_path / "response.safetensors", response.state_dict())
    report = load_initial_weights(recurrence, path)
    assert report.missing == ("hidden.weight", "hidden.bias", "classifier.weight", "classifier.bias")
    assert report.unexpected == ()
    image = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(recurrence.eval().features(image), response.eval().features(image))


def test_timms_names_of_an_xception_are_found_for_every_tensor(tmp_path):
    torch.manual_seed(4)
    saved, fresh = Xception(WIDTH, 3), Xception(WIDTH, 3)
    published = {
        xception_public_name(name): values
        for name, values in saved.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    assert len(published) == len(counted(saved))
    assert published.keys() >= {
        "conv1.weight",
        "block1.rep.0.conv1.weight",
        "block1.rep.3.pointwise.weight",
        "block1.rep.4.running_var",
        "block2.rep.1.conv1.weight",
        "block3.skipbn.bias",
        "block4.rep.7.conv1.weight",
        "block11.rep.8.weight",
        "block12.skip.weight",
        "block12.rep.5.running_mean",
        "conv4.pointwise.weight",
        "bn4.weight",
        "fc.bias",
    }
    report = load_initial_weights(fresh, write_weights(tmp_path / "timm.safetensors", published))
    assert report.missing == report.unexpected == ()
    image = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(fresh.eval()(image), saved.eval()(image))


@pytest.mark.parametrize("channels", [1, 3, 10])
def test_slices_that_are_alike_are_answered_as_the_same_slice_in_three_colours(channels, tmp_path):
    path = write_weights(tmp_path / "resnet50.safetensors", public_resnet50())
    coloured, adapted = ResNet50(WIDTH, 3), ResNet50(WIDTH, channels)
    assert load_initial_weights(coloured, path).file_channels is None
    report = load_initial_weights(adapted, path)
    assert report.file_channels == (None if channels == 3 else 3)
    slice_ = torch.randn(1, 1, 64, 64)
    with torch.no_grad():
        expected = coloured.eval().features(slice_.expand(1, 3, 64, 64))
        given = adapted.eval().features(slice_.expand(1, channels, 64, 64))
    assert torch.allclose(given, expected, rtol=1e-4, atol=1e-4 * float(expected.abs().max()))


def test_a_last_layer_with_other_outputs_keeps_its_start(tmp_path):
    torch.manual_seed(5)
    saved = build_classifier("efficientnet_b0", width=WIDTH, in_channels=3, classes=1000)
    fresh = build_classifier("efficientnet_b0", width=WIDTH, in_channels=3)
    start = fresh.classifier.weight.detach().clone()
    report = load_initial_weights(fresh, write_weights(tmp_path / "b0.safetensors", saved.state_dict()))
    assert report.missing == ("classifier.weight", "classifier.bias")
    assert report.file_outputs == 1000
    assert torch.equal(fresh.classifier.weight, start)


def test_a_file_of_another_width_is_refused_and_nothing_is_changed(tmp_path):
    network = ResNet50(WIDTH)
    before = {name: values.clone() for name, values in network.state_dict().items()}
    path = write_weights(tmp_path / "wide.safetensors", public_resnet50(1 / 8))
    with pytest.raises(InputError) as caught:
        load_initial_weights(network, path)
    text = load_catalogue("en").render(caught.value.message)
    assert re.match(
        r"wide.safetensors does not fit: backbone\.layer1\.0\.conv1\.weight is 8 × 16 × 1 × 1 in the file "
        r"and 4 × 16 × 1 × 1 in this network, and \d{3} more tensors differ\. Build the network at the width",
        text,
    )
    assert all(torch.equal(values, before[name]) for name, values in network.state_dict().items())


def test_a_file_of_another_network_is_refused(tmp_path):
    path = write_weights(tmp_path / "resnet50.safetensors", public_resnet50())
    with pytest.raises(InputError, match=r"error\.weights\.other_network"):
        load_initial_weights(build_classifier("inception_resnet_v2", width=WIDTH, in_channels=3), path)
    with pytest.raises(InputError, match=r"error\.weights\.other_network"):
        load_initial_weights(build_segmenter("unet", width=WIDTH, in_channels=3), path)


def test_a_number_that_is_not_finite_is_refused_before_anything_is_copied(tmp_path):
    weights = public_resnet50()
    weights["layer4.2.bn3.running_var"] = torch.full_like(weights["layer4.2.bn3.running_var"], torch.inf)
    network = ResNet50(WIDTH)
    start = network.backbone.conv1.weight.detach().clone()
    with pytest.raises(InputError) as caught:
        load_initial_weights(network, write_weights(tmp_path / "infinite.safetensors", weights))
    assert caught.value.message.fields["tensor"] == "backbone.layer4.2.bn3.running_var"
    assert torch.equal(network.backbone.conv1.weight, start)


def test_the_command_says_what_a_training_would_take(tmp_path, capsys):
    path = write_weights(tmp_path / "resnet50.safetensors", public_resnet50())
    options = ["--init", str(path), "--in-channels", "10"]
    assert main(["resnet50", *options, "--width", str(WIDTH)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "260 of 262 tensors were taken from resnet50.safetensors.",
        "2 tensors of the network are not taken from the file and keep their random start: "
        "classifier.weight, classifier.bias",
        "2 tensors of the file have no place in the network: fc.bias, fc.weight",
        "The first convolution was adapted from 3 channels of the file: every channel has their sum, divided "
        "by the number of channels.",
    ]
    assert main(["resnet50", *options]) == 2
    assert "does not fit" in capsys.readouterr().err

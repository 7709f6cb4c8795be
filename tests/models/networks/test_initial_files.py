"""A file of weights finds its network by name or by what fits, and everything else is refused."""

import pytest
import torch

from inference.errors import InputError
from models.networks.catalogue import build_classifier, build_segmenter
from models.networks.initial_files import InitialFile, by_network

from .safetensors_bytes import write_weights

WIDTH = 1 / 16


@pytest.fixture(scope="module")
def networks():
    """Shapes alone, as a study tries files on."""
    with torch.device("meta"):
        return {
            "unet": build_segmenter("unet", width=WIDTH, in_channels=1),
            "deeplabv3": build_segmenter("deeplabv3", width=WIDTH, in_channels=1),
            "resnet50": build_classifier("resnet50", width=WIDTH, in_channels=10),
            "xception": build_classifier("xception", width=WIDTH, in_channels=10),
        }


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The file of each network with the channels and outputs of photographs."""
    folder = tmp_path_factory.mktemp("weights")
    built = {
        "deeplabv3": build_segmenter("deeplabv3", width=WIDTH, in_channels=3, classes=21),
        "resnet50": build_classifier("resnet50", width=WIDTH, in_channels=3, classes=20),
        "xception": build_classifier("xception", width=WIDTH, in_channels=3, classes=20),
        "wide": build_classifier("xception", width=1 / 8, in_channels=3),
    }
    return {
        name: write_weights(folder / f"{name}.safetensors", network.state_dict())
        for name, network in built.items()
    }


@pytest.mark.parametrize("name", ["deeplabv3", "resnet50", "xception"])
def test_a_file_without_a_name_starts_the_network_that_it_fits_best(name, networks, files):
    assert by_network("study", [InitialFile(files[name])], networks) == {name: files[name]}


def test_a_name_is_what_stands_before_the_sign_of_equality(files, networks):
    given = InitialFile.parse(f"deeplabv3={files['resnet50']}")
    assert given == InitialFile(files["resnet50"], "deeplabv3")
    assert InitialFile.parse(str(files["resnet50"])) == InitialFile(files["resnet50"])
    assert by_network("study", [given], networks) == {"deeplabv3": files["resnet50"]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([("wide", None)], "error.weights.no_fit"),
        ([("xception", "vgg16")], "error.weights.no_network"),
        ([("xception", "unet")], "error.weights.other_network"),
        ([("wide", "xception")], "error.weights.width"),
        ([("xception", None), ("xception", "xception")], "error.weights.twice"),
    ],
    ids=["fits none", "no such network", "another network", "another width", "twice"],
)
def test_a_file_that_starts_nothing_is_refused(given, said, files, networks):
    asked = [InitialFile(files[file], name) for file, name in given]
    with pytest.raises(InputError) as caught:
        by_network("study", asked, networks)
    assert caught.value.message.id == said

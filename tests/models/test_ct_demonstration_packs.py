"""The networks of the four committed CT packs answer as torch does on the same trained weights."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from inference.packs.load import LoadedPack
from inference.packs.self_test import read_arrays
from inference.packs.verify import verify_pack
from models.export import read_weights
from models.networks.catalogue import build_classifier, build_segmenter
from models.networks.outputs import EncoderGraph, ExportedGraph, StageMaximaGraph
from models.studies import gc_recurrence_config, gnen_os_config, lagc_response_config, pnen_recurrence_config
from tests.models.explained import agree, answers, check_explained


def with_weights(network: nn.Module, path: Path, *unused: str) -> nn.Module:
    """The network with the pack's weights; ``unused`` parts are not in the file."""
    missing, unexpected = network.load_state_dict(read_weights(path), strict=False)
    assert not unexpected
    lacking = [name for name in missing if not name.endswith("num_batches_tracked")]
    assert all(name.startswith(unused) for name in lacking)
    return network.eval()


@pytest.mark.parametrize(
    ("study", "network", "width", "head", "unused"),
    [
        ("lagc-response", "se_resnet50_cut", lagc_response_config.DEMO.width, "head", ()),
        (
            "gc-recurrence",
            "se_resnet50_cut_mlp",
            gc_recurrence_config.DEMO.width,
            "patient_head",
            ("backbone.classifier.",),
        ),
    ],
)
def test_every_fold_and_its_grad_cam_are_torchs(repository, study, network, width, head, unused):
    pack = verify_pack(repository / "packs" / f"{study}-demo")
    stored = read_arrays(pack)
    assert len(pack.manifest.networks) == 5
    for entry in pack.manifest.networks:
        bare = build_classifier(network, width=width, in_channels=3)
        plain = with_weights(bare, pack.folder / entry.file, *unused)
        image = torch.from_numpy(stored[f"{entry.file}/image"])
        run = answers((pack.folder / entry.file).read_bytes())
        check_explained(run, plain.features, getattr(plain, head), image)


def embeds_as_torch(pack: LoadedPack, network: nn.Module, graph: type[ExportedGraph], *unused: str) -> None:
    (entry,) = pack.manifest.networks
    image = read_arrays(pack)[f"{entry.file}/image"]
    with_weights(network, pack.folder / entry.file, *unused)
    with torch.no_grad():
        expected = graph(network).eval()(torch.from_numpy(image))
    assert np.ptp(expected.numpy()) > 0.1
    agree(pack.network(entry).run(image)["embedding"], expected)


def test_the_encoder_of_pancreatic_slices_is_torchs(repository):
    width = pnen_recurrence_config.DEMO.width
    network = build_segmenter("unet_elu", width=width, in_channels=1, side=64)
    pack = verify_pack(repository / "packs" / "pnen-recurrence-demo")
    embeds_as_torch(pack, network, EncoderGraph, "up.", "enlarge.", "exit.")


def test_the_stage_maxima_of_gastric_nen_are_torchs(repository):
    network = build_classifier("resnet50", width=gnen_os_config.DEMO.resnet_width, in_channels=1)
    pack = verify_pack(repository / "packs" / "gnen-os-demo")
    embeds_as_torch(pack, network, StageMaximaGraph, "classifier.")

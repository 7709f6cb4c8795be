"""Every network as a pack carries it against torch, and its Grad-CAM against autograd.

Repeated blocks are fewer here than published, because the exporter traces each of them; kinds are all there.
What the CT studies export (cut SE-ResNet, patients of all slices, embeddings) stands with those studies.
"""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from models.export import export_network, round_weights
from models.networks import efficientnet, inception_resnet, resnet
from models.networks.catalogue import build_classifier, build_segmenter
from models.networks.outputs import ClassifierGraph, ExportedGraph, SegmenterGraph
from tests.models.explained import Run, agree, answers, check_explained

from .networks.trained_like import trained_like

WIDTH = 1 / 16


@pytest.fixture(autouse=True)
def _fewer_blocks(monkeypatch):
    monkeypatch.setattr(resnet, "PUBLISHED_BLOCKS", (2, 1, 1, 1))
    first, second, third, *_ = efficientnet.PUBLISHED_STAGES
    few = (first, second, third._replace(repeats=1))
    monkeypatch.setattr(efficientnet, "PUBLISHED_STAGES", few)
    for name in ("BLOCKS_35", "BLOCKS_17", "BLOCKS_8"):
        monkeypatch.setattr(inception_resnet, name, 1)


def exported(graph: ExportedGraph, image: torch.Tensor, folder: Path) -> Run:
    """``graph`` in ONNX Runtime, after a look at the file."""
    path = folder / "network.onnx"
    export_network(graph, image[:1], path)
    stored = onnx.load(str(path), load_external_data=False).graph
    assert all(initializer.data_location == onnx.TensorProto.DEFAULT for initializer in stored.initializer)
    halved = {i.name for i in stored.initializer if i.data_type == onnx.TensorProto.FLOAT16}
    assert halved == {node.input[0] for node in stored.node if node.op_type == "Cast"} & halved
    assert len(halved) > 3
    run = answers(path.read_bytes())
    assert list(run(image)) == list(graph.outputs)
    return run


@pytest.mark.parametrize(
    ("name", "channels", "side"),
    [
        ("efficientnet_b0", 10, 64),
        ("inception_resnet_v2", 10, 139),
        ("resnet50", 3, 64),
    ],
)
def test_an_exported_classifier_and_its_grad_cam_are_torchs(name, channels, side, tmp_path):
    torch.manual_seed(12)
    image = torch.randn(3, channels, side, side)
    network = trained_like(build_classifier(name, width=WIDTH, in_channels=channels), image)
    run = exported(ClassifierGraph(network), image, tmp_path)
    for batch in (image, image[1:2]):
        check_explained(run, network.features, network.head, batch)
    scores = run(image)["score"][:, 0]
    assert np.ptp(scores) > 1e-3


def test_an_exported_deeplabv3_marks_what_torch_marks(tmp_path):
    torch.manual_seed(14)
    image = torch.randn(2, 1, 48, 64)
    network = trained_like(build_segmenter("deeplabv3", width=WIDTH, in_channels=1), image)
    run = exported(SegmenterGraph(network), image, tmp_path)
    for batch in (image, image[:1]):
        with torch.no_grad():
            agree(run(batch)["probability"], torch.sigmoid(network(batch)))
    assert np.ptp(run(image)["probability"]) > 0.1


def test_an_unrounded_layer_of_any_network_is_refused(tmp_path):
    torch.manual_seed(17)
    network = build_classifier("se_resnet50_cut_mlp", width=WIDTH, in_channels=3).eval()
    round_weights(network.backbone)
    with pytest.raises(ValueError, match=r"network\.hidden\.weight was not rounded"):
        export_network(ClassifierGraph(network), torch.zeros(1, 3, 64, 64), tmp_path / "x.onnx")

"""Every network as a pack carries it against torch, and its Grad-CAM against autograd.

Repeated blocks are fewer here than published, because the exporter traces each of them; kinds are all there.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from inference.predictors.grad_cam import grad_cams
from models.export import export_network, round_weights
from models.networks import efficientnet, inception_resnet, resnet
from models.networks.catalogue import build_classifier, build_segmenter
from models.networks.outputs import (
    ClassifierGraph,
    EncoderGraph,
    ExportedGraph,
    PatientGraph,
    SegmenterGraph,
    StageMaximaGraph,
)

from .networks.trained_like import trained_like

PARITY = 1e-4
WIDTH = 1 / 16

Run = Callable[[torch.Tensor], dict[str, np.ndarray]]


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
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    assert names == list(graph.outputs)
    return lambda image: dict(zip(names, session.run(names, {"image": image.numpy()}), strict=True))


def agree(given: np.ndarray, expected: torch.Tensor) -> None:
    """Within the parity of the largest value, or of one where all are smaller."""
    assert given.shape == tuple(expected.shape)
    largest = float(expected.abs().max())
    assert np.abs(given - expected.numpy()).max() <= PARITY * max(1.0, largest)


def explained(
    features: nn.Module, head: Callable[[torch.Tensor], torch.Tensor], image: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Score, activation and the logit's derivative by torch's autograd."""
    activation = features(image).detach().requires_grad_()
    logit = head(activation)
    (gradient,) = torch.autograd.grad(logit.sum(), activation)
    return torch.sigmoid(logit).detach(), activation.detach(), gradient


def check_explained(run: Run, expected: tuple[torch.Tensor, ...], image: torch.Tensor) -> None:
    """The three outputs, and the map that is drawn from two of them."""
    given = run(image)
    score, activation, gradient = expected
    agree(given["score"], score)
    agree(given["activation"], activation)
    scale = float(gradient.abs().max())
    assert scale > 1e-6
    assert np.abs(given["gradient"] - gradient.numpy()).max() <= PARITY * scale
    drawn = grad_cams(activation.numpy(), gradient.numpy())
    assert np.abs(grad_cams(given["activation"], given["gradient"]) - drawn).max() <= PARITY


@pytest.mark.parametrize(
    ("name", "channels", "side"),
    [
        ("efficientnet_b0", 10, 64),
        ("inception_resnet_v2", 10, 139),
        ("resnet50", 3, 64),
        ("se_resnet50_cut", 3, 64),
    ],
)
def test_an_exported_classifier_and_its_grad_cam_are_torchs(name, channels, side, tmp_path):
    torch.manual_seed(12)
    image = torch.randn(3, channels, side, side)
    network = trained_like(build_classifier(name, width=WIDTH, in_channels=channels), image)
    run = exported(ClassifierGraph(network), image, tmp_path)
    for batch in (image, image[1:2]):
        check_explained(run, explained(network.features, network.head, batch), batch)
    scores = run(image)["score"][:, 0]
    assert np.ptp(scores) > 1e-3


def test_an_exported_patient_is_all_its_slices(tmp_path):
    torch.manual_seed(13)
    image = torch.randn(4, 3, 64, 64)
    network = trained_like(build_classifier("se_resnet50_cut_mlp", width=WIDTH, in_channels=3), image)
    run = exported(PatientGraph(network), image, tmp_path)
    for slices in (image, image[:1]):
        check_explained(run, explained(network.features, network.patient_head, slices), slices)


def test_an_exported_deeplabv3_marks_what_torch_marks(tmp_path):
    torch.manual_seed(14)
    image = torch.randn(2, 1, 48, 64)
    network = trained_like(build_segmenter("deeplabv3", width=WIDTH, in_channels=1), image)
    run = exported(SegmenterGraph(network), image, tmp_path)
    for batch in (image, image[:1]):
        with torch.no_grad():
            agree(run(batch)["probability"], torch.sigmoid(network(batch)))
    assert np.ptp(run(image)["probability"]) > 0.1


def test_an_exported_encoder_gives_the_bottlenecks_means_and_carries_no_decoder(tmp_path):
    torch.manual_seed(15)
    image = torch.randn(2, 1, 48, 64)
    network = trained_like(build_segmenter("unet_elu", width=WIDTH, in_channels=1), image)
    run = exported(EncoderGraph(network), image, tmp_path)
    with torch.no_grad():
        agree(run(image)["embedding"], network.bottleneck(image)[0].mean(dim=(2, 3)))
    names = {i.name for i in onnx.load(str(tmp_path / "network.onnx")).graph.initializer}
    assert not any(name.startswith(("network.up", "network.enlarge", "network.exit")) for name in names)


def test_exported_stage_maxima_are_torchs(tmp_path):
    torch.manual_seed(16)
    image = torch.randn(2, 3, 64, 64)
    network = trained_like(build_classifier("resnet50", width=WIDTH, in_channels=3), image)
    run = exported(StageMaximaGraph(network), image, tmp_path)
    with torch.no_grad():
        agree(run(image)["embedding"], network.stage_maxima(image))


def test_an_unrounded_layer_of_any_network_is_refused(tmp_path):
    torch.manual_seed(17)
    network = build_classifier("se_resnet50_cut_mlp", width=WIDTH, in_channels=3).eval()
    round_weights(network.backbone)
    with pytest.raises(ValueError, match=r"network\.hidden\.weight was not rounded"):
        export_network(ClassifierGraph(network), torch.zeros(1, 3, 64, 64), tmp_path / "x.onnx")

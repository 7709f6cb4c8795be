"""Exports and pages in no time: that they are right, other tests show."""

import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

import models.packing.ct_pack as ct_pack
import models.packing.evaluation_files as evaluation_files


@pytest.fixture(scope="module")
def plain_files():
    """Encoders that give channel means as often as is needed, and a page for a report."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ct_pack, "export_network", export_plain_encoder)
        patch.setattr(evaluation_files, "build_evaluation_report", lambda content: b"%PDF-")
        yield


@pytest.fixture(scope="module")
def one_export():
    """Of networks that are made alike, the first alone is exported; the others get its file."""
    export, made = ct_pack.export_network, []

    def once(graph, example, path):
        if not made:
            export(graph, example, path)
            made.append(path.read_bytes())
        path.write_bytes(made[0])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ct_pack, "export_network", once)
        yield


def export_plain_encoder(graph, example, path):
    """An ONNX file with the shapes of ``graph`` and nothing of its weights."""
    with torch.no_grad():
        length = int(graph(example).shape[1])
    channels = example.shape[1]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", *example.shape[1:]])
    embedding = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", length])
    ones = numpy_helper.from_array(torch.ones(channels, length).numpy(), "ones")
    axes = numpy_helper.from_array(torch.tensor([2, 3]).numpy(), "axes")
    nodes = [
        helper.make_node("ReduceMean", ["image", "axes"], ["means"], keepdims=0),
        helper.make_node("MatMul", ["means", "ones"], ["embedding"]),
    ]
    made = helper.make_model(
        helper.make_graph(nodes, "plain", [image], [embedding], [ones, axes]),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=8,
    )
    path.write_bytes(made.SerializeToString())

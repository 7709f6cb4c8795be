"""From trained networks to ONNX files: weights inside, half precision on disk, the same bytes every time."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from inference.packs.manifest import Tensor as TensorEntry
from models.networks.outputs import ExportedGraph

OPSET = 18
_HALF_SUFFIX = "::half"


def round_weights(network: nn.Module) -> None:
    """Round every convolution and linear weight to half precision, in place.

    A pack stores them so; what is evaluated before the export is then what answers after it.
    """
    with torch.no_grad():
        for parameter in network.parameters():
            if _is_stored_in_half(tuple(parameter.shape)):
                parameter.copy_(parameter.half().float())


def export_network(graph: ExportedGraph, example: torch.Tensor, path: Path) -> None:
    """Write ``graph`` for images like ``example`` (n, channels, h, w); the batch size stays free.

    Raises
    ------
    ValueError
        When a weight was not rounded with :func:`round_weights` before.
    """
    for name, values in graph.named_parameters():
        if _is_stored_in_half(tuple(values.shape)) and not torch.equal(values, values.half().float()):
            raise ValueError(f"{name} was not rounded before the export")
    graph = graph.eval()
    batch = torch.export.Dim("batch", min=1, max=4096)
    outputs = list(graph.outputs)
    quiet = logging.getLogger("torch.onnx")
    level = quiet.level
    quiet.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                graph,
                (example.repeat(2, 1, 1, 1),),
                input_names=["image"],
                output_names=outputs,
                dynamic_shapes=({0: batch},),
                opset_version=OPSET,
                dynamo=True,
                optimize=False,
                verbose=False,
            )
    finally:
        quiet.setLevel(level)
    if program is None:
        raise RuntimeError("the exporter gave no program")
    model = _store_in_half(_short_names(_plain(program.model_proto)))
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """The weights of an exported network under their torch names, for comparison with torch."""
    model = onnx.load(str(path))
    prefix = "network."
    weights = {}
    for initializer in model.graph.initializer:
        name = initializer.name.removesuffix(_HALF_SUFFIX)
        if name.startswith(prefix):
            values = numpy_helper.to_array(initializer).astype(np.float32)
            weights[name.removeprefix(prefix)] = torch.from_numpy(values.copy())
    return weights


def tensor_entries(content: bytes) -> tuple[tuple[TensorEntry, ...], tuple[TensorEntry, ...]]:
    """Names and shapes of inputs and outputs as an ONNX file declares them; None is the free batch size."""
    graph = onnx.load_model_from_string(content).graph

    def entries(values: object) -> tuple[TensorEntry, ...]:
        return tuple(
            TensorEntry(
                name=value.name,
                shape=tuple(
                    dimension.dim_value if dimension.HasField("dim_value") else None
                    for dimension in value.type.tensor_type.shape.dim
                ),
            )
            for value in values  # type: ignore[attr-defined]
        )

    return entries(graph.input), entries(graph.output)


def _is_stored_in_half(shape: tuple[int, ...]) -> bool:
    return len(shape) >= 2


def _plain(model: onnx.ModelProto) -> onnx.ModelProto:
    """Drop what describes the exporting machine: stack traces, comments, versions."""
    model.producer_name, model.producer_version, model.doc_string = "concilium", "", ""
    model.graph.name, model.graph.doc_string = "network", ""
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.graph.value_info[:]
    for node in model.graph.node:
        node.doc_string, node.name = "", ""
        del node.metadata_props[:]
    for value in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        value.doc_string = ""
        del value.metadata_props[:]
    return model


def _short_names(model: onnx.ModelProto) -> onnx.ModelProto:
    """Number the values between nodes: a deep, narrow network's names weigh a tenth of its file."""
    graph = model.graph
    stated = {value.name for value in (*graph.input, *graph.output, *graph.initializer)}
    between = [name for node in graph.node for name in node.output if name and name not in stated]
    short = {name: f"v{number}" for number, name in enumerate(between)}
    for node in graph.node:
        node.input[:] = [short.get(name, name) for name in node.input]
        node.output[:] = [short.get(name, name) for name in node.output]
    return model


def _store_in_half(model: onnx.ModelProto) -> onnx.ModelProto:
    casts, stored = [], []
    for initializer in model.graph.initializer:
        half = initializer.data_type == TensorProto.FLOAT and _is_stored_in_half(tuple(initializer.dims))
        if not half:
            stored.append(initializer)
            continue
        values = numpy_helper.to_array(initializer).astype(np.float16)
        stored.append(numpy_helper.from_array(values, initializer.name + _HALF_SUFFIX))
        casts.append(
            helper.make_node(
                "Cast", [initializer.name + _HALF_SUFFIX], [initializer.name], to=TensorProto.FLOAT
            )
        )
    nodes = [*casts, *model.graph.node]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(stored)
    model.graph.node.extend(nodes)
    return model

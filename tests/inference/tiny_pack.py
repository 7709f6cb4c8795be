"""A real pack folder, small enough for any test: networks whose answers a test can choose."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from inference.packs.manifest import Manifest

SLICES, SIZE, MAP = 4, 16, 4
FRAME = 32
SCORES = {"ccrt": (0.6, 0.8), "ic_ccrt": (0.1, 0.2)}


def segmenter_model() -> onnx.ModelProto:
    """Probability rises with brightness: half at a scaled value of 0.8."""
    nodes = [
        helper.make_node("Sub", ["image", "middle"], ["offset"]),
        helper.make_node("Mul", ["offset", "steepness"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["probability"]),
    ]
    shape = ["n", 1, FRAME, FRAME]
    return _model(
        nodes,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, shape)],
        {"middle": np.float32(0.8), "steepness": np.float32(40.0)},
    )


def classifier_model(score: float, gain: float = 0.0) -> onnx.ModelProto:
    """Sigmoid of ``gain`` × mean of the image, plus the logit of ``score``; constant without gain.

    The activation is the mean over slices, pooled to 4 × 4; the gradient of the logit is gain / 16.
    """
    bias = math.log(score / (1 - score))
    nodes = [
        helper.make_node("ReduceMean", ["image"], ["mean_slice"], axes=[1], keepdims=1),
        helper.make_node(
            "AveragePool", ["mean_slice"], ["activation"], kernel_shape=[MAP, MAP], strides=[MAP, MAP]
        ),
        helper.make_node("ReduceMean", ["activation"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Unsqueeze", ["mean", "last"], ["column"]),
        helper.make_node("Mul", ["column", "gain"], ["scaled"]),
        helper.make_node("Add", ["scaled", "bias"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["score"]),
        helper.make_node("Mul", ["activation", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "slope"], ["gradient"]),
    ]
    maps = ["n", 1, MAP, MAP]
    constants = {
        "last": np.array([1], dtype=np.int64),
        "gain": np.float32(gain),
        "bias": np.float32(bias),
        "zero": np.float32(0),
        "slope": np.float32(gain / MAP**2),
    }
    return _model(
        nodes,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", SLICES, SIZE, SIZE])],
        [
            helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n", 1]),
            helper.make_tensor_value_info("activation", TensorProto.FLOAT, maps),
            helper.make_tensor_value_info("gradient", TensorProto.FLOAT, maps),
        ],
        constants,
    )


def _model(
    nodes: list[Any], inputs: list[Any], outputs: list[Any], constants: Mapping[str, Any]
) -> onnx.ModelProto:
    weights = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def write_tiny_pack(
    folder: Path,
    *,
    scores: Mapping[str, tuple[float, ...]] = SCORES,
    cutoffs: Mapping[str, float] | None = None,
    margin: float = 0.05,
    gain: float = 0.0,
    provenance: str = "synthetic",
    networks: Mapping[str, bytes] | None = None,
    **changes: Any,
) -> Path:
    """Write a whole pack; ``networks`` replaces files' bytes, ``changes`` replaces manifest entries."""
    contents = {"networks/segmenter.onnx": segmenter_model().SerializeToString()}
    entries = [_entry("segmenter", None, None, "networks/segmenter.onnx")]
    for treatment, folds in scores.items():
        for fold, score in enumerate(folds):
            file = f"networks/{treatment}-{fold}.onnx"
            contents[file] = classifier_model(score, gain).SerializeToString()
            entries.append(_entry("classifier", treatment, fold, file))
    contents["selftest.npz"] = self_test(contents)
    contents["card.md"] = b"# A tiny pack\n"
    contents.update(networks or {})
    manifest = manifest_document(entries, scores, cutoffs or {}, margin, provenance)
    manifest["files"] = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    manifest.update(changes)
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "manifest.json").write_bytes(Manifest.model_validate(manifest).canonical_bytes())
    return folder


def self_test(contents: Mapping[str, bytes]) -> bytes:
    """A stored input and the runtime's own outputs for every network."""
    arrays: dict[str, np.ndarray] = {}
    rng = np.random.default_rng(0)
    for file, content in contents.items():
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        shape = [size if isinstance(size, int) else 2 for size in session.get_inputs()[0].shape]
        image = rng.random(shape, dtype=np.float32)
        arrays[f"{file}/image"] = image
        names = [node.name for node in session.get_outputs()]
        for name, array in zip(names, session.run(names, {"image": image}), strict=True):
            arrays[f"{file}/{name}"] = array
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def _entry(role: str, treatment: str | None, fold: int | None, file: str) -> dict[str, Any]:
    if role == "segmenter":
        shapes = {"image": [None, 1, FRAME, FRAME], "probability": [None, 1, FRAME, FRAME]}
    else:
        maps = [None, 1, MAP, MAP]
        shapes = {
            "image": [None, SLICES, SIZE, SIZE],
            "score": [None, 1],
            "activation": maps,
            "gradient": maps,
        }
    tensors = [{"name": name, "shape": shape} for name, shape in shapes.items()]
    return {
        "role": role,
        "architecture": "tiny",
        "treatment": treatment,
        "fold": fold,
        "file": file,
        "inputs": tensors[:1],
        "outputs": tensors[1:],
    }


def manifest_document(
    entries: list[dict[str, Any]],
    scores: Mapping[str, tuple[float, ...]],
    cutoffs: Mapping[str, float],
    margin: float,
    provenance: str,
) -> dict[str, Any]:
    intensity = {
        "low_percentile": 1,
        "high_percentile": 99,
        "foreground_fraction": 0.1,
        "clip_maximum": 1.5,
    }
    return {
        "schema_version": 1,
        "id": "npc-residual-tiny",
        "version": "1.0.0",
        "study": "npc-residual",
        "title": "Tiny pack for tests",
        "intended_use": "tests",
        "not_for": "patients",
        "provenance": {
            "kind": provenance,
            "description": "made by a test",
            "cohort_sizes": {"training": 2},
            "events": {"training": 1},
            "seed": 0,
        },
        "inputs": {
            "modality": "MR",
            "contrast_enhanced": True,
            "plane": "axial",
            "maximum_obliquity_deg": 10.0,
            "body_parts": ["HEADNECK", "NASOPHARYNX"],
            "pixel_spacing_mm": {"minimum": 0.3, "maximum": 6.0},
            "slice_spacing_mm": {"minimum": 3.0, "maximum": 7.0},
            "slice_thickness_mm": {"minimum": 3.0, "maximum": 7.0},
            "field_of_view_mm": {"minimum": 180.0, "maximum": 320.0},
            "minimum_slices": 6,
            "minimum_mask_ml": 1.0,
            "allows_isotropic": True,
        },
        "preprocessing": {
            "segmenter": {
                "intensity": intensity,
                "spacing_mm": 7.5,
                "rows": FRAME,
                "columns": FRAME,
                "mean": 0.0,
                "standard_deviation": 1.0,
            },
            "classifier": {
                "intensity": intensity,
                "slices": SLICES,
                "margin_mm": 10.0,
                "rows": SIZE,
                "columns": SIZE,
                "mean": 0.0,
                "standard_deviation": 1.0,
            },
            "mask_threshold": 0.5,
            "minimum_component_ml": 0.5,
        },
        "networks": entries,
        "treatments": list(scores),
        "thresholds": [
            {
                "treatment": treatment,
                "value": cutoffs.get(treatment, 0.5),
                "positive_class": "residual",
                "locked_on": "out-of-fold scores",
                "method": "Youden",
                "borderline_margin": margin,
            }
            for treatment in scores
        ],
        "rules": "npc-residual",
        "metrics": [],
        "limits": ["Made for tests."],
        "licence": "Apache-2.0",
        "created_with": {"seed": "0"},
        "self_test": {"file": "selftest.npz", "tolerance": 1e-4},
    }

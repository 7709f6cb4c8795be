"""Networks run the same each time, stop when asked, and fail in words."""

import threading
import time
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from inference.errors import Cancelled, PackError, ResourceError
from inference.packs.manifest import NetworkEntry, Tensor
from inference.runtime import MAXIMUM_THREADS, Network, default_threads, runtime_version
from tests.inference.tiny_pack import classifier_model


def classifier_entry(file: str = "networks/a.onnx") -> NetworkEntry:
    maps = (None, 1, 4, 4)
    return NetworkEntry(
        role="classifier",
        architecture="tiny",
        treatment="ccrt",
        fold=0,
        file=file,
        inputs=(Tensor(name="image", shape=(None, 4, 16, 16)),),
        outputs=(
            Tensor(name="score", shape=(None, 1)),
            Tensor(name="activation", shape=maps),
            Tensor(name="gradient", shape=maps),
        ),
    )


def segmenter_entry(size: int) -> NetworkEntry:
    return NetworkEntry(
        role="segmenter",
        architecture="tiny",
        treatment=None,
        fold=None,
        file="networks/slow.onnx",
        inputs=(Tensor(name="image", shape=(None, 1, size, size)),),
        outputs=(Tensor(name="probability", shape=(None, 1, size, size)),),
    )


def segmenter(nodes: list[onnx.NodeProto], weights: list[onnx.TensorProto], size: int) -> bytes:
    shape = ["n", 1, size, size]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, shape)],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()


@pytest.fixture
def network() -> Network:
    return Network(classifier_model(0.3, 2.0).SerializeToString(), classifier_entry(), threads=1)


def test_outputs_come_by_name_for_any_batch(network: Network) -> None:
    images = np.random.default_rng(0).random((3, 4, 16, 16), dtype=np.float32)
    outputs = network.run(images)
    assert list(outputs) == ["score", "activation", "gradient"]
    expected = 1 / (1 + np.exp(-(2.0 * images.mean(axis=(1, 2, 3)) + np.log(0.3 / 0.7))))
    np.testing.assert_allclose(outputs["score"][:, 0], expected, atol=1e-6)


def test_the_same_input_gives_the_same_bits(network: Network) -> None:
    images = np.random.default_rng(1).random((2, 4, 16, 16), dtype=np.float32)
    first, second = network.run(images), network.run(images)
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_an_input_of_the_wrong_shape_is_the_packs_fault(network: Network) -> None:
    with pytest.raises(PackError) as caught:
        network.run(np.zeros((1, 3, 16, 16), dtype=np.float32))
    assert caught.value.message.id == "error.pack.input_shape"


def test_an_output_that_is_not_finite_is_dropped() -> None:
    content = segmenter(
        [helper.make_node("Div", ["image", "zero"], ["probability"])],
        [numpy_helper.from_array(np.float32(0), "zero")],
        8,
    )
    with pytest.raises(PackError) as caught:
        Network(content, segmenter_entry(8), threads=1).run(np.ones((1, 1, 8, 8), dtype=np.float32))
    assert caught.value.message.id == "error.pack.not_finite"


def slow_network() -> tuple[Network, np.ndarray]:
    """Many wide convolutions: some seconds on two cores."""
    size, width = 192, 96
    weights = [
        numpy_helper.from_array(np.full((width, 1, 3, 3), 0.01, np.float32), "w_in"),
        numpy_helper.from_array(np.full((width, width, 3, 3), 0.001, np.float32), "w"),
        numpy_helper.from_array(np.full((1, width, 3, 3), 0.01, np.float32), "w_out"),
    ]
    pads = {"pads": [1, 1, 1, 1]}
    nodes = [helper.make_node("Conv", ["image", "w_in"], ["x0"], **pads)]
    nodes += [helper.make_node("Conv", [f"x{k}", "w"], [f"x{k + 1}"], **pads) for k in range(60)]
    nodes.append(helper.make_node("Conv", ["x60", "w_out"], ["probability"], **pads))
    network = Network(segmenter(nodes, weights, size), segmenter_entry(size), threads=1)
    return network, np.ones((4, 1, size, size), dtype=np.float32)


def test_a_running_network_stops_within_half_a_second_of_computing() -> None:
    """Counted in the process's own time, which other programs do not stretch."""
    network, images = slow_network()
    asked = threading.Event()
    moment = [0.0]

    def ask() -> None:
        moment[0] = time.process_time()
        asked.set()

    timer = threading.Timer(0.3, ask)
    timer.start()
    with pytest.raises(Cancelled):
        network.run(images, should_stop=asked.is_set)
    assert time.process_time() - moment[0] < 0.5


def test_a_network_is_not_started_when_already_asked_to_stop(network: Network) -> None:
    with pytest.raises(Cancelled):
        network.run(np.zeros((1, 3, 1, 1), dtype=np.float32), should_stop=lambda: True)


def test_no_thread_stays_behind(network: Network) -> None:
    before = threading.active_count()
    network.run(np.zeros((1, 4, 16, 16), dtype=np.float32), should_stop=lambda: False)
    assert threading.active_count() == before


def test_a_missing_runtime_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(ResourceError) as caught:
        runtime_version()
    assert caught.value.message.id == "error.runtime.missing"


def test_threads_are_stated_and_few() -> None:
    assert 1 <= default_threads() <= MAXIMUM_THREADS
    assert runtime_version().startswith("onnxruntime 1.")


def test_the_runtime_is_not_loaded_before_it_is_needed(repository: Path) -> None:
    import subprocess
    import sys

    script = (
        "import sys, inference.pipeline; sys.exit('onnxruntime' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=repository, timeout=60).returncode == 0

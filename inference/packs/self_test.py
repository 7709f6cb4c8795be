"""A pack's self-test: stored inputs must give the stored outputs on this machine.

``selftest.npz`` holds, for each network, one array per input and output, named
``<file>/<tensor name>`` (``networks/segmenter.onnx/image``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inference.errors import PackError
from inference.packs.arrays import read_npz
from inference.packs.load import LoadedPack
from inference.packs.manifest import NetworkEntry


def run_self_test(pack: LoadedPack) -> None:
    """Run every network on its stored input and compare all outputs.

    Raises
    ------
    PackError
        When a stored array is absent, or an output differs by more than the manifest's tolerance.
    """
    stored = read_arrays(pack)
    for entry in pack.manifest.networks:
        _check_network(pack, entry, stored)


def read_arrays(pack: LoadedPack) -> dict[str, NDArray[np.float32]]:
    """The self-test's arrays by name; never unpickled."""
    stored = read_npz(pack, pack.manifest.self_test.file)
    try:
        return {name: array.astype(np.float32) for name, array in stored.items()}
    except (ValueError, TypeError) as error:
        raise PackError("error.pack.arrays_unreadable", file=pack.manifest.self_test.file) from error


def _check_network(pack: LoadedPack, entry: NetworkEntry, stored: dict[str, NDArray[np.float32]]) -> None:
    network = pack.network(entry)
    names = [tensor.name for tensor in (*entry.inputs, *entry.outputs)]
    for name in names:
        if f"{entry.file}/{name}" not in stored:
            raise PackError("error.pack.self_test_incomplete", file=entry.file, tensor=name)
    given = stored[f"{entry.file}/{entry.inputs[0].name}"]
    outputs = network.run(given)
    for tensor in entry.outputs:
        expected = stored[f"{entry.file}/{tensor.name}"]
        actual = outputs[tensor.name]
        if actual.shape != expected.shape:
            raise PackError("error.pack.self_test_failed", file=entry.file, tensor=tensor.name)
        difference = np.abs(actual.astype(np.float64) - expected)
        if not bool((difference <= pack.manifest.self_test.tolerance).all()):
            raise PackError("error.pack.self_test_failed", file=entry.file, tensor=tensor.name)

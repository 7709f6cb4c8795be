"""A pack's self-test: stored inputs must give the stored outputs on this machine.

``selftest.npz`` holds, for each network, one array per input and output, named
``<file>/<tensor name>`` (``networks/segmenter.onnx/image``).
"""

from __future__ import annotations

import io
import zipfile

import numpy as np
from numpy.typing import NDArray

from inference.errors import PackError
from inference.packs.load import LoadedPack
from inference.packs.manifest import NetworkEntry

UNPACKED_LIMIT = 64 << 20


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
    file = pack.manifest.self_test.file
    content = pack.read(file)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as members:
            if sum(member.file_size for member in members.infolist()) > UNPACKED_LIMIT:
                raise PackError("error.pack.too_large", file=file, limit_mb=UNPACKED_LIMIT >> 20)
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: np.asarray(archive[name], dtype=np.float32) for name in archive.files}
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise PackError("error.pack.arrays_unreadable", file=file) from error


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

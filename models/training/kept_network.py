"""A trained network kept between runs: the exported file, what was measured, and its training curve."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.storage import write_atomically
from models.training.loop import CurvePoint
from models.training.samples import source_digest


@dataclass(frozen=True, slots=True, eq=False)
class KeptNetwork:
    """``content`` is the ONNX file; ``figures`` one measured number per test item."""

    content: bytes
    figures: NDArray[np.float64]
    curve: tuple[CurvePoint, ...]


def keep_network(folder: Path, key: str, train: Callable[[], KeptNetwork]) -> KeptNetwork:
    """The network that was trained under ``key`` and with this code before, or else what ``train`` gives.

    Training is repeatable, so that a kept network is the one that would be trained again.
    """
    digest = hashlib.sha256(f"{key} {source_digest()}".encode()).hexdigest()[:16]
    network, record = folder / f"{digest}.onnx", folder / f"{digest}.json"
    if network.exists() and record.exists():
        written = json.loads(record.read_text(encoding="utf-8"))
        curve = tuple(CurvePoint(**point) for point in written["curve"])
        return KeptNetwork(network.read_bytes(), np.array(written["figures"]), curve)
    trained = train()
    document = {"figures": trained.figures.tolist(), "curve": [asdict(point) for point in trained.curve]}
    write_atomically(network, trained.content)
    write_atomically(record, json.dumps(document).encode())
    return trained

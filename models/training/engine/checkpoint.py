"""The state of a run after an epoch: written whole, read strictly, enough to go on as if nothing happened."""

from __future__ import annotations

import hashlib
import io
import random
import re
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from inference.errors import StorageError
from inference.storage import write_stream_atomically
from models.training.engine.failures import CheckpointError
from models.training.engine.history import CurvePoint

FORMAT_VERSION: Final = 1
_ENDING: Final = ".checkpoint"


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """What a run is made of between two epochs.

    ``network``, ``optimiser`` and ``scaler`` are state dictionaries; ``best`` the weights of the lowest
    validation loss, ``sampler`` the state of the generator that orders and augments, ``randomness`` that of
    the generators of Python, numpy and torch.
    """

    identity: str
    epochs_done: int
    is_finished: bool
    network: Mapping[str, Tensor]
    optimiser: Mapping[str, Any]
    scaler: Mapping[str, Any]
    best: Mapping[str, Tensor] | None
    best_epoch: int
    best_loss: float
    sampler: Tensor
    randomness: Mapping[str, Any]
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class CheckpointPlace:
    """One file per run in ``folder``.

    ``study`` tells studies apart (configuration, cohort, seed, versions): a checkpoint of another study is
    refused, never continued.
    """

    folder: Path
    study: str

    def path(self, run: str) -> Path:
        """The file of a run; names that differ in more than spelling get different files."""
        plain = re.sub(r"[^a-z0-9]+", "-", run.lower()).strip("-")
        return self.folder / f"{plain}-{hashlib.sha256(run.encode()).hexdigest()[:8]}{_ENDING}"

    def identity(self, run: str, *parts: object) -> str:
        """Hash of all that the course of ``run`` depends on."""
        text = "\x1f".join([self.study, run, torch.__version__, *map(repr, parts)])
        return hashlib.sha256(text.encode()).hexdigest()

    def keep(self, run: str, checkpoint: Checkpoint) -> None:
        """Replace the run's file by ``checkpoint``.

        Raises
        ------
        StorageError
            When the drive is full or gone; the file of the epoch before is untouched.
        """
        document = {
            "format": FORMAT_VERSION,
            **{name: getattr(checkpoint, name) for name in Checkpoint.__slots__ if name != "curve"},
            "curve": [asdict(point) for point in checkpoint.curve],
        }
        content = io.BytesIO()
        torch.save(document, content)
        write_stream_atomically(self.path(run), lambda stream: _copy(content, stream))

    def last(self, run: str, identity: str) -> Checkpoint | None:
        """The run's state where one is kept.

        Raises
        ------
        CheckpointError
            When the file is damaged, or was written by a run with another identity.
        """
        path = self.path(run)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError("error.input.unreadable", file=path.name) from error
        try:
            # Only tensors and plain values are built from the file (torch's restricted unpickler).
            document = torch.load(io.BytesIO(_sound(content)), map_location="cpu", weights_only=True)
            version, found = document.pop("format"), document["identity"]
            curve = tuple(CurvePoint(**point) for point in document.pop("curve"))
            checkpoint = Checkpoint(**document, curve=curve) if version == FORMAT_VERSION else None
        except Exception as error:
            raise CheckpointError("error.training.checkpoint_damaged", file=path.name) from error
        if checkpoint is None or found != identity:
            raise CheckpointError("error.training.checkpoint_differs", file=path.name, run=run)
        return checkpoint


def randomness() -> dict[str, Any]:
    """The state of every generator that a library may draw from unasked."""
    numpy_state: Any = np.random.get_state(legacy=False)  # noqa: NPY002 - libraries draw from it
    state = {
        "python": random.getstate(),
        "numpy_key": torch.from_numpy(numpy_state["state"]["key"].astype(np.int64)),
        "numpy_position": int(numpy_state["state"]["pos"]),
        "numpy_gauss": (int(numpy_state["has_gauss"]), float(numpy_state["gauss"])),
        "torch": torch.get_rng_state(),
    }
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state_all()
    return state


def restore_randomness(state: Mapping[str, Any]) -> None:
    """Set every generator as :func:`randomness` found it."""
    version, internal, gauss = state["python"]
    random.setstate((version, tuple(internal), gauss))
    has_gauss, cached = state["numpy_gauss"]
    key = state["numpy_key"].numpy().astype(np.uint32)
    words = ("MT19937", key, state["numpy_position"], has_gauss, cached)
    np.random.set_state(words)  # noqa: NPY002 - libraries draw from it
    torch.set_rng_state(state["torch"])
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(state["cuda"])


def weights_of(network: nn.Module) -> dict[str, Tensor]:
    """A copy of a network's weights and running statistics, on the processor."""
    return {name: values.detach().to("cpu", copy=True) for name, values in network.state_dict().items()}


def _sound(content: bytes) -> bytes:
    """``content`` when every part of it has the checksum that was written with it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if archive.testzip() is not None:
            raise ValueError("a part does not have its checksum")
    return content


def _copy(content: io.BytesIO, stream: Any) -> None:
    stream.write(content.getbuffer())

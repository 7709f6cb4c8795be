"""A checkpoint as one safetensors file: tensors as numbers, all else as JSON, a digest over both.

Nothing of the file is executed when it is read.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.networks.safetensors_file import safetensors_bytes
from models.training.engine.history import CurvePoint
from models.training.engine.randomness import Randomness

FORMAT_VERSION: Final = 2
_DOCUMENT: Final = "checkpoint"
_DIGEST: Final = "sha256"

Arrays = Mapping[str, NDArray[Any]]


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
    randomness: Randomness
    curve: tuple[CurvePoint, ...]


def checkpoint_bytes(checkpoint: Checkpoint) -> bytes:
    """The file of a checkpoint."""
    state = checkpoint.optimiser["state"]
    values = [(index, key, value) for index, held in state.items() for key, value in held.items()]
    tensors = {
        **_under("network", checkpoint.network),
        **_under("best", checkpoint.best or {}),
        **{f"optimiser.{index}.{key}": one for index, key, one in values if isinstance(one, Tensor)},
        "random.sampler": checkpoint.sampler,
        "random.torch": checkpoint.randomness.torch,
        **{f"random.card.{number}": one for number, one in enumerate(checkpoint.randomness.cards)},
    }
    document = {
        "format": FORMAT_VERSION,
        "identity": checkpoint.identity,
        "epochs_done": checkpoint.epochs_done,
        "is_finished": checkpoint.is_finished,
        "has_best": checkpoint.best is not None,
        "best_epoch": checkpoint.best_epoch,
        "best_loss": checkpoint.best_loss if math.isfinite(checkpoint.best_loss) else None,
        "optimiser_groups": checkpoint.optimiser["param_groups"],
        "optimiser_values": [one for one in values if not isinstance(one[2], Tensor)],
        "scaler": dict(checkpoint.scaler),
        "random": checkpoint.randomness.plain,
        "curve": [asdict(point) for point in checkpoint.curve],
        # An optimiser steps by other instructions, and to other last bits, where the order in memory differs.
        "channels_last": [name for name, tensor in tensors.items() if _is_channels_last(tensor)],
    }
    text = json.dumps(document, allow_nan=False)
    arrays = {name: tensor.detach().cpu().numpy() for name, tensor in tensors.items()}
    return safetensors_bytes(arrays, {_DOCUMENT: text, _DIGEST: _digest(text, arrays)})


def checkpoint_of(arrays: Arrays, metadata: Mapping[str, str]) -> Checkpoint | None:
    """The checkpoint of a file's arrays and texts; None where another version of this format wrote them.

    Raises
    ------
    ValueError, KeyError, TypeError
        When it is damaged.
    """
    text = metadata[_DOCUMENT]
    if metadata[_DIGEST] != _digest(text, arrays):
        raise ValueError("the checkpoint is not what was written")
    document = json.loads(text)
    if document["format"] != FORMAT_VERSION:
        return None
    tensors = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
    for name in document["channels_last"]:
        tensors[name] = tensors[name].contiguous(memory_format=torch.channels_last)
    state: dict[int, dict[str, Any]] = {}
    for name, tensor in _below("optimiser", tensors).items():
        index, key = name.split(".", 1)
        state.setdefault(int(index), {})[key] = tensor
    for index, key, value in document["optimiser_values"]:
        state.setdefault(index, {})[key] = value
    cards = _below("random.card", tensors)
    best_loss = document["best_loss"]
    return Checkpoint(
        identity=document["identity"],
        epochs_done=document["epochs_done"],
        is_finished=document["is_finished"],
        network=_below("network", tensors),
        optimiser={"state": state, "param_groups": [_group(one) for one in document["optimiser_groups"]]},
        scaler=document["scaler"],
        best=_below("best", tensors) if document["has_best"] else None,
        best_epoch=document["best_epoch"],
        best_loss=math.inf if best_loss is None else best_loss,
        sampler=tensors["random.sampler"],
        randomness=Randomness(
            document["random"],
            tensors["random.torch"],
            tuple(cards[str(number)] for number in range(len(cards))),
        ),
        curve=tuple(CurvePoint(**point) for point in document["curve"]),
    )


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    start = f"{prefix}."
    return {name.removeprefix(start): one for name, one in tensors.items() if name.startswith(start)}


def _group(settings: Mapping[str, Any]) -> dict[str, Any]:
    """An optimiser's settings; JSON has no tuples (Adam's betas)."""
    return {
        name: tuple(value) if isinstance(value, list) and name != "params" else value
        for name, value in settings.items()
    }


def _is_channels_last(tensor: Tensor) -> bool:
    is_plane = tensor.dim() == 4 and not tensor.is_contiguous()
    return is_plane and tensor.is_contiguous(memory_format=torch.channels_last)


def _digest(text: str, arrays: Arrays) -> str:
    digest = hashlib.sha256(text.encode())
    for name, array in sorted(arrays.items()):
        digest.update(f"\x1f{name}\x1f{array.dtype.str}\x1f{array.shape}\x1f".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()

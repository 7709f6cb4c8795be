"""Starting a network from weights in a file: a hospital's own, or published ones of ImageNet.

A tensor's name in the file is the network's own, or that of a common public checkpoint: torchvision's for
ResNet-50 and DeepLabv3, timm's for EfficientNet-B0, Inception-ResNet-v2 and Xception.  ResNet-50's weights
also start DeepLabv3's encoder and the gastric studies' cut trunk; the response study's network starts the
frozen part of the recurrence study's.

Two layers may differ.  The last layer keeps its random start where the number of outputs does.  The first
convolution is adapted where the number of input channels does: every channel gets the sum of the file's
channels over the new number, so that an image that is alike in all channels gives the same response as
before.  (Slices have no colours; which of the file's channels was red means nothing to them.)
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.errors import ConciliumError, InputError
from inference.messages.catalogue import load_catalogue
from inference.messages.message import Message
from models.networks.catalogue import CLASSIFIERS, SEGMENTERS, build_classifier, build_segmenter
from models.networks.contract import Classifier, Segmenter
from models.networks.safetensors_file import read_safetensors
from models.networks.xception import Xception

LEAST_SHARE = 0.5
"""A file that names fewer of the network's tensors belongs to another network."""

_COUNTER = "num_batches_tracked"
_BACKBONE = "backbone."
_NAMES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class InitialWeights:
    """What was taken from a file, by the network's names; ``unexpected`` by the file's.

    ``missing`` tensors keep their random start.  ``file_outputs`` and ``file_channels`` are the file's
    numbers where its last layer was left out or its first convolution adapted, else None.
    """

    file: str
    sha256: str
    used: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    file_outputs: int | None
    file_channels: int | None

    def messages(self) -> tuple[Message, ...]:
        """The report for people, one message a line."""
        found = [
            Message(
                "weights.used",
                {"used": len(self.used), "tensors": len(self.used) + len(self.missing), "file": self.file},
            )
        ]
        for kind, names in (("missing", self.missing), ("unexpected", self.unexpected)):
            if names:
                found.append(Message(f"weights.{kind}", {"count": len(names), "names": _shortened(names)}))
        if self.file_outputs is not None:
            found.append(Message("weights.last_layer", {"outputs": self.file_outputs}))
        if self.file_channels is not None:
            found.append(Message("weights.first_convolution", {"channels": self.file_channels}))
        return tuple(found)


def load_initial_weights(network: Classifier | Segmenter, path: Path) -> InitialWeights:
    """Copy the weights of a safetensors file into ``network``, all that fit or none at all.

    Raises
    ------
    InputError
        When the file breaks its format, belongs to another network or to another width, or holds a number
        that is not finite.
    """
    stored = {name: values for name, values in read_safetensors(path).items() if not name.endswith(_COUNTER)}
    own = {name: values for name, values in network.state_dict().items() if not name.endswith(_COUNTER)}
    naming = max(_namings(network, own), key=lambda naming: len(naming.values() & stored.keys()))
    named = {name: stored[public] for name, public in naming.items() if public in stored}
    if len(named) < LEAST_SHARE * len(own):
        raise InputError("error.weights.other_network", file=path.name, named=len(named), tensors=len(own))
    file_channels = _adapt_first_convolution(network, named, own)
    file_outputs = _leave_last_layer(network, named, own)
    _check_shapes(path, named, own)
    _check_finite(path, named)
    with torch.no_grad():
        for name, values in named.items():
            own[name].copy_(torch.from_numpy(np.array(values, np.float32)))
    return InitialWeights(
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        used=tuple(named),
        missing=tuple(name for name in own if name not in named),
        unexpected=tuple(sorted(stored.keys() - {naming[name] for name in named})),
        file_outputs=file_outputs,
        file_channels=file_channels,
    )


def _namings(network: Classifier | Segmenter, own: Mapping[str, Tensor]) -> Iterator[dict[str, str]]:
    """What the network's tensors may be called in a file: one mapping per kind of file."""
    naming = {name: name for name in own}
    while naming:
        yield naming
        naming = {
            name: public.removeprefix(_BACKBONE)
            for name, public in naming.items()
            if public.startswith(_BACKBONE)
        }
    if isinstance(network, Xception):
        yield {name: xception_public_name(name) for name in own}


def xception_public_name(name: str) -> str:
    """What timm's checkpoint calls one of our Xception's tensors.

    Its blocks count from 1 and keep rectifier, separable convolution and norm in one list, which begins with
    a rectifier in all blocks but the first.
    """
    simple = {
        "stem.0.convolution": "conv1",
        "stem.0.norm": "bn1",
        "stem.1.convolution": "conv2",
        "stem.1.norm": "bn2",
        "exit.1.depthwise": "conv3.conv1",
        "exit.1.pointwise": "conv3.pointwise",
        "exit.1.norm": "bn3",
        "exit.2.depthwise": "conv4.conv1",
        "exit.2.pointwise": "conv4.pointwise",
        "exit.2.norm": "bn4",
        "classifier": "fc",
    }
    layer, _, kind = name.rpartition(".")
    if layer in simple:
        return f"{simple[layer]}.{kind}"
    block = re.match(r"(entry|middle|exit)\.(\d+)\.(.+)", layer)
    assert block is not None, name
    number = {"entry": 1, "middle": 4, "exit": 12}[block[1]] + int(block[2])
    if block[3].startswith("shortcut"):
        return f"block{number}.{'skip' if block[3].endswith('convolution') else 'skipbn'}.{kind}"
    _, position, part = block[3].split(".")
    place = 3 * int(position) + (0 if number == 1 else 1)
    inner = {"depthwise": f"{place}.conv1", "pointwise": f"{place}.pointwise", "norm": str(place + 1)}[part]
    return f"block{number}.rep.{inner}.{kind}"


def _adapt_first_convolution(
    network: Classifier | Segmenter, named: dict[str, NDArray[Any]], own: Mapping[str, Tensor]
) -> int | None:
    name = f"{network.first_convolution}.weight"
    if name not in named or named[name].ndim != own[name].ndim:
        return None
    there, here = named[name].shape[1], own[name].shape[1]
    expected = (own[name].shape[0], there, *own[name].shape[2:])
    if there == here or named[name].shape != expected:
        return None
    share = named[name].astype(np.float64).sum(axis=1, keepdims=True) / here
    named[name] = np.repeat(share, here, axis=1)
    return there


def _leave_last_layer(
    network: Classifier | Segmenter, named: dict[str, NDArray[Any]], own: Mapping[str, Tensor]
) -> int | None:
    parts = [name for name in named if name.startswith(f"{network.last_layer}.")]
    outputs = {named[name].shape[:1] for name in parts}
    if all(named[name].shape[:1] == tuple(own[name].shape[:1]) for name in parts):
        return None
    for name in parts:
        del named[name]
    (first,) = outputs.pop() or (0,)
    return first


def _check_shapes(path: Path, named: Mapping[str, NDArray[Any]], own: Mapping[str, Tensor]) -> None:
    differing = [name for name, values in named.items() if values.shape != tuple(own[name].shape)]
    if differing:
        raise InputError(
            "error.weights.width",
            file=path.name,
            tensor=differing[0],
            there=_shape(named[differing[0]].shape),
            here=_shape(tuple(own[differing[0]].shape)),
            others=len(differing) - 1,
        )


def _check_finite(path: Path, named: Mapping[str, NDArray[Any]]) -> None:
    for name, values in named.items():
        if not np.isfinite(values).all():
            raise InputError(
                "error.weights.tensor", file=path.name, tensor=name, reason="weights.tensor.not_finite"
            )


def _shape(sizes: tuple[int, ...]) -> str:
    return " × ".join(str(size) for size in sizes)


def _shortened(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else f"{shown} …"


def main(arguments: list[str] | None = None) -> int:
    """Say what a training would take from a file, before it is started."""
    parser = argparse.ArgumentParser(
        prog="python -m models.networks.initial_weights", description=main.__doc__
    )
    parser.add_argument("network", choices=[*CLASSIFIERS, *SEGMENTERS])
    parser.add_argument("--init", type=Path, required=True, metavar="FILE.safetensors")
    parser.add_argument("--width", type=float, default=1.0, help="of the published channel counts")
    parser.add_argument("--in-channels", type=int, default=3)
    given = parser.parse_args(arguments)
    build = build_classifier if given.network in CLASSIFIERS else build_segmenter
    network = build(given.network, width=given.width, in_channels=given.in_channels)
    english = load_catalogue("en")
    try:
        report = load_initial_weights(network, given.init)
    except ConciliumError as error:
        sys.stderr.write(english.render(error.message) + "\n")
        return error.exit_code
    for message in report.messages():
        sys.stdout.write(english.render(message) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

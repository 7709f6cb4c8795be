"""Which of a study's networks each file of weights starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inference.errors import InputError
from models.networks.contract import Classifier, Segmenter
from models.networks.initial_weights import load_initial_weights


@dataclass(frozen=True, slots=True)
class InitialFile:
    """A safetensors file, and the network that it starts; None: the one that it fits best."""

    path: Path
    network: str | None = None

    @classmethod
    def parse(cls, words: str) -> InitialFile:
        """``FILE`` or ``NETWORK=FILE``."""
        name, sign, file = words.partition("=")
        return cls(Path(file).absolute(), name) if sign else cls(Path(words).absolute())


def by_network(
    study: str, files: Sequence[InitialFile], networks: Mapping[str, Classifier | Segmenter]
) -> dict[str, Path]:
    """Each file by the name of the network that it starts; ``networks`` are those of ``study``, to try on.

    Raises
    ------
    InputError
        When a file breaks its format, fits none of them or not the one that is named, when there is no such
        network, or when two files start the same one.
    """
    chosen: dict[str, Path] = {}
    for file in files:
        name = file.network or _best_fit(study, file.path, networks)
        if name not in networks:
            raise InputError("error.weights.no_network", study=study, network=name, known=", ".join(networks))
        if name in chosen:
            raise InputError("error.weights.twice", network=name)
        load_initial_weights(networks[name], file.path)
        chosen[name] = file.path
    return chosen


def _best_fit(study: str, path: Path, networks: Mapping[str, Classifier | Segmenter]) -> str:
    """The network that leaves fewest tensors over, its own or the file's."""
    left_over: dict[str, int] = {}
    for name, network in networks.items():
        try:
            report = load_initial_weights(network, path)
        except InputError as error:
            if error.message.id not in ("error.weights.other_network", "error.weights.width"):
                raise
        else:
            left_over[name] = len(report.missing) + len(report.unexpected)
    if not left_over:
        raise InputError("error.weights.no_fit", study=study, file=path.name, known=", ".join(networks))
    return min(left_over, key=lambda name: left_over[name])

"""The state of a run after an epoch: written whole, read strictly, enough to go on as if nothing happened."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn

from inference.errors import InputError, StorageError
from inference.storage import write_atomically
from models.networks.safetensors_file import read_with_metadata
from models.training.engine.checkpoint_file import Checkpoint, checkpoint_bytes, checkpoint_of
from models.training.engine.failures import CheckpointError

_ENDING: Final = ".safetensors"


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
        write_atomically(self.path(run), checkpoint_bytes(checkpoint))

    def last(self, run: str, identity: str) -> Checkpoint | None:
        """The run's state where one is kept.

        Raises
        ------
        CheckpointError
            When the file is damaged, or was written by a run with another identity.
        StorageError
            When it cannot be read at all.
        """
        path = self.path(run)
        if not path.exists():
            return None
        try:
            checkpoint = checkpoint_of(*read_with_metadata(path))
        except InputError as error:
            if isinstance(error.__cause__, OSError):
                raise StorageError("error.input.unreadable", file=path.name) from error
            raise CheckpointError("error.training.checkpoint_damaged", file=path.name) from error
        except (ValueError, KeyError, TypeError) as error:
            raise CheckpointError("error.training.checkpoint_damaged", file=path.name) from error
        if checkpoint is None or checkpoint.identity != identity:
            raise CheckpointError("error.training.checkpoint_differs", file=path.name, run=run)
        return checkpoint


def weights_of(network: nn.Module) -> dict[str, Tensor]:
    """A copy of a network's weights and running statistics, on the processor."""
    return {name: values.detach().to("cpu", copy=True) for name, values in network.state_dict().items()}

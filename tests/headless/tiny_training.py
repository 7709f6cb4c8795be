"""A study whose training takes no time: tests break it here, or end a process that runs it."""

import hashlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import torch

import models.training.engine.study_run as study_run
from inference.packs.verify import read_manifest
from models.packing.whole import put_whole
from models.studies import catalogue
from models.studies.catalogue import TrainableStudy
from models.training.engine.run import train_network
from tests.inference.tiny_pack import write_tiny_pack
from tests.models.training.engine.tiny_run import SCHEDULE, tiny_network, tiny_task

RUNS = 2
BATCHES = 4
"""Of an epoch."""

STUDY = "npc-residual"


@dataclass(frozen=True)
class Settings:
    seed: int = 3
    initial_weights: Path | None = None


def nothing(number, value):
    return value


class TinyStudy:
    """Two networks, then a pack whose card has their digest; what a test sets breaks it.

    ``at_batch`` hears of every batch, counted over the whole training, and gives its loss; ``on_read`` of
    every scan that is read, and ``on_pack`` of the folder of the half-written pack.
    """

    def __init__(self) -> None:
        self.at_batch: Callable = nothing
        self.on_read: Callable = lambda cohort: None
        self.on_pack: Callable = lambda folder: None
        self.batches = 0

    def make_pack(self, cohort, config, place, samples, out):
        torch.set_num_threads(1)
        self.batches = 0
        self.on_read(cohort)
        digest = hashlib.sha256()
        for run in range(RUNS):
            network = tiny_network()
            train_network(
                network,
                tiny_task(at_batch=self._batch),
                SCHEDULE,
                run=f"fold {run}",
                seed=config.seed + run,
                stage="stage.training.classifier",
                place=place,
            )
            for values in network.state_dict().values():
                digest.update(values.numpy().tobytes())

        def write(folder):
            card = digest.hexdigest().encode()
            write_tiny_pack(folder, networks={"card.md": card})
            self.on_pack(folder)
            return read_manifest(folder)

        return put_whole(out, write)

    def _batch(self, _, value):
        self.batches += 1
        return self.at_batch(self.batches, value)

    def install(self, put: Callable[[object, str, object], None]) -> None:
        """Let the command train this; ``put`` sets an attribute, for good or for a test."""
        presets = {"demo": Settings(), "paper": Settings()}
        about = TrainableStudy(STUDY, presets, self.make_pack, lambda *_: None)
        put(catalogue, "STUDIES", {STUDY: about})
        put(study_run, "read_cohort", lambda *_, **__: SimpleNamespace(sha256="0" * 64))


def main(out: str) -> int:
    """Train as the command does, slowly enough for a test to end this process."""
    import main as entry

    study = TinyStudy()

    def slowly(number, value):
        time.sleep(0.1)
        return value

    study.at_batch = slowly
    study.install(setattr)
    return entry.main(["train", STUDY, "--cohort", out, "--out", out, "--device", "cpu"])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))

"""``python -m models.studies.npc_residual_command``: the whole protocol on phantoms, into a run folder.

The folder keeps a checkpoint after every epoch; the same command goes on where the last one was cut off.
It ends with the tables of ``npc_residual_tables`` and ``result.json``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from models.studies.npc_residual import TrainedStudy, train
from models.studies.npc_residual_config import PRESETS, NpcResidualConfig
from models.studies.npc_residual_groups import phantom_groups
from models.studies.npc_residual_results import write_results
from models.training.engine.checkpoint import CheckpointPlace
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace
from models.training.samples import Workshop


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a preset and write what was measured."""
    parser = argparse.ArgumentParser(
        prog="python -m models.studies.npc_residual_command", description=main.__doc__
    )
    parser.add_argument("--preset", choices=sorted(PRESETS), default="demo")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(".cache") / "samples")
    parser.add_argument("--workers", type=int, default=0, help="processes that render; 0: this one alone")
    given = parser.parse_args(arguments)
    config = PRESETS[given.preset]
    workshop, place = Workshop(given.cache, given.workers), run_place(config, given.out)
    write_results(train_on_phantoms(config, workshop, place), workshop, given.out, place)
    return 0


def train_on_phantoms(config: NpcResidualConfig, workshop: Workshop, place: RunPlace) -> TrainedStudy:
    """The whole protocol on the phantoms of the configuration."""
    return train(config, phantom_groups(config), workshop, place)


def run_place(config: NpcResidualConfig, folder: Path) -> RunPlace:
    """Checkpoints in ``folder``, which belong to this configuration alone, and a line for every epoch."""
    return RunPlace(
        checkpoints=CheckpointPlace(folder / "checkpoints", f"npc-residual {config!r}"), on_epoch=_say_epoch
    )


def _say_epoch(curve: Sequence[CurvePoint]) -> None:
    last = curve[-1]
    print(f"{time.strftime('%H:%M:%S')} {last.run}, epoch {last.epoch}: {last.loss:.4f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

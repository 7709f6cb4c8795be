"""``python -m models.studies.lagc_response``: train on the synthetic cohorts and write what came out."""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inference.jobs import Progress
from inference.messages.catalogue import load_catalogue
from models.phantoms.lagc_population import draw_cohort
from models.studies.lagc_response import STUDY, TrainedLagc, train
from models.studies.lagc_response_config import PRESETS, LagcResponseConfig
from models.studies.lagc_response_export import hand_on
from models.studies.lagc_response_results import write_results
from models.studies.lagc_response_samples import LagcSamples, drawn_looks, phantom_samples
from models.training.engine.checkpoint import CheckpointPlace
from models.training.engine.history import CurveBook
from models.training.engine.run import RunPlace

CHECKPOINTS = "checkpoints"
REPOSITORY = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a preset; write scores, loss curves, ``result.json`` and the network that recurrence freezes."""
    parser = argparse.ArgumentParser(prog="python -m models.studies.lagc_response", description=main.__doc__)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="demo")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=REPOSITORY / ".cache" / STUDY)
    parser.add_argument("--cohort-seed", type=int, default=0)
    options = parser.parse_args(arguments)
    _, result = run(PRESETS[options.preset], options.out, options.cache, cohort_seed=options.cohort_seed)
    for name, figures in result["response"].items():
        print(name, {own: round(model["auc"], 3) for own, model in figures["models"].items()})
    return 0


def run(
    config: LagcResponseConfig, out: Path, cache: Path | None, *, cohort_seed: int = 0
) -> tuple[TrainedLagc, dict[str, Any]]:
    """Phantoms in memory through the whole protocol, into the folder ``out``; goes on where it was cut off.

    ``minutes`` in its ``result.json`` are those of the last start.
    """
    start = time.monotonic()

    def cohort(name: str) -> LagcSamples:
        drawn = draw_cohort(name, None, cohort_seed)
        return phantom_samples(drawn, config.preprocessing, cache, on_progress=say_stage)

    out.mkdir(parents=True, exist_ok=True)
    training = cohort("training")
    others, pictures = None, hashlib.sha256(training.images.tobytes())
    if config.pretraining_patients:
        drawn = draw_cohort("training", config.pretraining_patients, config.pretraining_seed)
        others = drawn_looks(drawn, config.preprocessing, cache, on_progress=say_stage)
        pictures.update(others.images.tobytes())
    place = RunPlace(
        checkpoints=CheckpointPlace(out / CHECKPOINTS, f"{config!r} {pictures.hexdigest()}"),
        on_epoch=CurveBook(out, load_catalogue("en")),
        on_progress=say_stage,
    )
    trained = train(config, training, place, pretraining=others)
    hand_on(trained, out)
    outside = [cohort(name) for name in ("internal", "external")]
    minutes = (time.monotonic() - start) / 60
    return trained, write_results(trained, (training, *outside), out, minutes=minutes)


def say_stage(progress: Progress) -> None:
    """Says on the terminal when a stage ends."""
    if progress.done == progress.total:
        print(f"{time.strftime('%H:%M:%S')} {progress.stage} {progress.done}/{progress.total}", flush=True)

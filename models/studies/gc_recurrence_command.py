"""``python -m models.studies.gc_recurrence``: train on the synthetic cohorts and write what came out."""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from inference.messages.catalogue import load_catalogue
from models.phantoms.gc_population import draw_cohort
from models.studies import lagc_response_command
from models.studies.gc_recurrence import STUDY, TrainedGc, train
from models.studies.gc_recurrence_config import PRESETS, GcRecurrenceConfig
from models.studies.gc_recurrence_export import export
from models.studies.gc_recurrence_network import frozen_network
from models.studies.gc_recurrence_results import write_results
from models.studies.gc_recurrence_samples import GcSamples, phantom_samples
from models.studies.lagc_response import STUDY as RESPONSE_STUDY
from models.studies.lagc_response_command import say_stage
from models.studies.lagc_response_config import PRESETS as RESPONSE_PRESETS
from models.studies.lagc_response_export import HANDED_ON
from models.training.engine.checkpoint import CheckpointPlace
from models.training.engine.history import CurveBook
from models.training.engine.run import RunPlace

CHECKPOINTS = "checkpoints"
CACHE = Path(__file__).resolve().parents[2] / ".cache"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a preset; write scores, loss curves, ``result.json``, and the networks with their coefficients.

    Without a backbone the response study of the same preset is trained before, beside the results.
    """
    parser = argparse.ArgumentParser(prog="python -m models.studies.gc_recurrence", description=main.__doc__)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="demo")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--backbone", type=Path, help="network.safetensors of a run of lagc_response")
    parser.add_argument("--cache", type=Path, default=CACHE / STUDY)
    parser.add_argument("--cohort-seed", type=int, default=0)
    parser.add_argument("--patients", type=int, help="of each cohort at most")
    options = parser.parse_args(arguments)
    backbone = options.backbone
    if backbone is None:
        place = options.out / RESPONSE_STUDY
        lagc_response_command.run(RESPONSE_PRESETS[options.preset], place, CACHE / RESPONSE_STUDY)
        backbone = place / HANDED_ON
    config = replace(PRESETS[options.preset], backbone=backbone)
    _, result = run(
        config, options.out, options.cache, cohort_seed=options.cohort_seed, patients=options.patients
    )
    for name, figures in result["cohorts"].items():
        print(name, {own: round(model["auc"], 3) for own, model in figures["models"].items()})
    return 0


def run(
    config: GcRecurrenceConfig,
    out: Path,
    cache: Path | None,
    *,
    cohort_seed: int = 0,
    patients: int | None = None,
) -> tuple[TrainedGc, dict[str, Any]]:
    """Phantoms in memory through the whole protocol, into the folder ``out``; goes on where it was cut off.

    ``minutes`` in its ``result.json`` are those of the last start.
    """
    start = time.monotonic()
    frozen = frozen_network(config)

    def cohort(name: str, views: int) -> GcSamples:
        drawn = draw_cohort(name, None, cohort_seed)[:patients]
        return phantom_samples(drawn, config, frozen, views=views, cache=cache, on_progress=say_stage)

    out.mkdir(parents=True, exist_ok=True)
    training = cohort("training", config.views_per_patient)
    content = hashlib.sha256(training.embeddings.tobytes()).hexdigest()
    place = RunPlace(
        checkpoints=CheckpointPlace(out / CHECKPOINTS, f"{config!r} {content}"),
        on_epoch=CurveBook(out, load_catalogue("en")),
        on_progress=say_stage,
    )
    trained = train(config, frozen, training, place)
    export(trained, out)
    outside = [cohort(name, 0) for name in ("internal", "external")]
    minutes = (time.monotonic() - start) / 60
    return trained, write_results(trained, (training, *outside), out, minutes=minutes)

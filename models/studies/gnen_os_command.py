"""``python -m models.studies.gnen_os``: train on the synthetic cohorts and write what came out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inference.messages.catalogue import load_catalogue
from models.phantoms.gnen_population import draw_cohort
from models.studies.gnen_os import STUDY, train
from models.studies.gnen_os_config import PRESETS, GnenOsConfig
from models.studies.gnen_os_export import write_models
from models.studies.gnen_os_pretraining import pretrained_network
from models.studies.gnen_os_results import write_results
from models.studies.gnen_os_samples import phantom_samples
from models.training.engine.checkpoint import CheckpointPlace
from models.training.engine.device import make_repeatable
from models.training.engine.history import CurveBook
from models.training.engine.run import RunPlace

CHECKPOINTS = "checkpoints"
REPOSITORY = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a preset and write ``scores.csv``, ``result.json`` and what a pack takes."""
    parser = argparse.ArgumentParser(prog="python -m models.studies.gnen_os", description=main.__doc__)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="demo")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=REPOSITORY / ".cache" / STUDY)
    given = parser.parse_args(arguments)
    result = run(PRESETS[given.preset], given.out, given.cache)
    for name, figures in result["cohorts"].items():
        print(name, {own: round(model["c_index"], 3) for own, model in figures["models"].items()})
    return 0


def run(
    config: GnenOsConfig, out: Path, cache: Path | None = None, *, ceiling_draws: int = 3_000
) -> dict[str, Any]:
    """Phantoms through the whole protocol, into the folder ``out``; goes on where it was cut off.

    The slices of those who only teach the network are kept in ``cache``, under their settings.
    """
    make_repeatable(config.seed, config.threads)
    out.mkdir(parents=True, exist_ok=True)
    place = RunPlace(
        checkpoints=CheckpointPlace(out / CHECKPOINTS, repr(config)),
        on_epoch=CurveBook(out, load_catalogue("en")),
    )
    network, pretraining = pretrained_network(config, place, cache)
    training, *outside = (
        phantom_samples(draw_cohort(cohort, patients), config, network)
        for cohort, patients in config.cohort_sizes.items()
    )
    trained = train(training, config)
    write_models(trained, training, network, out)
    return write_results(
        trained,
        training,
        outside,
        out,
        is_synthetic=True,
        pretraining=pretraining,
        ceiling_draws=ceiling_draws,
    )

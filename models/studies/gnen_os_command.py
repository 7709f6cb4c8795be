"""``python -m models.studies.gnen_os``: train on the synthetic cohorts and write what came out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.phantoms.gnen_population import draw_cohort
from models.studies.gnen_os import train
from models.studies.gnen_os_config import PRESETS, GnenOsConfig
from models.studies.gnen_os_export import write_models
from models.studies.gnen_os_results import write_results
from models.studies.gnen_os_samples import build_network, phantom_samples
from models.training.engine.device import make_repeatable


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a preset and write ``scores.csv``, ``result.json`` and what a pack takes."""
    parser = argparse.ArgumentParser(prog="python -m models.studies.gnen_os", description=main.__doc__)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="demo")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    run(PRESETS[given.preset], given.out)
    return 0


def run(config: GnenOsConfig, out: Path, *, ceiling_draws: int = 3_000) -> dict[str, Any]:
    """Phantoms in memory through the whole protocol, into the folder ``out``."""
    make_repeatable(config.seed, config.threads)
    network = build_network(config)
    training, *outside = (
        phantom_samples(draw_cohort(cohort, patients), config, network)
        for cohort, patients in config.cohort_sizes.items()
    )
    trained = train(training, config)
    write_models(trained, training, network, out)
    return write_results(trained, training, outside, out, is_synthetic=True, ceiling_draws=ceiling_draws)

"""``python -m models.studies.pnen_recurrence``: train on the synthetic cohorts and write what came out."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inference.jobs import Progress
from inference.statistics.discrimination.delong import auc
from inference.storage import write_atomically
from models.cohorts.pnen_phantoms import PnenPhantoms
from models.phantoms.pnen_outcome import recurrence_ceilings
from models.phantoms.pnen_population import PnenPatient, draw_cohort
from models.studies.pnen_recurrence import TrainedStudy, train
from models.studies.pnen_recurrence_config import PRESETS, PnenRecurrenceConfig
from models.studies.pnen_recurrence_export import write_models
from models.studies.pnen_recurrence_result import (
    FOLLOW_UP_CSV,
    RESULT_JSON,
    SCORES_CSV,
    follow_up_csv,
    result_json,
    scores_csv,
)
from models.training.engine.history import CURVES_CSV, curves_csv
from models.training.engine.run import RunPlace

REPOSITORY = Path(__file__).resolve().parents[2]
CEILING_DRAWS = 100_000
_TRUTHS = (
    "attainable_recurrence",
    "attainable_recurrence_arterial",
    "attainable_recurrence_venous",
    "attainable_recurrence_clinical",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a preset; write scores, follow-up, loss curves, models and ``result.json``."""
    parser = argparse.ArgumentParser(prog="python -m models.studies.pnen_recurrence", description=__doc__)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="demo")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=REPOSITORY / ".cache" / "pnen")
    given = parser.parse_args(arguments)
    run(PRESETS[given.preset], given.out, given.cache)
    return 0


def run(config: PnenRecurrenceConfig, out: Path, cache: Path | None) -> TrainedStudy:
    """Phantoms in memory through the whole protocol, into the folder ``out``."""
    start = time.monotonic()
    inside = draw_cohort("training", config.training_patients)
    outside = draw_cohort("external", config.external_patients)
    further = draw_cohort("training", config.segmentation_cases, seed=config.seed)
    study = train(
        config,
        PnenPhantoms(inside, size=config.phantom_size),
        PnenPhantoms(outside, size=config.phantom_size),
        PnenPhantoms(further, size=config.phantom_size),
        cache=cache,
        place=RunPlace(on_progress=_Printer()),
    )
    ceilings = {
        "training": ceiling(inside, study.training.data.is_decided),
        "external": ceiling(outside, study.external.data.is_decided),
    }
    minutes = (time.monotonic() - start) / 60
    write_atomically(out / SCORES_CSV, scores_csv(study, is_synthetic=True).encode())
    write_atomically(out / FOLLOW_UP_CSV, follow_up_csv(study, is_synthetic=True).encode())
    write_atomically(out / CURVES_CSV, curves_csv(study.curves).encode())
    write_models(study, out)
    write_atomically(out / RESULT_JSON, result_json(study, ceilings, minutes=minutes).encode())
    return study


def ceiling(patients: Sequence[PnenPatient], is_decided: np.ndarray) -> Mapping[str, Any]:
    """What a perfect reader reaches: in the population, and on these very patients."""
    cohort = patients[0].cohort
    population = recurrence_ceilings(cohort, CEILING_DRAWS)
    known = [patient for patient, decided in zip(patients, is_decided, strict=True) if decided]
    recurred = np.array([patient.recurrence_observed for patient in known])
    return {
        "population": {
            "arterial": population.arterial.image,
            "venous": population.venous.image,
            "arterial_and_form": population.arterial.full,
            "form": population.arterial.clinical,
        },
        "these_patients": {
            name: auc([getattr(patient, name) for patient in known], recurred).value for name in _TRUTHS
        },
    }


class _Printer:
    """Says on the terminal when a stage ends."""

    def __call__(self, progress: Progress) -> None:
        if progress.done == progress.total:
            print(
                f"{time.strftime('%H:%M:%S')} {progress.stage} {progress.done}/{progress.total}", flush=True
            )

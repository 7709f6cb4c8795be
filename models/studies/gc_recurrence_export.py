"""What a pack takes from ``gc-recurrence``: one network per fold, and both regressions as coefficients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from inference.storage import write_atomically
from models.export import export_network
from models.networks.outputs import PatientGraph
from models.studies.gc_recurrence import TrainedGc
from models.studies.gc_recurrence_config import PUBLISHED_CUTOFF

COEFFICIENTS = "coefficients.json"


def network_file(fold: int) -> str:
    """Name of a fold's network, counted from 1."""
    return f"fold-{fold + 1}.onnx"


def export(trained: TrainedGc, folder: Path) -> None:
    """Write the networks, which take all slices of one patient and give one score, and the coefficients."""
    config = trained.config
    example = torch.zeros(1, config.channels, config.frame.rows, config.frame.columns)
    folder.mkdir(parents=True, exist_ok=True)
    for model in trained.folds:
        export_network(PatientGraph(model.network), example, folder / network_file(model.fold.number))
    document = json.dumps(coefficients(trained), indent=2) + "\n"
    write_atomically(folder / COEFFICIENTS, document.encode())


def coefficients(trained: TrainedGc) -> dict[str, Any]:
    """CLIS and DLFS on raw columns, and cut-offs; the published one belongs to the paper's own score."""
    return {
        "positive_class": "relapse",
        "clis": trained.clis.as_document(),
        "dlfs": trained.dlfs.as_document(),
        "cutoffs": {name: cutoff.value for name, cutoff in trained.cutoffs.items()},
        "published_dlfs_cutoff": PUBLISHED_CUTOFF,
    }

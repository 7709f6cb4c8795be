"""What a pack takes from ``lagc-response``: one network per fold, and every regression as coefficients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from inference.storage import write_atomically
from models.export import export_network
from models.networks.outputs import ClassifierGraph
from models.networks.safetensors_file import write_safetensors
from models.studies.lagc_response import TrainedLagc

COEFFICIENTS = "coefficients.json"
HANDED_ON = "network.safetensors"


def network_file(fold: int) -> str:
    """Name of a fold's network, counted from 1."""
    return f"fold-{fold + 1}.onnx"


def export(trained: TrainedLagc, folder: Path) -> None:
    """Write the networks, whose ``score`` is the probability of good response, and the coefficients."""
    settings = trained.config.preprocessing
    example = torch.zeros(1, settings.slices, settings.rows, settings.columns)
    folder.mkdir(parents=True, exist_ok=True)
    for model in trained.folds:
        export_network(ClassifierGraph(model.network), example, folder / network_file(model.fold.number))
    document = json.dumps(coefficients(trained), indent=2) + "\n"
    write_atomically(folder / COEFFICIENTS, document.encode())


def hand_on(trained: TrainedLagc, folder: Path) -> Path:
    """Write the network that ``gc-recurrence`` freezes, to be read by ``load_initial_weights``.

    It is one fold's whole network with the running statistics of its batch norms.
    """
    network = trained.folds[trained.config.handed_on_fold].network
    tensors = {name: values.numpy() for name, values in network.state_dict().items()}
    path = folder / HANDED_ON
    write_safetensors(path, tensors)
    return path


def handed_on_beside(pack: Path) -> Path:
    """Where a training on a cohort leaves that network: it is no part of the pack ``pack``."""
    return pack.parent / f"{pack.name}.{HANDED_ON}"


def coefficients(trained: TrainedLagc) -> dict[str, Any]:
    """Clinical signature, DLCS and OS model, on raw columns; cut-offs; how the DL signature enters.

    Survival at a horizon is exp(-cumulative hazard × exp(score - centre)).
    """
    model, horizons = trained.survival, trained.config.horizons_months
    hazard = model.baseline.cumulative_hazard([model.baseline.centre], horizons)[0]
    return {
        "signature_scale": trained.config.signature_scale,
        "positive_class": "good_response",
        "clinical": trained.clinical.as_document(),
        "dlcs": trained.fusion.as_document(),
        "cutoffs": {name: cutoff.value for name, cutoff in trained.cutoffs.items()},
        "os": model.score.as_document()
        | {
            "high_risk_from": model.high_from,
            "baseline": {
                "centre": model.baseline.centre,
                "last_time_months": model.baseline.last_time,
                "horizons_months": list(horizons),
                "cumulative_hazard": [float(value) for value in hazard],
            },
        },
    }

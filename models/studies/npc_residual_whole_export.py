"""What a pack takes from the whole ``npc-residual`` protocol: the better segmenter, the chosen classifier."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from inference.storage import write_atomically
from models.export import export_network
from models.networks.outputs import ClassifierGraph
from models.studies.npc_residual_segmenter import SEGMENTER_FILE
from models.studies.npc_residual_whole import TrainedWhole
from models.studies.npc_residual_whole_config import Unit

CUTOFFS = "cutoffs.json"


def network_file(treatment: str, unit: Unit, fold: int) -> str:
    """Name of a fold's network; folds count from 0, as in the demonstration pack."""
    return f"networks/{treatment.replace('_', '-')}-{unit}-{fold}.onnx"


def export(trained: TrainedWhole, folder: Path) -> None:
    """Write the networks, whose ``score`` is the probability of residual tumour, and the locked cut-offs."""
    crop = trained.config.preprocessing.classifier
    write_atomically(folder / SEGMENTER_FILE, trained.segmenter.trained.source.content)
    for arm in trained.arms:
        for model in arm.models:
            if model.classifier != trained.classifier:
                continue
            channels = crop.slices if model.unit == "patient" else 1
            example = torch.zeros(1, channels, crop.rows, crop.columns)
            for fold, network in enumerate(model.networks):
                export_network(
                    ClassifierGraph(network), example, folder / network_file(arm.treatment, model.unit, fold)
                )
    document = json.dumps(cutoffs(trained), indent=2) + "\n"
    write_atomically(folder / CUTOFFS, document.encode())


def cutoffs(trained: TrainedWhole) -> dict[str, Any]:
    """The chosen classifier's cut-offs by treatment, by unit, and by what is scored."""
    return {
        "positive_class": "residual",
        "segmenter": trained.segmenter.architecture,
        "classifier": trained.classifier,
        "treatments": {
            arm.treatment: {
                f"{model.unit} unit": {
                    f"per {per}": reading.cutoff.value for per, reading in model.readings.items()
                }
                for model in arm.models
                if model.classifier == trained.classifier
            }
            for arm in trained.arms
        },
    }

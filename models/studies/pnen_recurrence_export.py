"""Fold models of ``pnen-recurrence`` for a board: encoders as ONNX, machines as coefficients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import torch

from inference.predictors.slice_aggregation import FEWEST_SLICES, STARTS
from inference.storage import write_atomically
from models.export import export_network
from models.networks.outputs import EncoderGraph
from models.studies.pnen_recurrence import STUDY, TrainedStudy

MODELS_JSON: Final = "models.json"


def write_models(study: TrainedStudy, folder: Path) -> None:
    """Write ``networks/encoder-<fold>.onnx``, one for each segmenter, and ``models.json``.

    No patient stands in either: a linear machine's weights replace its support vectors.
    """
    networks = folder / "networks"
    networks.mkdir(parents=True, exist_ok=True)
    frame = study.config.frame
    file_of: dict[int, str] = {}
    folds = []
    for models in study.folds:
        key = id(models.segmenter)
        if key not in file_of:
            file_of[key] = f"networks/encoder-{models.fold.number}.onnx"
            example = torch.zeros(1, 1, frame.rows, frame.columns)
            export_network(EncoderGraph(models.segmenter), example, folder / file_of[key])
        machines = {
            name: {
                "intercept": machine.score.intercept,
                "coefficients": machine.score.coefficients,
                "penalty": machine.penalty,
            }
            for name, machine in models.machines.items()
        }
        folds.append({"fold": models.fold.number, "encoder": file_of[key], "machines": machines})
    document = {
        "study": STUDY,
        "arterial": study.config.arterial.model_dump(),
        "venous": study.config.venous.model_dump(),
        "frame": frame.model_dump(),
        "aggregation": {
            "clusters": 2,
            "starts": STARTS,
            "seed": study.config.aggregation_seed,
            "fewest_slices": FEWEST_SLICES,
        },
        "cutoffs": {name: None if cut is None else cut.value for name, cut in study.cutoffs.items()},
        "folds": folds,
    }
    write_atomically(folder / MODELS_JSON, (json.dumps(document, indent=1) + "\n").encode())

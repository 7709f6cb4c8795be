"""The networks of the whole ``npc-residual`` protocol as files of a pack, with their manifest entries.

The chosen classifier's fold networks of the patient unit answer; all classifiers' networks of the whole
training cohort, in both units and for both treatments, are carried beside them for comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import torch

from inference.packs.manifest import NetworkEntry
from models.export import export_network, tensor_entries
from models.networks.contract import MeanPooledClassifier
from models.networks.outputs import ClassifierGraph
from models.studies.npc_residual_models import FittedModel
from models.studies.npc_residual_segmenter import SEGMENTER_FILE
from models.studies.npc_residual_whole import TrainedWhole
from models.studies.npc_residual_whole_config import Unit

PACK_UNIT: Final[dict[Unit, Literal["slice", "patient"]]] = {"image": "slice", "patient": "patient"}
"""A manifest calls a unit by what one score is about."""


def write_networks(trained: TrainedWhole, folder: Path) -> tuple[NetworkEntry, ...]:
    """Write segmenter, answering networks and compared networks into ``folder``, in this order."""
    (folder / "networks").mkdir(parents=True, exist_ok=True)
    segmenter = trained.segmenter.trained.source
    (folder / SEGMENTER_FILE).write_bytes(segmenter.content)
    return segmenter.entry, *_answering(trained, folder), *_compared(trained, folder)


def _answering(trained: TrainedWhole, folder: Path) -> Iterator[NetworkEntry]:
    for arm in trained.arms:
        model = arm.model(trained.classifier, "patient")
        for fold, network in enumerate(model.folds):
            path = f"networks/{_plain(arm.treatment)}-{fold}.onnx"
            yield _exported(network, trained, arm.treatment, model, folder, path, fold)


def _compared(trained: TrainedWhole, folder: Path) -> Iterator[NetworkEntry]:
    for arm in trained.arms:
        for model in arm.models:
            names = (arm.treatment, model.classifier, PACK_UNIT[model.unit])
            path = f"networks/compared-{'-'.join(_plain(name) for name in names)}.onnx"
            yield _exported(model.network, trained, arm.treatment, model, folder, path, None)


def _exported(
    network: MeanPooledClassifier,
    trained: TrainedWhole,
    treatment: str,
    model: FittedModel,
    folder: Path,
    file: str,
    fold: int | None,
) -> NetworkEntry:
    """Write one network; without a fold it is carried for comparison."""
    crop = trained.config.preprocessing.classifier
    channels = crop.slices if model.unit == "patient" else 1
    export_network(ClassifierGraph(network), torch.zeros(1, channels, crop.rows, crop.columns), folder / file)
    inputs, outputs = tensor_entries((folder / file).read_bytes())
    return NetworkEntry(
        role="comparison" if fold is None else "classifier",
        architecture=model.classifier,
        treatment=treatment,
        fold=fold,
        file=file,
        inputs=inputs,
        outputs=outputs,
        unit=PACK_UNIT[model.unit],
    )


def _plain(name: str) -> str:
    return name.replace("_", "-")

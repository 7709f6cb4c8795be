"""The networks of ``npc-residual`` as files of a pack, with their manifest entries.

The fold networks of each treatment answer; the models that they were chosen among are carried beside them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import torch

from inference.packs.manifest import NetworkEntry, Preprocessing
from models.export import export_network, tensor_entries
from models.networks.contract import MeanPooledClassifier
from models.networks.outputs import ClassifierGraph
from models.studies.npc_residual_packed import PackedStudy
from models.studies.npc_residual_segmenter import SEGMENTER_FILE


def write_networks(study: PackedStudy, folder: Path) -> tuple[NetworkEntry, ...]:
    """Write segmenter, answering networks and compared networks into ``folder``, in this order."""
    (folder / "networks").mkdir(parents=True, exist_ok=True)
    (folder / SEGMENTER_FILE).write_bytes(study.segmenter.source.content)
    settings = study.config.preprocessing
    answering = [
        _write(
            network,
            settings,
            folder,
            role="classifier",
            file=f"networks/{_plain(arm.treatment)}-{fold}.onnx",
            architecture=arm.architecture,
            treatment=arm.treatment,
            unit="patient",
            fold=fold,
        )
        for arm in study.arms
        for fold, network in enumerate(arm.networks)
    ]
    compared = [
        _write(
            one.network,
            settings,
            folder,
            role="comparison",
            file=f"networks/compared-{_plain(one.treatment)}-{_plain(one.architecture)}-{one.unit}.onnx",
            architecture=one.architecture,
            treatment=one.treatment,
            unit=one.unit,
            fold=None,
        )
        for one in study.compared
    ]
    return study.segmenter.source.entry, *answering, *compared


def _write(
    network: MeanPooledClassifier,
    settings: Preprocessing,
    folder: Path,
    *,
    role: Literal["classifier", "comparison"],
    file: str,
    architecture: str,
    treatment: str,
    unit: Literal["slice", "patient"],
    fold: int | None,
) -> NetworkEntry:
    crop = settings.classifier
    channels = 1 if unit == "slice" else crop.slices
    export_network(ClassifierGraph(network), torch.zeros(1, channels, crop.rows, crop.columns), folder / file)
    inputs, outputs = tensor_entries((folder / file).read_bytes())
    return NetworkEntry(
        role=role,
        architecture=architecture,
        treatment=treatment,
        fold=fold,
        file=file,
        inputs=inputs,
        outputs=outputs,
        unit=unit,
    )


def _plain(name: str) -> str:
    return name.replace("_", "-")

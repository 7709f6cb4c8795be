"""``python -m models.make_packs``: train on synthetic cohorts, evaluate, write the demonstration packs."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from inference.jobs import Progress
from inference.messages.catalogue import load_catalogue
from inference.packs.manifest import (
    MANIFEST_FILE,
    InputConditions,
    Manifest,
    NetworkEntry,
    Provenance,
    Range,
    SelfTest,
    Threshold,
)
from inference.packs.verify import verify_pack
from inference.preprocessing.classifier_input import classifier_input
from inference.preprocessing.segmenter_input import SegmenterFrame
from inference.runtime import Network
from inference.storage import storage_error
from models.evaluation import evaluation_report, metrics
from models.export import OPSET, export_network, tensor_entries
from models.model_card import model_card
from models.networks.outputs import ClassifierGraph
from models.phantoms.npc_population import NpcPatient, draw_patient
from models.phantoms.npc_volume import render_patient
from models.studies.npc_residual import STUDY, Arm, TrainedStudy, train
from models.studies.npc_residual_config import DEMO, NpcResidualConfig
from models.studies.npc_residual_segmenter import SEGMENTER_FILE
from models.training.engine.history import CURVES_CSV, CURVES_PNG, curves_csv, curves_png
from models.training.samples import Workshop, board_volume

REPOSITORY = Path(__file__).resolve().parents[1]
PACK_ID = "npc-residual-demo"
PACK_VERSION = "0.1.0"
SELF_TEST_FILE = "selftest.npz"
SELF_TEST_TOLERANCE = 1e-3
"""Sums run in another order on another processor; measured differences are below 1e-5."""

INPUT_CONDITIONS = InputConditions(
    modality="MR",
    contrast_enhanced=True,
    plane="axial",
    maximum_obliquity_deg=10.0,
    body_parts=("HEADNECK", "NASOPHARYNX"),
    pixel_spacing_mm=Range(minimum=0.3, maximum=1.3),
    slice_spacing_mm=Range(minimum=3.0, maximum=7.0),
    slice_thickness_mm=Range(minimum=3.0, maximum=7.0),
    field_of_view_mm=Range(minimum=180.0, maximum=320.0),
    minimum_slices=12,
    minimum_mask_ml=0.5,
)

_LIMITS = (
    "Trained and measured on synthetic phantoms alone; no figure here says anything about patients.",
    "The phantoms' signal was planted by this project, so the figures show that the software learns, "
    "not that residual tumour can be predicted.",
    "Calibration was not assessed: a score orders patients, it is no frequency.",
    "Each treatment's networks learned from the patients who received it; the choice of treatment depended "
    "on "
    "stage, age and sex, which the networks are not given.",
    "The cut-offs were locked on scores of single folds, and are applied to the mean of the folds.",
    "Of the published segmenters only U-Net, of the four classifiers only Xception was trained.",
    "Scans of other hospitals, with other noise and contrast timing, were not used for training.",
)


HOSPITAL_LIMITS = (
    *_LIMITS[2:6],
    "Only the cohort's training part was used; its internal and external parts have not been evaluated.",
    "Measured by one random division of one cohort; not validated in another hospital.",
)


@dataclass(frozen=True, slots=True)
class PackWords:
    """What a pack says of itself that the training run cannot know."""

    id: str
    title: str
    intended_use: str
    kind: Literal["synthetic", "hospital"]
    description: str
    limits: tuple[str, ...]
    command: str


DEMONSTRATION = PackWords(
    id=PACK_ID,
    title="Residual nasopharyngeal carcinoma after radiotherapy: demonstration on synthetic phantoms",
    intended_use="Teaching and testing of the software on the phantoms that come with it.",
    kind="synthetic",
    description="Phantoms of contrast-enhanced T1-weighted MR from models/phantoms; no patient data.",
    limits=_LIMITS,
    command="python -m models.make_packs",
)


def make_npc_residual(config: NpcResidualConfig, folder: Path, workshop: Workshop) -> Manifest:
    """Train, export and describe; ``folder`` is replaced only when the new pack has passed its own checks."""
    return put_pack(train(config, workshop, on_progress=_Ticker()), folder, DEMONSTRATION)


def put_pack(study: TrainedStudy, folder: Path, words: PackWords) -> Manifest:
    """Write, check and put the pack into ``folder``, whole or not at all.

    Raises
    ------
    StorageError
        When the place is full, read-only or gone.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as made:
            fresh = Path(made) / folder.name
            manifest = write_pack(study, fresh, words)
            verify_pack(fresh, self_test=True)
            _swap(fresh, folder)
    except OSError as error:
        raise storage_error(error, folder) from error
    return manifest


def write_pack(study: TrainedStudy, folder: Path, words: PackWords = DEMONSTRATION) -> Manifest:
    """Write every file of the pack and, last, the manifest with their hashes."""
    entries = _write_networks(study, folder)
    (folder / SELF_TEST_FILE).write_bytes(_self_test(study, folder, entries))
    (folder / CURVES_CSV).write_text(curves_csv(study.curves), encoding="utf-8")
    (folder / CURVES_PNG).write_bytes(curves_png(study.curves, load_catalogue("en")))
    report = evaluation_report(study) | {"data": words.kind}
    (folder / "evaluation.json").write_text(_json(report), encoding="utf-8")
    manifest = _manifest(study, entries, {}, words)
    (folder / "card.md").write_text(model_card(manifest, study.config, report), encoding="utf-8")
    files = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = _manifest(study, entries, files, words)
    (folder / MANIFEST_FILE).write_text(_json(manifest.model_dump(mode="json")), encoding="utf-8")
    return manifest


def _write_networks(study: TrainedStudy, folder: Path) -> tuple[NetworkEntry, ...]:
    settings = study.config.preprocessing.classifier
    example = torch.zeros(1, settings.slices, settings.rows, settings.columns)
    (folder / "networks").mkdir(parents=True)
    (folder / SEGMENTER_FILE).write_bytes(study.segmenter.source.content)
    entries = [study.segmenter.source.entry]
    for arm in study.arms:
        for fold, network in enumerate(arm.networks):
            file = f"networks/{arm.treatment.replace('_', '-')}-{fold}.onnx"
            export_network(ClassifierGraph(network), example, folder / file)
            inputs, outputs = tensor_entries((folder / file).read_bytes())
            entries.append(
                NetworkEntry(
                    role="classifier",
                    architecture="xception",
                    treatment=arm.treatment,
                    fold=fold,
                    file=file,
                    inputs=inputs,
                    outputs=outputs,
                )
            )
    return tuple(entries)


def _self_test(study: TrainedStudy, folder: Path, entries: tuple[NetworkEntry, ...]) -> bytes:
    """One phantom's inputs in blocks of 8 pixels, which keeps the file small, and the networks' answers.

    A phantom also where patients were learnt from: no pixel of theirs may leave in a pack.
    """
    first = study.arms[0].patients[0]
    patient = first if isinstance(first, NpcPatient) else draw_patient("training", study.config.seed, 0)
    phantom = render_patient(patient)
    volume = board_volume(phantom)
    settings = study.config.preprocessing
    frame = SegmenterFrame.of(volume, settings.segmenter)
    inputs = {
        "segmenter": _in_blocks(frame.batch([frame.slice_count // 2])),
        "classifier": _in_blocks(classifier_input(volume, phantom.tumour > 0, settings.classifier).array),
    }
    arrays: dict[str, np.ndarray] = {}
    for entry in entries:
        given = inputs[entry.role]
        answered = Network((folder / entry.file).read_bytes(), entry, threads=study.config.threads).run(given)
        arrays[f"{entry.file}/{entry.inputs[0].name}"] = given.astype(np.float16)
        arrays.update({f"{entry.file}/{name}": array for name, array in answered.items()})
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def _in_blocks(array: np.ndarray, side: int = 8) -> np.ndarray:
    """Every block of ``side`` × ``side`` pixels gets its first pixel's value, rounded to half precision."""
    coarse = array[..., ::side, ::side].astype(np.float16).astype(np.float32)
    return coarse.repeat(side, axis=-2).repeat(side, axis=-1)


def _manifest(
    study: TrainedStudy, entries: tuple[NetworkEntry, ...], files: Mapping[str, str], words: PackWords
) -> Manifest:
    config = study.config
    stated = files or dict.fromkeys((*(entry.file for entry in entries), SELF_TEST_FILE), "0" * 64)
    return Manifest(
        schema_version=1,
        id=words.id,
        version=PACK_VERSION,
        study=STUDY,
        title=words.title,
        intended_use=words.intended_use,
        not_for="Patients. Any decision about a person's care.",
        provenance=Provenance(
            kind=words.kind,
            description=words.description,
            cohort_sizes={
                "segmentation": study.marked_patients,
                "pretraining": len(study.pretraining),
                **{arm.treatment: len(arm.patients) for arm in study.arms},
            },
            events={
                "pretraining": sum(patient.residual_observed for patient in study.pretraining),
                **{arm.treatment: int(arm.residual.sum()) for arm in study.arms},
            },
            seed=config.seed,
        ),
        inputs=INPUT_CONDITIONS,
        preprocessing=config.preprocessing,
        networks=entries,
        treatments=tuple(arm.treatment for arm in study.arms),
        thresholds=tuple(_threshold(arm) for arm in study.arms),
        rules=STUDY,
        metrics=metrics(study),
        limits=words.limits,
        licence="Apache-2.0",
        created_with=_created_with(config, words),
        self_test=SelfTest(file=SELF_TEST_FILE, tolerance=SELF_TEST_TOLERANCE),
        files=dict(stated),
    )


def _threshold(arm: Arm) -> Threshold:
    return Threshold(
        treatment=arm.treatment,
        value=arm.cutoff.value,
        positive_class="residual",
        locked_on=f"out-of-fold scores of the {len(arm.fitted.training)} training patients who received it",
        method="Youden's index; where several cut-offs share the best one, the middle of them",
        borderline_margin=arm.margin,
    )


def _created_with(config: NpcResidualConfig, words: PackWords) -> dict[str, str]:
    return {
        "command": words.command,
        "git": _git_revision(),
        "opset": str(OPSET),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "seed": str(config.seed),
        "threads": str(config.threads),
        **{name: version(name) for name in ("numpy", "onnx", "onnxruntime", "scipy", "torch")},
    }


def _git_revision() -> str:
    """The commit that the training code was at, with ``+`` when models/ or inference/ held changes."""
    git = shutil.which("git")
    if git is None:
        return "unknown"

    def answer(*arguments: str) -> str:
        done = subprocess.run(
            [git, "--no-optional-locks", *arguments],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip()

    revision = answer("rev-parse", "HEAD") or "unknown"
    return revision + ("+" if answer("status", "--porcelain", "--", "models", "inference") else "")


def _swap(fresh: Path, folder: Path) -> None:
    """Put ``fresh`` in the place of ``folder``; the old pack goes only when the new one stands."""
    old = fresh.parent / "replaced"
    if folder.exists():
        folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise


def _json(document: object) -> str:
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


class _Ticker:
    """Writes a line when a stage begins or ends, and now and then between."""

    def __init__(self) -> None:
        self._stage, self._last = "", 0.0
        self._english = load_catalogue("en")

    def __call__(self, progress: Progress) -> None:
        """Report when the stage is new, over, or ten seconds have passed."""
        now = time.monotonic()
        if progress.stage != self._stage or progress.done == progress.total or now - self._last > 10:
            sys.stderr.write(f"{self._english.text(progress.stage)} {progress.done}/{progress.total}\n")
            sys.stderr.flush()
            self._stage, self._last = progress.stage, now


def main(arguments: list[str] | None = None) -> int:
    """Command line of ``make packs``."""
    parser = argparse.ArgumentParser(prog="python -m models.make_packs", description=__doc__)
    parser.add_argument("--study", choices=[STUDY], default=STUDY)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "packs", help="folder of packs")
    parser.add_argument("--cache", type=Path, default=REPOSITORY / ".cache" / "samples")
    parser.add_argument("--workers", type=int, default=2, help="processes that render phantoms")
    given = parser.parse_args(arguments)
    manifest = make_npc_residual(DEMO, given.out / PACK_ID, Workshop(given.cache, given.workers))
    for metric in manifest.metrics:
        interval = "" if metric.low is None else f" ({metric.low:.3f} to {metric.high:.3f})"
        sys.stdout.write(
            f"synthetic | {metric.cohort} | {metric.treatment or '-'} | {metric.name} "
            f"{metric.value:.3f}{interval}\n"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

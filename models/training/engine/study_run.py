"""A study's training from folder to pack: checked first, kept while it runs, then a pack or none."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch

from inference.dicom.intake import Intake
from inference.errors import InputError
from inference.jobs import OnProgress, ShouldStop, never_stop
from inference.messages.catalogue import Catalogue
from inference.packs.manifest import Manifest
from inference.storage import prepare_folder, storage_error, write_atomically
from models.cohorts.read_cohort import read_cohort
from models.networks.initial_files import InitialFile
from models.packing.whole import remove_unfinished
from models.studies.catalogue import TrainableStudy, trainable
from models.training.engine.checkpoint import CheckpointPlace
from models.training.engine.checkpoint_file import FORMAT_VERSION
from models.training.engine.device import AskedDevice, choose_device
from models.training.engine.history import CurveBook
from models.training.engine.run import RunPlace
from models.training.engine.sole_training import is_untouched, sole_training

STATE_FILE: Final = "training.json"


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What to train, on what, and where to; ``seed`` None takes the preset's.

    ``init`` are safetensors files that the study's networks start from.
    """

    study: str
    cohort: Path
    preset: str
    out: Path
    device: AskedDevice = "auto"
    seed: int | None = None
    resume: bool = False
    init: tuple[InitialFile, ...] = ()

    @property
    def work(self) -> Path:
        """Beside the pack: samples, checkpoints and curves while training lasts."""
        return self.out.parent / f"{self.out.name}.training"

    @property
    def handed_on(self) -> Path | None:
        """The network that the training left beside the pack, for another study to start from."""
        leaves = trainable(self.study).leaves
        return None if leaves is None else leaves(self.out)

    @property
    def can_be_resumed(self) -> bool:
        """Whether a training that did not end lies in ``work``."""
        return (self.work / STATE_FILE).is_file()


def train_study(
    request: TrainRequest,
    catalogue: Catalogue,
    on_progress: OnProgress,
    should_stop: ShouldStop = never_stop,
) -> Manifest:
    """Check the cohort, train, write the pack; the folder ``request.work`` goes when the pack stands.

    Raises
    ------
    ConciliumError
        However it ends otherwise.  Once ``request.work`` exists, what was learnt is kept there.
    """
    study = trainable(request.study)
    config = study.preset(request.preset)
    if request.seed is not None:
        config = replace(config, seed=request.seed)
    initial = "random"
    if request.init:
        config = study.starting_from(config, request.init)
        digests = (hashlib.sha256(file.path.read_bytes()).hexdigest() for file in request.init)
        initial = " ".join(sorted(digests))
    study.try_on(config)
    device = choose_device(request.device)
    if request.out.exists():
        raise InputError("error.training.out_in_use", folder=request.out.name)
    prepare_folder(request.out.parent)
    with sole_training(request.work), Intake() as intake:
        _check_work(request)
        remove_unfinished(request.out)
        cohort = read_cohort(
            request.study, request.cohort, intake, on_progress=on_progress, should_stop=should_stop
        )
        state = _state(request, study, config, cohort.sha256, device) | {"initial_weights": initial}
        _open_work(request, state)
        book = CurveBook(request.work, catalogue)
        place = RunPlace(
            device=device,
            checkpoints=CheckpointPlace(request.work / "checkpoints", json.dumps(state, sort_keys=True)),
            on_epoch=book,
            on_progress=on_progress,
            should_stop=should_stop,
        )
        try:
            manifest = study.make_pack(cohort, config, place, request.work / "samples", request.out)
        finally:
            book.draw()
        shutil.rmtree(request.work, ignore_errors=True)
    return manifest


def _check_work(request: TrainRequest) -> None:
    if request.resume and not request.can_be_resumed:
        raise InputError("error.training.nothing_to_resume", folder=request.work.name)
    if not request.resume and not is_untouched(request.work):
        raise InputError("error.training.unfinished", folder=request.work.name)


def _state(
    request: TrainRequest, study: TrainableStudy, config: Any, cohort_sha256: str, device: torch.device
) -> dict[str, str]:
    """All that decides the course; two trainings with equal states are one."""
    return {
        "study": study.study,
        "preset": request.preset,
        "seed": str(config.seed),
        "configuration": hashlib.sha256(repr(config).encode()).hexdigest(),
        "cohort": cohort_sha256,
        "device": device.type,
        "torch": str(torch.__version__),
        "checkpoints": str(FORMAT_VERSION),
    }


def _open_work(request: TrainRequest, state: dict[str, str]) -> None:
    path = request.work / STATE_FILE
    if not request.resume:
        write_atomically(path, json.dumps(state, indent=1, sort_keys=True).encode())
        return
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise storage_error(error, path) from error
    except ValueError:
        kept = {}
    differing = [name for name, value in state.items() if kept.get(name) != value]
    if differing:
        raise InputError(
            "error.training.other_training", folder=request.work.name, differing=", ".join(differing)
        )

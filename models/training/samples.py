"""Samples of patients as the networks read them, made once and kept in a cache folder.

Nothing here is fitted.  Every input goes through ``inference.preprocessing``, as at the board.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.packs.manifest import NetworkEntry, Preprocessing
from inference.predictors.npc_residual import segment_volume
from inference.preprocessing.classifier_input import classifier_input
from inference.preprocessing.segmenter_input import SegmenterFrame
from inference.runtime import Network
from inference.storage import write_stream_atomically
from inference.volume import Volume
from models.phantoms.npc_population import NpcPatient
from models.phantoms.npc_volume import PhantomVolume, render_patient

_ROOT = Path(__file__).resolve().parents[2]
_SOURCES = (
    "models/phantoms",
    "inference/preprocessing",
    "inference/masks/components.py",
    "models/training/samples.py",
)


class Subject(Protocol):
    """A patient as samples know one: ``seed`` and ``index`` choose the slices that are shown."""

    @property
    def patient_id(self) -> str:
        """Unique in the cohort."""

    @property
    def seed(self) -> int:
        """The cohort's."""

    @property
    def index(self) -> int:
        """The patient's place in the cohort."""


Source = Callable[[Any], tuple[Volume, NDArray[np.bool_]]]
"""A subject → its volume and the true mask on the same grid."""


def rendered(patient: NpcPatient) -> tuple[Volume, NDArray[np.bool_]]:
    """A phantom, drawn anew."""
    phantom = render_patient(patient)
    return board_volume(phantom), phantom.tumour > 0


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where samples are kept, where their volumes come from, and how many processes make them.

    Without ``workers`` this process makes them, one after the other: a source that holds open files cannot
    be sent to another.
    """

    cache: Path
    workers: int = 2
    source: Source = rendered


@dataclass(frozen=True, slots=True)
class SegmenterSource:
    """An exported segmenter with its manifest entry, as a worker process opens it."""

    content: bytes
    entry: NetworkEntry


def board_volume(phantom: PhantomVolume) -> Volume:
    """A rendered phantom as the board's volume."""
    slices = phantom.geometry.shape[0]
    return Volume(phantom.voxels, np.ones(slices), np.zeros(slices), phantom.geometry)


def segmentation_samples(
    patients: Sequence[Subject],
    per_patient: int,
    tumour_free_share: float,
    preprocessing: Preprocessing,
    workshop: Workshop,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> NDArray[np.float16]:
    """Slices and their masks: (patient, slice, 2, rows, columns), image first, then the share of tumour.

    Of each patient's ``per_patient`` slices, ``tumour_free_share`` show no tumour; where there are too few
    of one kind the other fills up.  Which ones depends on the patient alone.
    """
    make = partial(
        _segmentation_sample,
        per_patient=per_patient,
        tumour_free_share=tumour_free_share,
        preprocessing=preprocessing,
        source=workshop.source,
    )
    key = f"segmentation {per_patient} {tumour_free_share} {preprocessing.model_dump_json()}"
    made = _through_cache(patients, make, key, workshop, on_progress, should_stop)
    return np.stack(list(made))


def classifier_samples(
    patients: Sequence[Subject],
    segmenter: SegmenterSource,
    preprocessing: Preprocessing,
    workshop: Workshop,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> NDArray[np.float16]:
    """Crops about the segmenter's mask, as at the board: (patient, slices, rows, columns).

    Where it finds nothing, about the true one, which a reader would draw.
    """
    make = partial(
        _classifier_sample, segmenter=segmenter, preprocessing=preprocessing, source=workshop.source
    )
    digest = hashlib.sha256(segmenter.content).hexdigest()
    key = f"classifier {digest} {preprocessing.model_dump_json()}"
    made = _through_cache(patients, make, key, workshop, on_progress, should_stop)
    return np.stack(list(made))


def _segmentation_sample(
    patient: Subject,
    *,
    per_patient: int,
    tumour_free_share: float,
    preprocessing: Preprocessing,
    source: Source = rendered,
) -> NDArray[np.float16]:
    volume, mask = source(patient)
    frame = SegmenterFrame.of(volume, preprocessing.segmenter)
    marked = [k for k in range(frame.slice_count) if mask[frame.own_slice(k)].any()]
    empty = [k for k in range(frame.slice_count) if k not in marked]
    rng = np.random.default_rng([patient.seed, patient.index, 700])
    wanted = per_patient - round(per_patient * tumour_free_share)
    shuffled = [*rng.permutation(marked)[:wanted], *rng.permutation(empty)]
    chosen = sorted(int(k) for k in shuffled[:per_patient])
    images, masks = frame.batch(chosen)[:, 0], frame.to_frame(mask, chosen)
    return np.stack([images, masks], axis=1).astype(np.float16)


def _classifier_sample(
    patient: Subject, *, segmenter: SegmenterSource, preprocessing: Preprocessing, source: Source
) -> NDArray[np.float16]:
    volume, true_mask = source(patient)
    network = Network(segmenter.content, segmenter.entry, threads=1)
    proposed = segment_volume(volume, network, preprocessing)
    mask = proposed if proposed.any() else true_mask
    crops: NDArray[np.float16] = (
        classifier_input(volume, mask, preprocessing.classifier).array[0].astype(np.float16)
    )
    return crops


def _through_cache(
    patients: Sequence[Subject],
    make: Callable[[Subject], NDArray[np.float16]],
    key: str,
    workshop: Workshop,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> Iterator[NDArray[np.float16]]:
    folder = workshop.cache / hashlib.sha256(f"{key} {source_digest()}".encode()).hexdigest()[:16]
    paths = [folder / f"{patient.patient_id}.npy" for patient in patients]
    absent = [(patient, path) for patient, path in zip(patients, paths, strict=True) if not path.exists()]
    if not workshop.workers:
        for done, (patient, path) in enumerate(absent):
            stop_if_asked(should_stop)
            _make_and_keep(make, patient, path)
            on_progress(Progress(done + 1, len(absent), "stage.training.rendering"))
        absent = []
    # A fresh interpreter per worker: forking a process that holds torch's threads may hang.
    context = multiprocessing.get_context("spawn")
    if absent:
        with _one_thread_per_worker(), ProcessPoolExecutor(workshop.workers, mp_context=context) as pool:
            jobs = [pool.submit(_make_and_keep, make, patient, path) for patient, path in absent]
            try:
                for done, job in enumerate(jobs):
                    stop_if_asked(should_stop)
                    job.result()
                    on_progress(Progress(done + 1, len(jobs), "stage.training.rendering"))
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
    for path in paths:
        yield np.load(path, allow_pickle=False)


@contextmanager
def _one_thread_per_worker() -> Iterator[None]:
    """Threads of several workers wait for one another on arrays this small: five times slower as measured."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _make_and_keep(make: Callable[[Subject], NDArray[np.float16]], patient: Subject, path: Path) -> None:
    array = make(patient)
    write_stream_atomically(path, lambda stream: np.save(stream, array, allow_pickle=False))


def source_digest() -> str:
    """Hash of the code that makes samples: a changed phantom never meets an old cache."""
    digest = hashlib.sha256()
    for entry in _SOURCES:
        path = _ROOT / entry
        for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(source.read_bytes())
    return digest.hexdigest()

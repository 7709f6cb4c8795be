"""Patients of ``gc-recurrence`` as the protocol takes them: slices of the whole tumour, 17 factors, outcome.

A patient's slices go through the frozen backbone once; what is kept is the mean of their embeddings, for
the slices as they are and for a few random views of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.meaning.opinion import Phase
from inference.preprocessing.tumour_stack import tumour_stack
from inference.statistics.outcomes import Bools, SurvivalData
from inference.volume import Volume
from models.cohorts.cohort import Cohort
from models.networks.se_resnet import FrozenBackboneMlp
from models.phantoms.abdomen.largest_slice import render_tumour
from models.phantoms.ct_cases import gc_case
from models.phantoms.gc_population import FORM, GcPatient
from models.studies.gc_recurrence_config import GcRecurrenceConfig
from models.studies.kept_pixels import Pixels, kept_pixels
from models.training.augmentation import apply_views, draw_views

SCAN: Final = "portal_venous"
STAGE: Final = "stage.training.rendering"
_AT_ONCE: Final = 32

Stack = Pixels
"""(slices, channels, rows, columns) of one patient, in [0, 1]."""


@dataclass(frozen=True, slots=True, eq=False)
class GcSamples:
    """One cohort.

    ``embeddings`` are float32 (patients, views, C), the first view being the slices as they are;
    ``factors`` hold one value of the clinical form per patient, the empty text where there is none.
    """

    cohort: str
    patient_ids: tuple[str, ...]
    embeddings: NDArray[np.float32]
    factors: Mapping[str, tuple[float | str, ...]]
    relapse: Bools
    has_follow_up: Bools
    survival: SurvivalData

    def __len__(self) -> int:
        return len(self.patient_ids)


def phantom_samples(
    patients: Sequence[GcPatient],
    config: GcRecurrenceConfig,
    backbone: FrozenBackboneMlp,
    *,
    views: int = 0,
    cache: Path | None = None,
    size: int = 256,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> GcSamples:
    """Synthetic patients, rendered in memory; their slices are kept in ``cache`` where one is given."""

    def stacks() -> Iterable[Stack]:
        for number, patient in enumerate(patients):
            stop_if_asked(should_stop)
            yield _cached(cache, patient, config, size)
            on_progress(Progress(number + 1, len(patients), STAGE))

    return GcSamples(
        patients[0].cohort,
        tuple(patient.patient_id for patient in patients),
        embedded(stacks(), config, backbone, views),
        {
            field.attribute: tuple(getattr(patient, field.attribute) or "" for patient in patients)
            for field in FORM
        },
        np.array([patient.relapse for patient in patients]),
        np.ones(len(patients), dtype=np.bool_),
        SurvivalData(
            np.array([patient.os_months for patient in patients]),
            np.array([patient.death_observed for patient in patients]),
        ),
    )


def cohort_samples(
    cohort: Cohort,
    part: str,
    config: GcRecurrenceConfig,
    backbone: FrozenBackboneMlp,
    *,
    views: int = 0,
    on_progress: OnProgress = ignore_progress,
) -> GcSamples:
    """The patients of one part of a cohort; volumes are read one by one."""
    table = cohort.table.part(part)

    def stacks() -> Iterable[Stack]:
        for number, patient in enumerate(table.patient_ids):
            yield stack_of(cohort.volume(patient, SCAN), cohort.mask(patient, SCAN), config)
            on_progress(Progress(number + 1, len(table), STAGE, part))

    known = table.is_known("os")
    return GcSamples(
        part,
        table.patient_ids,
        embedded(stacks(), config, backbone, views),
        {
            field.attribute: tuple(
                "" if cell is None else cell if isinstance(cell, str) else float(cell)
                for cell in table.columns[field.attribute]
            )
            for field in FORM
        },
        table.events("relapse"),
        known,
        table.at([int(k) for k in np.flatnonzero(known)]).follow_up("os"),
    )


def phantom_stack(patient: GcPatient, config: GcRecurrenceConfig, *, size: int) -> Stack:
    """All slices of a synthetic patient's tumour; only those are rendered."""
    volume, mask = render_tumour(gc_case(patient), Phase.PORTAL_VENOUS, size=size)
    return stack_of(volume, mask, config)


def stack_of(volume: Volume, mask: NDArray[np.bool_], config: GcRecurrenceConfig) -> Stack:
    """The network's slices, in half precision as they are kept."""
    return tumour_stack(volume, mask, config.region, config.frame, config.channels).astype(np.float16)


def embedded(
    stacks: Iterable[Stack], config: GcRecurrenceConfig, backbone: FrozenBackboneMlp, views: int
) -> NDArray[np.float32]:
    """Mean embeddings (patients, 1 + views, C); a view is one for all slices of its patient."""
    generator = torch.Generator().manual_seed(config.seed)
    return np.stack([_views_of(stack, config, backbone, views, generator) for stack in stacks])


def _views_of(
    stack: Stack,
    config: GcRecurrenceConfig,
    backbone: FrozenBackboneMlp,
    views: int,
    generator: torch.Generator,
) -> NDArray[np.float32]:
    image = torch.from_numpy(stack.astype(np.float32))
    seen = [image]
    for _ in range(views):
        view = draw_views(1, config.views, generator).repeated(len(image))
        seen.append(apply_views(image, view, 0.0))
    return np.stack([_mean_embedding(backbone, one) for one in seen])


def _mean_embedding(backbone: FrozenBackboneMlp, image: Tensor) -> NDArray[np.float32]:
    backbone.eval()
    with torch.no_grad():
        parts = [
            backbone.embedding(backbone.features(part.contiguous(memory_format=torch.channels_last)))
            for part in image.split(_AT_ONCE)
        ]
        mean: NDArray[np.float32] = torch.cat(parts).mean(dim=0).numpy()
    return mean


def _cached(cache: Path | None, patient: GcPatient, config: GcRecurrenceConfig, size: int) -> Stack:
    settings = (patient, config.region, config.frame, config.channels, size)
    shape = (-1, config.channels, config.frame.rows, config.frame.columns)
    return kept_pixels(
        cache, patient.patient_id, settings, shape, lambda: phantom_stack(patient, config, size=size)
    )

"""Patients of ``lagc-response`` as the protocol takes them: three slices, 22 factors, response, survival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.meaning.opinion import Phase
from inference.preprocessing.settings import TumourSlicesSettings
from inference.preprocessing.tumour_slices import tumour_slices
from inference.statistics.outcomes import Bools, SurvivalData
from models.cohorts.cohort import Cell, Cohort
from models.phantoms.abdomen.largest_slice import render_about_largest
from models.phantoms.ct_cases import lagc_case
from models.phantoms.lagc_population import FORM, LagcPatient
from models.studies.kept_pixels import kept_pixels

SCAN = "portal_venous"
STAGE = "stage.training.rendering"


@dataclass(frozen=True, slots=True, eq=False)
class LagcSamples:
    """One cohort.

    ``images`` are float16 (patients, slices, rows, columns) in [0, 1]; ``factors`` hold one value of the
    clinical form per patient; ``has_follow_up`` marks the patients whose ``survival`` is known, in order.
    """

    cohort: str
    patient_ids: tuple[str, ...]
    images: NDArray[np.float16]
    factors: Mapping[str, tuple[float | str, ...]]
    good_response: Bools
    has_follow_up: Bools
    survival: SurvivalData

    def __len__(self) -> int:
        return len(self.patient_ids)


@dataclass(frozen=True, slots=True, eq=False)
class DrawnLooks:
    """Synthetic patients of whom only the look counts.

    ``mildness`` (patients,) is what the generator was asked to draw, its aggressive look with the sign
    turned: about standard normal, higher where response is likelier.
    """

    patient_ids: tuple[str, ...]
    images: NDArray[np.float16]
    mildness: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.patient_ids)


def drawn_looks(
    patients: Sequence[LagcPatient],
    settings: TumourSlicesSettings,
    cache: Path | None = None,
    *,
    size: int = 256,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> DrawnLooks:
    """The looks of synthetic patients, rendered as those of :func:`phantom_samples`."""
    looks = [lagc_case(patient).tumour.looks.of(Phase.PORTAL_VENOUS) for patient in patients]
    return DrawnLooks(
        tuple(patient.patient_id for patient in patients),
        _rendered(patients, settings, cache, size, on_progress, should_stop),
        np.array([-(look.signal + look.confounder) for look in looks], dtype=np.float32),
    )


def phantom_samples(
    patients: Sequence[LagcPatient],
    settings: TumourSlicesSettings,
    cache: Path | None = None,
    *,
    size: int = 256,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> LagcSamples:
    """Synthetic patients; their images are rendered in memory, and kept in ``cache`` where one is given."""
    return LagcSamples(
        patients[0].cohort,
        tuple(patient.patient_id for patient in patients),
        _rendered(patients, settings, cache, size, on_progress, should_stop),
        {field.attribute: tuple(getattr(patient, field.attribute) for patient in patients) for field in FORM},
        np.array([patient.good_response for patient in patients]),
        np.ones(len(patients), dtype=np.bool_),
        SurvivalData(
            np.array([patient.os_months for patient in patients]),
            np.array([patient.death_observed for patient in patients]),
        ),
    )


def cohort_samples(
    cohort: Cohort, part: str, settings: TumourSlicesSettings, *, on_progress: OnProgress = ignore_progress
) -> LagcSamples:
    """The patients of one part of a cohort; volumes are read one by one."""
    table = cohort.table.part(part)
    images = []
    for number, patient in enumerate(table.patient_ids):
        volume, mask = cohort.volume(patient, SCAN), cohort.mask(patient, SCAN)
        images.append(tumour_slices(volume, mask, settings).astype(np.float16))
        on_progress(Progress(number + 1, len(table), STAGE, part))
    words = {column.id for column in table.schema.columns if column.kind == "choice"}
    known = table.is_known("os")
    return LagcSamples(
        part,
        table.patient_ids,
        np.stack(images),
        {
            field.attribute: tuple(_filled(table.columns[field.attribute], field.attribute in words))
            for field in FORM
        },
        table.events("response"),
        known,
        table.at([int(k) for k in np.flatnonzero(known)]).follow_up("os"),
    )


def _filled(cells: Sequence[Cell], is_choice: bool) -> list[float | str]:
    """The cells of a column that the schema requires of every patient."""
    return [str(cell) if is_choice else float(cell) for cell in cells if cell is not None]


def phantom_image(patient: LagcPatient, settings: TumourSlicesSettings, *, size: int) -> NDArray[np.float16]:
    """The three slices of a synthetic patient; only slices about the largest are rendered."""
    volume, mask = render_about_largest(lagc_case(patient), Phase.PORTAL_VENOUS, size=size)
    return tumour_slices(volume, mask, settings).astype(np.float16)


def _rendered(
    patients: Sequence[LagcPatient],
    settings: TumourSlicesSettings,
    cache: Path | None,
    size: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> NDArray[np.float16]:
    images = []
    for number, patient in enumerate(patients):
        stop_if_asked(should_stop)
        images.append(_cached_image(patient, settings, cache, size))
        on_progress(Progress(number + 1, len(patients), STAGE))
    return np.stack(images)


def _cached_image(
    patient: LagcPatient, settings: TumourSlicesSettings, cache: Path | None, size: int
) -> NDArray[np.float16]:
    shape = (settings.slices, settings.rows, settings.columns)
    return kept_pixels(
        cache,
        patient.patient_id,
        (patient, settings, size),
        shape,
        lambda: phantom_image(patient, settings, size=size),
    )

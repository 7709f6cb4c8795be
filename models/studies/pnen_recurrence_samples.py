"""What the models of ``pnen-recurrence`` read of each patient: framed slices, radiomics, findings."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.preprocessing.framed_slices import framed, framed_slices
from inference.preprocessing.isotropic import isotropic_region
from inference.preprocessing.settings import IsotropicSettings
from inference.storage import write_atomically
from inference.volume import Volume
from models.cohorts.cohort import Cohort, CohortTable
from models.radiomics.panel import volume_panel
from models.studies.pnen_recurrence_config import PnenRecurrenceConfig
from models.training.rough_reader import rough_cuboid

ARTERIAL, VENOUS = "arterial", "venous"
PHASES = (ARTERIAL, VENOUS)
Floats = NDArray[np.float64]

_ROOT = Path(__file__).resolve().parents[2]
_SOURCES = ("models/phantoms", "models/radiomics", "models/cohorts", "inference/preprocessing", __file__)
# A mask resampled as a picture of 0 and 1000: a voxel belongs to it from half on.
_MASK_PICTURE = 1000


@dataclass(frozen=True, slots=True, eq=False)
class PhaseSample:
    """One phase of a patient.

    ``slices`` float32 in [0, 1] and ``tumour`` Boolean are (slice, rows, columns) of the cuboid;
    ``radiomics`` (143,) stands for the outlined tumour, empty where it was not asked for.
    """

    slices: NDArray[np.float32]
    tumour: NDArray[np.bool_]
    radiomics: Floats
    radiomics_names: tuple[str, ...]


def phase_samples(
    cohort: Cohort,
    scans: Sequence[str],
    config: PnenRecurrenceConfig,
    *,
    with_radiomics: bool,
    cache: Path | None = None,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> dict[str, tuple[PhaseSample, ...]]:
    """For each scan one sample of every patient of the cohort's table.

    The cuboid is that of the arterial images in both phases.  Samples of phantoms are kept in ``cache``;
    those of patients are not, for files may change under an unchanged table.
    """
    folder = cache if cohort.is_synthetic else None
    samples: dict[str, list[PhaseSample]] = {scan: [] for scan in scans}
    for done, patient in enumerate(cohort.table.patient_ids):
        stop_if_asked(should_stop)
        for scan in scans:
            key = repr((cohort.sha256, patient, scan, with_radiomics, config.seed, *_settings(config)))
            path = None if folder is None else folder / f"{_digest(key)}.npz"
            if path is not None and path.exists():
                samples[scan].append(_read(path))
                continue
            sample = phase_sample(cohort, patient, scan, config, with_radiomics=with_radiomics)
            if path is not None:
                _keep(sample, path)
            samples[scan].append(sample)
        on_progress(Progress(done + 1, len(cohort.table), "stage.training.rendering"))
    return {scan: tuple(made) for scan, made in samples.items()}


def phase_sample(
    cohort: Cohort, patient: str, scan: str, config: PnenRecurrenceConfig, *, with_radiomics: bool
) -> PhaseSample:
    """Window, 1 mm steps by cubic splines, the slices of the processed region."""
    settings = config.arterial if scan == ARTERIAL else config.venous
    mask = cohort.mask(patient, ARTERIAL)
    rng = np.random.default_rng([config.seed, int(hashlib.sha256(patient.encode()).hexdigest()[:8], 16)])
    volume = cohort.volume(patient, scan)
    spacing = volume.geometry.spacing_mm
    cuboid = rough_cuboid(mask, (float(spacing[1]), float(spacing[2])), config.reader, rng)
    box = cuboid.mask(volume.geometry.shape)
    region = isotropic_region(volume, box, settings)
    own_mask = mask if scan == ARTERIAL else cohort.mask(patient, scan)
    features = volume_panel(volume, own_mask, settings, config.radiomics) if with_radiomics else {}
    return PhaseSample(
        framed_slices(region.array, settings, config.frame),
        framed(_resampled_mask(own_mask, volume, box, settings).astype(np.float32), config.frame) >= 0.5,
        np.array(list(features.values()), np.float64),
        tuple(features),
    )


def _resampled_mask(
    mask: NDArray[np.bool_], volume: Volume, box: NDArray[np.bool_], settings: IsotropicSettings
) -> NDArray[np.bool_]:
    half = _MASK_PICTURE / 2
    picture = settings.model_copy(update={"window_centre_hu": half, "window_width_hu": 2 * half})
    count = mask.shape[0]
    drawn = Volume(
        (mask * np.int16(_MASK_PICTURE)).astype(np.int16), np.ones(count), np.zeros(count), volume.geometry
    )
    inside: NDArray[np.bool_] = isotropic_region(drawn, box, picture).array >= half
    return inside


def _settings(config: PnenRecurrenceConfig) -> tuple[object, ...]:
    return config.arterial, config.venous, config.frame, config.reader, config.radiomics


def _digest(key: str) -> str:
    """Of what was asked for and of the code that answers: a changed phantom never meets an old cache."""
    return hashlib.sha256(f"{key} {_source_digest()}".encode()).hexdigest()[:24]


@lru_cache(maxsize=1)
def _source_digest() -> str:
    digest = hashlib.sha256()
    for entry in _SOURCES:
        path = _ROOT / entry
        for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(source.read_bytes())
    return digest.hexdigest()


def _keep(sample: PhaseSample, path: Path) -> None:
    content = io.BytesIO()
    np.savez_compressed(
        content,
        slices=sample.slices,
        tumour=sample.tumour,
        radiomics=sample.radiomics,
        names=np.array(sample.radiomics_names, dtype=np.str_),
    )
    write_atomically(path, content.getvalue())


def _read(path: Path) -> PhaseSample:
    with np.load(path, allow_pickle=False) as kept:
        names = tuple(str(name) for name in kept["names"])
        return PhaseSample(kept["slices"], kept["tumour"], kept["radiomics"], names)


# Song et al. 2021, Table S1 and S2, in the order of the table.
DIAMETER_CUT_MM = 20.0
_CHOICES = (
    "location",
    "composition",
    "calcification",
    "shape",
    "boundary",
    "vessel_involvement",
    "pancreatic_duct",
    "pancreas_atrophy",
    "node_morphology",
    "node_enhancement",
    "fatty_liver",
    "benign_liver_lesion",
    "bile_duct_dilated",
    "splenomegaly",
    "splenic_varices",
)
_NUMBERS = (
    "ct_ratio_unenhanced",
    "ct_ratio_arterial",
    "ct_ratio_venous",
    "relative_enhancement_arterial",
    "relative_enhancement_venous",
    "portal_vein_mm",
    "splenic_vein_mm",
)


def ct_findings(table: CohortTable) -> tuple[Floats, tuple[str, ...]]:
    """The findings as columns (patients, columns): a choice is one column for each word after its first (?).

    A number that was not read is NaN.
    """
    large = (table.numbers("maximum_diameter_mm") >= DIAMETER_CUT_MM).astype(np.float64)
    names, columns = ["maximum_diameter_from_20_mm"], [large]
    for name in _CHOICES:
        words = table.words(name)
        for word in table.schema.column(name).choices[1:]:
            names.append(f"{name}={word}")
            columns.append(np.array([float(one == word) for one in words]))
    for name in _NUMBERS:
        names.append(name)
        columns.append(table.numbers(name))
    return np.stack(columns, axis=1), tuple(names)


CLINICAL = ("symptoms", "age", "sex")
"""In the order of Table 4: s, a, g."""


def clinical_values(table: CohortTable) -> Floats:
    """Neuroendocrine symptoms (1 yes), age in years and sex (1 male), (patients, 3)."""
    symptoms = [float(word == "yes") for word in table.words("symptoms")]
    sex = [float(word == "male") for word in table.words("sex")]
    return np.stack([np.array(symptoms), table.numbers("age_years"), np.array(sex)], axis=1)

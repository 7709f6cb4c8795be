"""Writing a synthetic cohort to a folder: DICOM, truth, tables and forms, all of it or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inference.errors import InputError
from inference.jobs import (
    OnProgress,
    Progress,
    ShouldStop,
    ignore_progress,
    never_stop,
    stop_if_asked,
)
from inference.storage import storage_error
from models.phantoms.abdomen.ct_scanner import STUDIES as CT_STUDIES
from models.phantoms.mr_scanner import SCANNERS
from models.phantoms.npc_population import COHORT_SIZES, NpcPatient, draw_cohort
from models.phantoms.npc_population import STUDY as NPC_STUDY

STUDIES = (NPC_STUDY, *CT_STUDIES)
SIZES = (512, 128)
_STAGE = "stage.phantom.writing"


@dataclass(frozen=True, slots=True)
class _Cohort:
    """Drawn patients with the way to write them: one patient's folder, and the tables of all."""

    patient_ids: tuple[str, ...]
    write_patient: Callable[[int, Path], None]
    write_tables: Callable[[Path], None]


def write_cohort(
    study: str,
    *,
    cohort: str = "training",
    patients: int,
    seed: int = 0,
    out: Path,
    size: int = 512,
    transfer_syntax: str | None = None,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> list[Path]:
    """Write ``patients`` synthetic patients to ``out`` and return their folders.

    The tree is ``cohort.csv``, ``truth.csv`` and per patient ``clinical.json`` and for every series a folder
    of its images and a mask beside it, such as ``t1c/*.dcm`` and ``t1c-seg.dcm``. The same arguments give
    the same bytes. Everything is written beside ``out`` first and renamed at the end.

    Raises
    ------
    InputError
        For an unknown study, cohort or size, a patient count or seed out of range, or an ``out`` in use.
    StorageError
        When the place cannot be written.
    Cancelled
        When ``should_stop`` says so; nothing stays behind.
    """
    _check(study, cohort, patients, seed, size, out)
    draw = _npc_cohort if study == NPC_STUDY else _ct_cohort
    members = draw(study, cohort, patients, seed, size, transfer_syntax, should_stop)
    staging: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        for done, patient_id in enumerate(members.patient_ids):
            stop_if_asked(should_stop)
            on_progress(Progress(done, patients, _STAGE))
            members.write_patient(done, staging / patient_id)
        members.write_tables(staging)
        stop_if_asked(should_stop)
        if out.exists():
            out.rmdir()
        staging.chmod(0o755)
        staging.rename(out)
        staging = None
    except OSError as error:
        raise storage_error(error, out) from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
    on_progress(Progress(patients, patients, _STAGE))
    return [out / patient_id for patient_id in members.patient_ids]


def _check(study: str, cohort: str, patients: int, seed: int, size: int, out: Path) -> None:
    if study not in STUDIES:
        raise InputError("error.phantom.study", study=study, known=", ".join(STUDIES))
    if cohort not in COHORT_SIZES:
        raise InputError("error.phantom.cohort", cohort=cohort, known=", ".join(COHORT_SIZES))
    if not 1 <= patients <= 99_999:
        raise InputError("error.phantom.patients", patients=patients)
    if seed < 0:
        raise InputError("error.phantom.seed", seed=seed)
    if size not in SIZES:
        raise InputError("error.phantom.size", size=size, known=", ".join(str(s) for s in SIZES))
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("error.phantom.out_in_use", folder=out.name)


def _npc_cohort(
    study: str,
    cohort: str,
    patients: int,
    seed: int,
    size: int,
    transfer_syntax: str | None,
    should_stop: ShouldStop,
) -> _Cohort:
    from models.phantoms.cohort_tables import cohort_csv, truth_csv

    members = draw_cohort(cohort, patients, seed)

    def write_tables(folder: Path) -> None:
        (folder / "cohort.csv").write_bytes(cohort_csv(members))
        (folder / "truth.csv").write_bytes(truth_csv(members))

    return _Cohort(
        tuple(patient.patient_id for patient in members),
        lambda index, folder: _write_npc_patient(folder, members[index], size, transfer_syntax, should_stop),
        write_tables,
    )


def _write_npc_patient(
    folder: Path, patient: NpcPatient, size: int, transfer_syntax: str | None, should_stop: ShouldStop
) -> None:
    from models.phantoms.cohort_tables import clinical_json
    from models.phantoms.dicom_segmentation import truth_segmentation
    from models.phantoms.dicom_series import encoded, mr_datasets
    from models.phantoms.npc_volume import render_patient
    from models.phantoms.synthetic_study import SyntheticStudy

    volume = render_patient(patient, size=size)
    study = SyntheticStudy.of(patient, size)
    stop_if_asked(should_stop)
    images = mr_datasets(volume, study, SCANNERS[patient.cohort], transfer_syntax)
    series = folder / "t1c"
    series.mkdir(parents=True)
    for image in images:
        (series / f"IM{int(image.InstanceNumber):04d}.dcm").write_bytes(encoded(image))
    stop_if_asked(should_stop)
    (folder / "t1c-seg.dcm").write_bytes(encoded(truth_segmentation(volume, study, images)))
    (folder / "clinical.json").write_bytes(clinical_json(patient))


def _ct_cohort(
    study: str,
    cohort: str,
    patients: int,
    seed: int,
    size: int,
    transfer_syntax: str | None,
    should_stop: ShouldStop,
) -> _Cohort:
    from models.phantoms.ct_examination import write_examination
    from models.phantoms.ct_populations import POPULATIONS
    from models.phantoms.ct_tables import clinical_json, cohort_csv, truth_csv

    population = POPULATIONS[study]
    members = population.draw_cohort(cohort, patients, seed)

    def write_patient(index: int, folder: Path) -> None:
        write_examination(folder, population, members[index], size, transfer_syntax, should_stop)
        (folder / "clinical.json").write_bytes(clinical_json(population, members[index]))

    def write_tables(folder: Path) -> None:
        (folder / "cohort.csv").write_bytes(cohort_csv(population, members))
        (folder / "truth.csv").write_bytes(truth_csv(population, members))

    return _Cohort(tuple(patient.patient_id for patient in members), write_patient, write_tables)

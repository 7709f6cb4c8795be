"""Writing a synthetic cohort to a folder: DICOM, truth, tables and forms, all of it or nothing."""

from __future__ import annotations

import shutil
import tempfile
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
from models.phantoms.mr_scanner import SCANNERS
from models.phantoms.npc_population import COHORT_SIZES, STUDY, NpcPatient, draw_cohort

SIZES = (512, 128)
_STAGE = "stage.phantom.writing"


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

    The tree is ``cohort.csv``, ``truth.csv`` and per patient ``t1c/*.dcm``, ``t1c-seg.dcm`` and
    ``clinical.json``. The same arguments give the same bytes. Everything is written beside ``out`` first and
    renamed at the end.

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
    members = draw_cohort(cohort, patients, seed)
    staging: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        for done, patient in enumerate(members):
            stop_if_asked(should_stop)
            on_progress(Progress(done, patients, _STAGE))
            _write_patient(staging / patient.patient_id, patient, size, transfer_syntax, should_stop)
        _write_tables(staging, members)
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
    return [out / patient.patient_id for patient in members]


def _check(study: str, cohort: str, patients: int, seed: int, size: int, out: Path) -> None:
    if study != STUDY:
        raise InputError("error.phantom.study", study=study, known=STUDY)
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


def _write_patient(
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


def _write_tables(folder: Path, patients: tuple[NpcPatient, ...]) -> None:
    from models.phantoms.cohort_tables import cohort_csv, truth_csv

    (folder / "cohort.csv").write_bytes(cohort_csv(patients))
    (folder / "truth.csv").write_bytes(truth_csv(patients))

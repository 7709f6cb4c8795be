"""Writing one patient's CT examination: a folder of DICOM per phase and the true masks beside them."""

from __future__ import annotations

from pathlib import Path

from inference.jobs import ShouldStop, never_stop, stop_if_asked
from inference.meaning.opinion import Phase
from models.phantoms.abdomen.abdomen_volume import render_phase
from models.phantoms.abdomen.dicom_ct import FOLDERS, CtSeries, ct_datasets, ct_truth
from models.phantoms.ct_population import CtPatient, Population
from models.phantoms.dicom_series import encoded

# The phases that each study asks for.
PHASES_OF_STUDY: dict[str, tuple[Phase, ...]] = {
    "lagc-response": (Phase.PORTAL_VENOUS,),
    "gc-recurrence": (Phase.PORTAL_VENOUS,),
    "pnen-recurrence": (Phase.UNENHANCED, Phase.ARTERIAL, Phase.PORTAL_VENOUS),
    "gnen-os": (Phase.ARTERIAL, Phase.PORTAL_VENOUS),
}


def write_examination(
    folder: Path,
    population: Population,
    patient: CtPatient,
    size: int,
    transfer_syntax: str | None = None,
    should_stop: ShouldStop = never_stop,
) -> None:
    """Write ``<phase>/*.dcm`` and ``<phase>-seg.dcm`` for every phase of the study.

    Raises
    ------
    Cancelled
        When ``should_stop`` says so, between two series.
    """
    case = population.case_of(patient)
    for phase in PHASES_OF_STUDY[population.study]:
        stop_if_asked(should_stop)
        volume = render_phase(case, phase, size=size)
        series = CtSeries.of(population.study, patient, size, phase, case.scanner)
        images = ct_datasets(volume, series, case.scanner, transfer_syntax)
        stop_if_asked(should_stop)
        place = folder / FOLDERS[phase]
        place.mkdir(parents=True)
        for image in images:
            (place / f"IM{int(image.InstanceNumber):04d}.dcm").write_bytes(encoded(image))
        truth = ct_truth(volume, series, images, case.tumour)
        (folder / f"{FOLDERS[phase]}-seg.dcm").write_bytes(encoded(truth))

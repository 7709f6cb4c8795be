"""Synthetic pancreatic tumours in memory as a cohort: the region about a tumour, rendered when asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from inference.meaning.opinion import Phase
from inference.volume import Volume
from models.cohorts.cohort import Cell, CohortTable
from models.cohorts.cohort_schema import load_cohort_schema
from models.phantoms.abdomen.abdomen_volume import (
    TUMOUR,
    AbdomenVolume,
    Window,
    render_slices,
    volume_geometry,
)
from models.phantoms.abdomen.anatomy import draw_abdomen
from models.phantoms.abdomen.pancreatic_lesion import draw_pancreatic_lesion
from models.phantoms.ct_cases import pnen_case
from models.phantoms.pnen_population import STUDY, PnenPatient

PHASE_OF_SCAN = {
    "arterial": Phase.ARTERIAL,
    "venous": Phase.PORTAL_VENOUS,
    "unenhanced": Phase.UNENHANCED,
}
MARGIN_MM = 16.0
"""Rendered below and above the tumour: breath moves it by up to 6 mm, splines remember 4 voxels."""

SIDE_MARGIN_MM = 22.0
"""Rendered beside it: warp and breath move it by some millimetres, a reader outlines up to 6 mm too far."""


class PnenPhantoms:
    """Patients of ``pnen-recurrence`` that no file holds.

    A volume holds the region about the tumour alone: within 1 HU it equals what ``main.py phantom`` writes.
    """

    is_synthetic = True

    def __init__(self, patients: Sequence[PnenPatient], *, size: int = 512) -> None:
        self._patients = {patient.patient_id: patient for patient in patients}
        if len(self._patients) != len(patients):
            raise ValueError("a patient occurs twice")
        self._size = size
        schema = load_cohort_schema(STUDY)
        self.sha256 = hashlib.sha256(repr((size, tuple(patients))).encode()).hexdigest()
        self.table = CohortTable(
            schema,
            tuple(self._patients),
            tuple(patient.cohort for patient in patients),
            {
                column.id: tuple(_cell(getattr(patient, column.id)) for patient in patients)
                for column in schema.columns
            },
            {
                "recurrence_observed": tuple(float(patient.recurrence_observed) for patient in patients),
                "recurrence_free_months": tuple(patient.recurrence_free_months for patient in patients),
            },
        )

    def has_scan(self, patient_id: str, scan: str) -> bool:
        """Every phantom has its three phases."""
        return patient_id in self._patients and scan in PHASE_OF_SCAN

    def has_mask(self, patient_id: str, scan: str, *, reader: int = 1) -> bool:
        """The truth is the only reading."""
        return self.has_scan(patient_id, scan) and reader == 1

    def volume(self, patient_id: str, scan: str) -> Volume:
        """As :meth:`Cohort.volume`, about the tumour."""
        phantom = self._phantom(patient_id, scan)
        count = phantom.geometry.shape[0]
        return Volume(phantom.voxels, np.ones(count), np.zeros(count), phantom.geometry)

    def mask(self, patient_id: str, scan: str, *, reader: int = 1) -> NDArray[np.bool_]:
        """As :meth:`Cohort.mask`, about the tumour."""
        marked: NDArray[np.bool_] = self._phantom(patient_id, scan, reader).tumour == TUMOUR
        return marked

    def _phantom(self, patient_id: str, scan: str, reader: int = 1) -> AbdomenVolume:
        if not self.has_mask(patient_id, scan, reader=reader):
            raise KeyError((patient_id, scan, reader))
        return _render(self._patients[patient_id], PHASE_OF_SCAN[scan], self._size)


def _cell(value: object) -> Cell:
    return value if isinstance(value, str) else float(value)  # type: ignore[arg-type]


@lru_cache(maxsize=2)
def _render(patient: PnenPatient, phase: Phase, size: int) -> AbdomenVolume:
    """The region about the tumour, the same in every phase."""
    case = pnen_case(patient)
    scanner, scale = case.scanner, case.habitus.scale
    lesion = draw_pancreatic_lesion(case, draw_abdomen(case))
    level = float(lesion.centre[2]) * scale
    reach = float(lesion.radii[2]) * scale + MARGIN_MM
    ends = ((level + sign * reach - scanner.lowest_mm) / scanner.step_mm for sign in (-1, 1))
    first, last = (int(np.clip(round(end), 0, scanner.slices - 1)) for end in ends)
    slices = range(first, last + 1)
    side = float(lesion.radii.max()) * scale + SIDE_MARGIN_MM
    middle = volume_geometry(scanner, size).lps_to_index((*(lesion.centre[:2] * scale), 0.0))
    row, column = (
        (max(int(place - side / step), 0), min(int(place + side / step) + 2, size))
        for place, step in ((float(middle[axis]), scanner.field_mm / size) for axis in (1, 2))
    )
    window = Window(row, column)
    voxels, tumour = render_slices(case, phase, slices, size=size, window=window)
    return AbdomenVolume(voxels, tumour, volume_geometry(scanner, size, slices, window))

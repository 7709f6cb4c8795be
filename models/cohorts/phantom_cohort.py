"""Synthetic patients in memory as a cohort: any volume and mask is rendered when it is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.volume import Volume
from models.cohorts.cohort import CohortTable
from models.cohorts.cohort_schema import load_cohort_schema
from models.phantoms.cohort_tables import cohort_csv
from models.phantoms.npc_population import STUDY, NpcPatient
from models.phantoms.npc_volume import render_patient


class NpcPhantoms:
    """Patients of ``npc-residual`` that no file holds; equal to those that ``main.py phantom`` writes."""

    is_synthetic = True

    def __init__(self, patients: Sequence[NpcPatient], *, size: int = 512) -> None:
        self._patients = {patient.patient_id: patient for patient in patients}
        if len(self._patients) != len(patients):
            raise ValueError("a patient occurs twice")
        self._size = size
        self.sha256 = hashlib.sha256(cohort_csv(patients)).hexdigest()
        self.table = CohortTable(
            load_cohort_schema(STUDY),
            tuple(self._patients),
            tuple(patient.cohort for patient in patients),
            {
                "age_years": tuple(float(patient.age_years) for patient in patients),
                "sex": tuple(patient.sex for patient in patients),
                "t_stage": tuple(f"T{patient.t_stage}" for patient in patients),
                "n_stage": tuple(f"N{patient.n_stage}" for patient in patients),
                "stage": tuple(patient.stage for patient in patients),
                "regimen": tuple(patient.regimen for patient in patients),
            },
            {"residual_observed": tuple(float(patient.residual_observed) for patient in patients)},
        )

    def has_scan(self, patient_id: str, scan: str) -> bool:
        """Every phantom has its one scan."""
        return patient_id in self._patients and scan == "t1c"

    def has_mask(self, patient_id: str, scan: str, *, reader: int = 1) -> bool:
        """The truth is the only reading."""
        return self.has_scan(patient_id, scan) and reader == 1

    def volume(self, patient_id: str, scan: str) -> Volume:
        """As :meth:`Cohort.volume`."""
        self._require(patient_id, scan)
        phantom = render_patient(self._patients[patient_id], size=self._size)
        slices = phantom.geometry.shape[0]
        return Volume(phantom.voxels, np.ones(slices), np.zeros(slices), phantom.geometry)

    def mask(self, patient_id: str, scan: str, *, reader: int = 1) -> NDArray[np.bool_]:
        """As :meth:`Cohort.mask`."""
        self._require(patient_id, scan, reader)
        marked: NDArray[np.bool_] = render_patient(self._patients[patient_id], size=self._size).tumour > 0
        return marked

    def _require(self, patient_id: str, scan: str, reader: int = 1) -> None:
        if not self.has_mask(patient_id, scan, reader=reader):
            raise KeyError((patient_id, scan, reader))

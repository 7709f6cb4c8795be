"""Phantoms of a portal-venous study as a cohort's folder holds them, for tests that compare both ways."""

from functools import cache

from inference.meaning.opinion import Phase
from inference.volume import Volume
from models.cohorts.cohort import CohortTable
from models.cohorts.cohort_schema import load_cohort_schema
from models.phantoms.abdomen.abdomen_volume import TUMOUR, render_phase
from models.phantoms.ct_populations import POPULATIONS


class WholeScans:
    """A cohort whose scans are rendered whole."""

    is_synthetic = True
    sha256 = ""

    def __init__(self, study, patients, outcomes):
        self._case_of = POPULATIONS[study].case_of
        self._patients = {patient.patient_id: patient for patient in patients}
        schema = load_cohort_schema(study)
        self.table = CohortTable(
            schema,
            tuple(self._patients),
            tuple(patient.cohort for patient in patients),
            {column.id: tuple(getattr(one, column.id) for one in patients) for column in schema.columns},
            {name: tuple(float(getattr(one, name)) for one in patients) for name in outcomes},
        )

    @cache  # noqa: B019
    def _phase(self, patient_id):
        return render_phase(self._case_of(self._patients[patient_id]), Phase.PORTAL_VENOUS, size=128)

    def volume(self, patient_id, scan):
        rendered = self._phase(patient_id)
        return Volume(rendered.voxels, 1.0, 0.0, rendered.geometry)

    def mask(self, patient_id, scan, *, reader=1):
        return self._phase(patient_id).tumour == TUMOUR

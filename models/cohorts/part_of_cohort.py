"""Some patients of a cohort as a cohort of their own."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from inference.volume import Volume
from models.cohorts.cohort import Cohort


class PartOfCohort:
    """The patients of ``parts`` (*training*, *internal*, *external*); scans are read where the whole is."""

    def __init__(self, whole: Cohort, parts: Collection[str]) -> None:
        self._whole = whole
        self.table = whole.table.at([k for k, part in enumerate(whole.table.parts) if part in parts])
        self.sha256 = whole.sha256
        self.is_synthetic = whole.is_synthetic

    def has_scan(self, patient_id: str, scan: str) -> bool:
        """As :meth:`Cohort.has_scan`."""
        return self._whole.has_scan(patient_id, scan)

    def has_mask(self, patient_id: str, scan: str, *, reader: int = 1) -> bool:
        """As :meth:`Cohort.has_mask`."""
        return self._whole.has_mask(patient_id, scan, reader=reader)

    def volume(self, patient_id: str, scan: str) -> Volume:
        """As :meth:`Cohort.volume`."""
        return self._whole.volume(patient_id, scan)

    def mask(self, patient_id: str, scan: str, *, reader: int = 1) -> NDArray[np.bool_]:
        """As :meth:`Cohort.mask`."""
        return self._whole.mask(patient_id, scan, reader=reader)

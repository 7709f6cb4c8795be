"""A cohort's patients as those of the ``npc-residual`` protocol, and who of them teaches what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from inference.volume import Volume
from models.cohorts.cohort import Cohort
from models.phantoms.npc_population import Regimen
from models.studies.npc_residual_config import NpcResidualConfig
from models.studies.npc_residual_groups import Groups
from models.training.samples import Source

_SCAN = "t1c"
_FEWEST_MARKED = 2


@dataclass(frozen=True, slots=True)
class CohortPatient:
    """One row of the training part."""

    patient_id: str
    regimen: Regimen
    residual_observed: bool
    seed: int
    index: int


def groups_of(cohort: Cohort, config: NpcResidualConfig) -> Groups:
    """Divide the training part at random: the rest of the cohort takes no part.

    As large a share as in the published cohort marks for the segmenters.  Nobody starts the classifiers:
    who did could not be judged later, and a hospital has no further patients.
    """
    table = cohort.table.part("training")
    regimens, residual = table.words("regimen"), table.events("residual")
    patients = [
        CohortPatient(patient_id, cast(Regimen, regimens[k]), bool(residual[k]), config.seed, k)
        for k, patient_id in enumerate(table.patient_ids)
    ]
    share = config.segmentation_patients / (config.segmentation_patients + config.classification_patients)
    order = np.random.default_rng([config.seed, 400]).permutation(len(patients))
    count = max(_FEWEST_MARKED, round(share * len(patients)))
    marked = tuple(patients[k] for k in sorted(order[:count]))
    treated = tuple(patients[k] for k in sorted(order[count:]))
    return Groups(marked, (), treated)


def source_of(cohort: Cohort) -> Source:
    """Reads a patient's volume and mask from the cohort."""

    def read(patient: CohortPatient) -> tuple[Volume, NDArray[np.bool_]]:
        return cohort.volume(patient.patient_id, _SCAN), cohort.mask(patient.patient_id, _SCAN)

    return read

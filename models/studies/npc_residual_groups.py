"""Who takes which part in the ``npc-residual`` protocol: patients of phantoms or of a hospital's cohort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from models.phantoms.npc_population import Regimen, draw_cohort
from models.studies.npc_residual_config import NpcResidualConfig
from models.training.samples import Subject

TREATMENTS: Final[tuple[Regimen, ...]] = ("ccrt", "ic_ccrt")


class StudyPatient(Subject, Protocol):
    """A patient of the study, synthetic or of a hospital."""

    @property
    def regimen(self) -> Regimen:
        """The treatment received."""

    @property
    def residual_observed(self) -> bool:
        """Whether it left residual tumour."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Who teaches what: nobody of ``marked`` or ``pretraining`` is among the ``treated``.

    ``marked`` teach the segmenters, ``pretraining`` the start of all classifiers, ``treated`` the classifiers
    of the regimen that they received.
    """

    marked: tuple[StudyPatient, ...]
    pretraining: tuple[StudyPatient, ...]
    treated: tuple[StudyPatient, ...]

    def __post_init__(self) -> None:
        others = {one.patient_id for one in (*self.marked, *self.pretraining)}
        if others & {one.patient_id for one in self.treated}:
            raise ValueError("a patient teaches what prepares or starts the classifiers, and a classifier")


def phantom_groups(config: NpcResidualConfig) -> Groups:
    """One cohort of phantoms marked or treated, and those of another seed to start from."""
    drawn = draw_cohort(
        "training", config.segmentation_patients + config.classification_patients, config.seed
    )
    return Groups(
        drawn[: config.segmentation_patients],
        draw_cohort("training", config.pretraining_patients, config.seed + 1),
        drawn[config.segmentation_patients :],
    )

"""A cohort of ``npc-residual`` whose scans cost nothing, and a configuration that learns it in a second."""

from dataclasses import replace

import numpy as np

from inference.geometry import Geometry
from inference.volume import Volume
from models.cohorts.phantom_cohort import NpcPhantoms
from models.phantoms.npc_population import draw_cohort
from models.studies.npc_residual_config import DEMO

SIDE = 32


class Blobs(NpcPhantoms):
    """The phantoms' table with scans that cost nothing: a cube in noise, brighter where tumour stays."""

    def volume(self, patient_id, scan):
        patient = self._patients[patient_id]
        rng = np.random.default_rng(patient.index)
        voxels = rng.normal(300, 40, (14, 48, 48))
        voxels[self.mask(patient_id, scan)] += 500 if patient.residual_observed else 200
        return Volume(voxels.astype(np.int16), np.ones(14), np.zeros(14), _axial())

    def mask(self, patient_id, scan, *, reader=1):
        marked = np.zeros((14, 48, 48), np.bool_)
        marked[4:9, 18:30, 18:30] = True
        return marked


def _axial():
    affine = np.zeros((4, 4))
    affine[2, 0] = affine[1, 1] = affine[0, 2] = 5.0
    affine[3, 3] = 1.0
    return Geometry(affine, (14, 48, 48))


def cohort(patients=70):
    """Both treatments, some with residual tumour."""
    return Blobs(draw_cohort("training", patients, 5))


_QUICK = replace(DEMO.patient.pretraining, epochs=2)
SMALL = replace(
    DEMO,
    seed=3,
    segmenter_width=1 / 32,
    classifier_widths={"xception": 1 / 32},
    test_share=0.3,
    segmentation=replace(DEMO.segmentation, epochs=2),
    image=replace(DEMO.image, pretraining=_QUICK),
    patient=replace(DEMO.patient, pretraining=_QUICK),
    preprocessing=DEMO.preprocessing.model_copy(
        update={
            "segmenter": DEMO.preprocessing.segmenter.model_copy(
                update={"rows": SIDE, "columns": SIDE, "spacing_mm": 7.5}
            ),
            "classifier": DEMO.preprocessing.classifier.model_copy(
                update={"rows": SIDE, "columns": SIDE, "slices": 4}
            ),
        }
    ),
)

"""Every CT study trains on a cohort's training part, and judges on its other parts."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from inference.geometry import Geometry
from inference.volume import Volume
from models.cohorts.cohort import CohortTable
from models.cohorts.cohort_schema import load_cohort_schema
from models.networks import resnet
from models.packing import gnen_os, lagc_response, pnen_recurrence
from models.phantoms.ct_populations import POPULATIONS
from models.training.engine.run import RunPlace
from tests.models.studies.test_gnen_os import TINY as GNEN
from tests.models.studies.test_lagc_response import TINY as LAGC
from tests.models.studies.test_pnen_recurrence import TINY as PNEN

SHAPE = (8, 40, 40)


class Cubes:
    """A population's table with scans that cost nothing: a cube in noise, brighter before early events."""

    is_synthetic = True

    def __init__(self, study, sizes):
        drawn = [
            one for part, count in sizes.items() for one in POPULATIONS[study].draw_cohort(part, count, 3)
        ]
        schema = load_cohort_schema(study)
        soon = next(outcome.time for outcome in schema.outcomes if outcome.time)
        self._brightness = {one.patient_id: int(90 * np.exp(-getattr(one, soon) / 20)) for one in drawn}
        self.sha256 = hashlib.sha256(study.encode()).hexdigest()
        self.table = CohortTable(
            schema,
            tuple(one.patient_id for one in drawn),
            tuple(one.cohort for one in drawn),
            {column.id: tuple(cell(getattr(one, column.id)) for one in drawn) for column in schema.columns},
            {
                name: tuple(float(getattr(one, name)) for one in drawn)
                for outcome in schema.outcomes
                for name in (outcome.event, outcome.time)
                if name
            },
        )

    def has_scan(self, patient_id, scan):
        return True

    def has_mask(self, patient_id, scan, *, reader=1):
        return reader == 1

    def volume(self, patient_id, scan):
        seed = int(hashlib.sha256(f"{patient_id}{scan}".encode()).hexdigest()[:8], 16)
        voxels = np.random.default_rng(seed).normal(40, 20, SHAPE).astype(np.int16)
        voxels[self.mask(patient_id, scan)] += self._brightness[patient_id]
        affine = np.zeros((4, 4))
        affine[2, 0], affine[1, 1], affine[0, 2], affine[3, 3] = 2.0, 1.0, 1.0, 1.0
        return Volume(voxels, np.ones(SHAPE[0]), np.zeros(SHAPE[0]), Geometry(affine, SHAPE))

    def mask(self, patient_id, scan, *, reader=1):
        marked = np.zeros(SHAPE, np.bool_)
        marked[3:6, 15:24, 15:24] = True
        return marked


def cell(value):
    return value if isinstance(value, str) else float(value)


STUDIES = {
    "lagc-response": (
        lagc_response,
        replace(LAGC, classification=replace(LAGC.classification, epochs=1), oversample=False),
        {"training": 60, "external": 8},
    ),
    "pnen-recurrence": (
        pnen_recurrence,
        replace(PNEN, folds=2, segmentation=replace(PNEN.segmentation, epochs=1)),
        {"training": 24},
    ),
    "gnen-os": (
        gnen_os,
        replace(GNEN, reliable_above=-1.0, resnet_width=1 / 64, folds=2),
        {"training": 70, "internal": 10, "external": 10},
    ),
}


@pytest.mark.parametrize(
    "study", ["lagc-response", "pnen-recurrence", pytest.param("gnen-os", marks=pytest.mark.slow)]
)
def test_a_cohort_is_trained_on_and_judged_by_part(study, tmp_path, monkeypatch):
    maker, config, sizes = STUDIES[study]
    told = []
    monkeypatch.setattr(maker, "put_trained_on", lambda cohort, content, out: told.append(content))
    monkeypatch.setattr(resnet, "PUBLISHED_BLOCKS", (1, 1, 1, 1))
    maker.from_cohort(Cubes(study, sizes), config, RunPlace(), tmp_path / "samples", tmp_path / "pack")
    (content,) = told
    counted = {name: content.cohort_sizes[name] for name in sizes}
    assert counted == sizes
    rows = [line.split(",")[1] for line in content.tables[-1].csv.splitlines()[1:]]
    assert set(sizes) <= set(rows)
    assert content.fitted.thresholds

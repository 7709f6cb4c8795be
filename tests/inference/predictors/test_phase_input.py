"""Steps that this version knows, in the orders it knows; and where the pictures lie in the scan."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from inference.errors import InputError, PackError
from inference.geometry import Geometry
from inference.packs.manifest import Manifest
from inference.predictors.phase_input import PhaseScan, prepare_phase
from inference.preprocessing.orientation import CanonicalOrientation
from inference.volume import Volume
from tests.inference.predictors.study_cases import SHAPE, document, scan

STUDIES = ("lagc-response", "gc-recurrence", "pnen-recurrence", "gnen-os")


def stated(study: str, **changes):
    made = document(study)
    made["phases"][0].update(changes)
    return Manifest.model_validate(made).phases[0]


@pytest.mark.parametrize("study", STUDIES)
def test_another_order_of_the_steps_is_refused_by_name(study):
    steps = document(study)["phases"][0]["steps"]
    with pytest.raises(PackError) as caught:
        prepare_phase(scan(), stated(study, steps=steps[::-1]))
    named = caught.value.message
    assert named.id == "error.pack.steps" and named.fields["phase"] in ("arterial", "portal_venous")
    assert named.fields["steps"].startswith("resize, ")


def test_a_step_that_nothing_computes_is_refused():
    steps = document("lagc-response")["phases"][0]["steps"]
    more = {"step": "standardise", "mean": 0.5, "standard_deviation": 0.2}
    with pytest.raises(PackError):
        prepare_phase(scan(), stated("lagc-response", steps=[*steps, more]))
    wider = {**steps[2], "high": 255.0}
    with pytest.raises(PackError):
        prepare_phase(scan(), stated("lagc-response", steps=[*steps[:2], wider, *steps[3:]]))


def test_an_empty_mask_is_refused_in_words():
    empty = PhaseScan(scan().volume, np.zeros(SHAPE, np.bool_))
    with pytest.raises(InputError) as caught:
        prepare_phase(empty, stated("gnen-os"))
    assert caught.value.message.id == "error.scan.not_prepared"


def turned(flags: tuple[bool, ...], bright: int) -> PhaseScan:
    """The scan, one pixel of slice ``bright`` very bright, with its arrays stored another way round."""
    straight = scan()
    voxels = straight.volume.voxels.copy()
    voxels[bright, 14, 25] = 3000
    orientation = CanonicalOrientation(*flags)
    affine, shape = straight.volume.geometry.affine.copy(), SHAPE
    for axis, flip in enumerate((flags[0], flags[2], flags[3])):
        if flip:
            affine[:3, 3] += affine[:3, axis] * (shape[axis] - 1)
            affine[:3, axis] *= -1
    if flags[1]:
        affine[:3, :3] = affine[:3, (0, 2, 1)]
    stored = np.ascontiguousarray(orientation.undo(voxels))
    mask = np.ascontiguousarray(orientation.undo(straight.mask))
    return PhaseScan(Volume(stored, 1.0, 0.0, Geometry(affine, stored.shape)), mask)


@pytest.mark.parametrize("flags", list(itertools.product((False, True), repeat=4))[::3], ids=str)
@pytest.mark.parametrize("study", STUDIES)
def test_the_brightest_pixel_lies_where_the_scan_has_it(study, flags):
    bright = 2 if study == "gnen-os" else 3
    given = turned(flags, bright)
    prepared = prepare_phase(given, stated(study))
    own = SHAPE[0] - 1 - bright if flags[0] else bright
    picture = prepared.array[prepared.pictures[prepared.slices.index(own)]].max(axis=0)
    row, column = np.unravel_index(picture.argmax(), picture.shape)
    found = prepared.geometry.index_to_lps((own, row, column))
    np.testing.assert_allclose(found, (-20 + 25, -20 + 14, 2 * bright), atol=0.8)

"""The steps that a pack names give the board the arrays that training read."""

from dataclasses import replace

import numpy as np
import pytest

from inference.masks.rough_roi import Cuboid
from inference.predictors.phase_input import PhaseScan, prepare_phase
from inference.preprocessing.fixed_window import fixed_window
from inference.preprocessing.framed_slices import framed_slices
from inference.preprocessing.isotropic import isotropic_region
from inference.preprocessing.tumour_slices import tumour_slices
from inference.preprocessing.tumour_stack import tumour_stack
from models.packing import gc_recurrence, gnen_os, lagc_response, pnen_recurrence
from models.studies import gc_recurrence_config, gnen_os_config, lagc_response_config
from models.studies import pnen_recurrence_config as pnen_config
from tests.models.packing.test_from_cohort import SHAPE, Cubes


@pytest.fixture(scope="module")
def scan():
    cohort = Cubes("gnen-os", {"training": 1})
    (patient,) = cohort.table.patient_ids
    mask = np.zeros(SHAPE, np.bool_)
    mask[3:6, 15:24, 13:24] = True
    mask[6, 17:20, 18:21] = True
    return PhaseScan(cohort.volume(patient, "arterial"), mask)


@pytest.mark.parametrize("preset", ["demo", "paper"])
@pytest.mark.parametrize("framing", ["resized", "squared", "padded"])
def test_all_slices_of_a_stomachs_tumour(scan, preset, framing):
    config = gc_recurrence_config.PRESETS[preset]
    config = replace(config, frame=config.frame.model_copy(update={"framing": framing}))
    expected = tumour_stack(scan.volume, scan.mask, config.region, config.frame, config.channels)
    assert np.array_equal(prepare_phase(scan, gc_recurrence._phase(config)).array, expected)


@pytest.mark.parametrize("preset", ["demo", "paper"])
def test_the_largest_slice_and_its_neighbours(scan, preset):
    config = lagc_response_config.DEMO if preset == "demo" else lagc_response_config.PAPER
    expected = tumour_slices(scan.volume, scan.mask, config.preprocessing)
    assert np.array_equal(prepare_phase(scan, lagc_response._phase(config)).array[0], expected)


@pytest.mark.parametrize("preset", ["demo", "paper"])
def test_a_window_of_fixed_millimetres(scan, preset):
    config = gnen_os_config.PRESETS[preset]
    expected = fixed_window(scan.volume, scan.mask, config.window)
    assert np.array_equal(prepare_phase(scan, gnen_os._phase("arterial", config)).array[0, 0], expected)


@pytest.mark.parametrize("framing", ["resized", "squared", "padded"])
def test_every_slice_of_the_cuboid_about_a_pancreatic_tumour(scan, framing):
    config = pnen_config.DEMO
    config = replace(config, frame=config.frame.model_copy(update={"framing": framing}))
    box = Cuboid.holding(scan.mask).mask(SHAPE)
    region = isotropic_region(scan.volume, box, config.venous)
    stated = pnen_recurrence._phase("portal_venous", config.venous, config)
    prepared = prepare_phase(PhaseScan(scan.volume, box), stated)
    assert np.array_equal(prepared.array[:, 0], framed_slices(region.array, config.venous, config.frame))

"""A mask whose values a pack never sees is noted, and refused where hardly any of them lies in its window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.findings import Verdict
from inference.guard.checks import check_masks
from inference.guard.intensity import check_intensity, window_of
from inference.messages.catalogue import load_catalogue
from inference.packs.phases import Window
from inference.volume import Volume
from tests.inference.predictors.study_cases import record, scan
from tests.inference.predictors.test_study_answer import LAGC, pack_of, scan_of
from tests.inference.synthetic_case import mask_layer

WINDOW = Window(lower_hu=-115, upper_hu=235, low=0.0, high=1.0)


def told(hu: np.ndarray | int) -> tuple[Verdict, str]:
    """The line of a mask that marks ``hu``, its first voxels slice by slice."""
    made = scan()
    values = made.volume.slab(0, made.mask.shape[0]).astype(np.int16)
    values[made.mask] = hu
    count = len(values)
    given = Volume(values, np.ones(count), np.zeros(count), made.volume.geometry)
    (line,) = check_intensity(mask_layer(made.mask, made.volume.geometry), given, WINDOW)
    return line.verdict, load_catalogue("en").render(line.measured).replace("\u00a0", " ")


def part_inside(share: float) -> np.ndarray:
    count = int(scan().mask.sum())
    return np.where(np.arange(count) < round(share * count), 60, 900)


@pytest.mark.parametrize(
    ("hu", "verdict"), [(60, Verdict.FINE), (-115, Verdict.FINE), (-964, Verdict.REFUSED)]
)
def test_values_that_a_rescale_has_moved_are_refused(hu: int, verdict: Verdict) -> None:
    found, said = told(hu)
    assert found is verdict and said == f"{100 if verdict is Verdict.FINE else 0} % in −115 to 235 HU"


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.5, Verdict.FINE), (0.2, Verdict.NOTE), (0.04, Verdict.REFUSED)]
)
def test_a_mask_that_holds_mostly_something_else_is_noted(share: float, verdict: Verdict) -> None:
    assert told(part_inside(share))[0] is verdict


def test_an_empty_mask_has_its_own_line_elsewhere() -> None:
    made = scan()
    empty = mask_layer(np.zeros_like(made.mask), made.volume.geometry)
    assert check_intensity(empty, made.volume, WINDOW) == ()


def test_the_guard_asks_by_the_window_of_the_scan_s_own_phase() -> None:
    case, pack = scan_of("portal_venous", record("lagc-response", **LAGC)), pack_of("lagc-response")
    assert window_of(pack.manifest, "arterial") is None
    lines = {line.name: line for line in check_masks(case, pack)}
    assert lines["guard.intensity"].verdict is Verdict.FINE
    bright = Volume(
        np.full(case.volume.geometry.shape, 3000, np.int16),
        np.ones(case.volume.geometry.shape[0]),
        np.zeros(case.volume.geometry.shape[0]),
        case.volume.geometry,
    )
    lines = {line.name: line for line in check_masks(replace(case, volume=bright), pack)}
    assert lines["guard.intensity"].verdict is Verdict.REFUSED

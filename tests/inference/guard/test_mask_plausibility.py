"""A mask that cannot be a tumour's is noted line by line; one that is mostly air is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.assessment import GuardLine
from inference.errors import InputError
from inference.findings import Verdict
from inference.guard.mask_plausibility import PlausibleMask, check_plausibility, plausible_mask
from inference.masks.layer import MaskLayer
from inference.messages.catalogue import load_catalogue
from models.studies.catalogue import STUDIES
from tests.inference.synthetic_case import axial, mask_layer, volume

BOUNDS = PlausibleMask(largest_ml=1.0, most_parts=2)
SHAPE = axial().shape
MIDDLE = (SHAPE[0] // 2, SHAPE[1] // 2, SHAPE[2] // 2)


def marked(*places: tuple[int, int, int]) -> NDArray[np.bool_]:
    voxels = np.zeros(SHAPE, dtype=bool)
    for place in places:
        voxels[place] = True
    return voxels


def lines(voxels: NDArray[np.bool_], *, is_ct: bool = False) -> dict[str, GuardLine]:
    found = check_plausibility(mask_layer(voxels), volume(), BOUNDS, is_ct=is_ct)
    return {line.name: line for line in found}


def verdicts(voxels: NDArray[np.bool_]) -> dict[str, Verdict]:
    return {name: line.verdict for name, line in lines(voxels).items()}


def test_a_small_mask_inside_the_head_passes_four_lines() -> None:
    found = lines(marked(MIDDLE))
    assert [line.verdict for line in found.values()] == [Verdict.FINE] * 4
    assert list(found) == ["guard.mask_volume", "guard.mask_parts", "guard.mask_border", "guard.mask_outside"]
    assert load_catalogue("en").render(found["guard.mask_border"].measured) == "nowhere"


def test_an_empty_mask_has_its_own_line_elsewhere() -> None:
    assert lines(marked()) == {}


def test_volume_is_compared_unrounded() -> None:
    layer = mask_layer(marked(MIDDLE))
    limit = layer.volume_ml
    for largest, verdict in ((limit, Verdict.FINE), (limit * (1 - 1e-9), Verdict.NOTE)):
        bounds = PlausibleMask(largest_ml=largest, most_parts=1)
        found = check_plausibility(layer, volume(), bounds, is_ct=False)
        assert found[0].verdict is verdict


def test_parts_that_touch_by_a_corner_are_one() -> None:
    k, row, column = MIDDLE
    corner = (k, row + 1, column + 1)
    apart = [(k, row, column), (k, row, column + 2), (k, row + 2, column)]
    assert lines(marked(MIDDLE, corner))["guard.mask_parts"].measured.fields == {"count": 1}
    assert verdicts(marked(*apart))["guard.mask_parts"] is Verdict.NOTE


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((0, *MIDDLE[1:]), "on the first slice"),
        ((SHAPE[0] - 1, *MIDDLE[1:]), "on the last slice"),
        ((MIDDLE[0], 0, MIDDLE[2]), "at the edge of the picture"),
        ((MIDDLE[0], SHAPE[1] - 1, MIDDLE[2]), "at the edge of the picture"),
        ((MIDDLE[0], MIDDLE[1], 0), "at the edge of the picture"),
        ((MIDDLE[0], MIDDLE[1], SHAPE[2] - 1), "at the edge of the picture"),
    ],
)
def test_a_mask_that_may_go_on_beyond_the_scan_says_where(place: tuple[int, int, int], words: str) -> None:
    line = lines(marked(place, MIDDLE))["guard.mask_border"]
    assert line.verdict is Verdict.NOTE
    assert load_catalogue("en").render(line.measured) == words


def test_a_mask_in_the_air_is_refused_and_one_that_is_drawn_a_little_too_far_noted() -> None:
    k = MIDDLE[0]
    air = [(k, 1, column) for column in range(1, 4)]
    head = [(k, MIDDLE[1], column) for column in range(4, 12)]
    assert verdicts(marked(*air))["guard.mask_outside"] is Verdict.REFUSED
    assert verdicts(marked(*air[:1], *head))["guard.mask_outside"] is Verdict.NOTE
    assert lines(marked(*air))["guard.mask_outside"].measured.fields == {"value": "100.0"}


def outside(pixels: NDArray[np.int16], place: tuple[int, int, int], *, is_ct: bool, **more: Any) -> Verdict:
    layer = mask_layer(marked(place))
    return check_plausibility(layer, volume(voxels=pixels, **more), BOUNDS, is_ct=is_ct)[-1].verdict


def test_in_ct_the_body_is_what_is_no_air_with_its_holes() -> None:
    hollow = np.full(SHAPE, -1000, dtype=np.int16)
    hollow[:, 2:-2, 2:-2] = 40
    hollow[:, MIDDLE[1], MIDDLE[2]] = -1000
    assert outside(hollow, MIDDLE, is_ct=True) is Verdict.FINE
    assert outside(hollow, (MIDDLE[0], 1, 1), is_ct=True) is Verdict.REFUSED


def test_a_smaller_thing_beside_the_body_is_no_part_of_it() -> None:
    on_a_table = np.full(SHAPE, -1000, dtype=np.int16)
    on_a_table[:, 2:-6, 2:-2] = 40
    on_a_table[:, -3:-1, 2:-2] = 40
    assert outside(on_a_table, MIDDLE, is_ct=True) is Verdict.FINE
    assert outside(on_a_table, (MIDDLE[0], SHAPE[1] - 2, MIDDLE[2]), is_ct=True) is Verdict.REFUSED


def test_in_mr_the_body_is_what_is_brighter_than_a_tenth_of_what_is_bright() -> None:
    dim_in_front = np.full(SHAPE, 50, dtype=np.int16)
    dim_in_front[:, 4:-2, 2:-2] = 1000
    dim_in_front[:, 2:4, 2:-2] = 150
    assert outside(dim_in_front, (MIDDLE[0], 2, MIDDLE[2]), is_ct=False) is Verdict.FINE
    assert outside(dim_in_front, (MIDDLE[0], 1, MIDDLE[2]), is_ct=False) is Verdict.REFUSED


def test_a_slice_that_was_not_read_does_not_tell_what_is_bright() -> None:
    lost = np.zeros(SHAPE, dtype=np.int16)
    lost[:, 2:-2, 2:-2] = 100
    lost[0] = 30_000
    assert outside(lost, MIDDLE, is_ct=False, missing_slices=frozenset({0})) is Verdict.FINE
    assert outside(lost, MIDDLE, is_ct=False) is Verdict.REFUSED


@pytest.mark.parametrize("study", sorted(STUDIES))
def test_every_study_has_bounds(study: str) -> None:
    assert plausible_mask(study).largest_ml >= 500


def test_an_unknown_study_is_refused() -> None:
    with pytest.raises(InputError):
        plausible_mask("glioma")


def test_nothing_of_the_mask_is_changed() -> None:
    voxels = marked(MIDDLE)
    layer: MaskLayer = mask_layer(voxels)
    before = layer.sha256()
    check_plausibility(layer, volume(), BOUNDS, is_ct=False)
    assert layer.sha256() == before

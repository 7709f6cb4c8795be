"""The slices on paper are the ones that matter, and never a gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inference.masks.layer import MaskLayer, MaskOrigin
from inference.outcome import HeatMap
from inference.prediction import PredictionStatus
from inference.volume import Volume
from reports.key_slices import choose_key_slices
from reports.sections.pictures import compared_slices
from tests.reports.assessments import GEOMETRY, head, prediction, silent, tumour


def test_the_largest_slice_and_its_neighbours_are_chosen() -> None:
    mask = tumour()
    areas = np.count_nonzero(mask.voxels, axis=(1, 2))
    largest = int(areas.argmax())
    chosen = choose_key_slices(head(), mask)
    assert {largest - 1, largest, largest + 1} <= {each.index for each in chosen}
    assert [each.index for each in chosen] == sorted(each.index for each in chosen)
    why = {each.index: [reason.id for reason in each.reasons] for each in chosen}
    assert why[largest] == ["report.slice.largest"]


def test_the_slice_with_the_largest_share_is_chosen_for_each_answered_treatment() -> None:
    shares = (0.5, *([0.0] * 9))
    one = replace(prediction("ccrt"), slice_shares=shares)
    chosen = {each.index: each.reasons for each in choose_key_slices(head(), tumour(), [one])}
    assert one.slices[0] in chosen
    assert chosen[one.slices[0]][0].fields == {"treatment": "treatment.ccrt"}


def test_a_withheld_prediction_chooses_nothing() -> None:
    hidden = silent("ccrt", PredictionStatus.WITHHELD)
    assert choose_key_slices(head(), tumour(), [hidden]) == choose_key_slices(head(), tumour())


def test_without_a_mask_the_slices_are_spread_over_the_scan() -> None:
    indices = [each.index for each in choose_key_slices(head(), None)]
    assert len(indices) == 5
    assert min(np.diff(indices)) >= 3


def test_an_empty_mask_is_as_none() -> None:
    empty = MaskLayer("tumour", MaskOrigin.HUMAN, np.zeros(GEOMETRY.shape, dtype=bool), GEOMETRY)
    assert choose_key_slices(head(), empty) == choose_key_slices(head(), None)


def test_a_gap_is_never_chosen() -> None:
    whole, mask = head(), tumour()
    largest = int(np.count_nonzero(mask.voxels, axis=(1, 2)).argmax())
    gappy = Volume(whole.voxels, whole.slope, whole.intercept, whole.geometry, frozenset({largest}))
    assert largest not in {each.index for each in choose_key_slices(gappy, mask)}


def test_a_scan_of_two_slices_shows_at_most_two() -> None:
    whole = head()
    two = Volume(
        whole.voxels[:2].copy(),
        whole.slope[:2],
        whole.intercept[:2],
        whole.geometry.cropped((0, 0, 0), (2, 176, 192)),
    )
    assert len(choose_key_slices(two, None)) <= 2


def test_heat_maps_lie_on_the_hottest_slices_of_each_and_of_slices_alike_on_those_shown_above() -> None:
    def heat(name: str, peaks: dict[int, float]) -> HeatMap:
        values = np.array([np.full(GEOMETRY.shape[1:], peak) for peak in peaks.values()], dtype=np.float32)
        return HeatMap(name, values, tuple(peaks), GEOMETRY)

    shown = choose_key_slices(head(), tumour())
    one, other = heat("ccrt", {4: 0.2, 5: 1.0, 6: 0.1}), heat("ic_ccrt", {4: 0.3, 5: 0.2, 6: 1.0})
    assert compared_slices(shown, [one, other]) == (5, 6)
    assert compared_slices(shown, [one]) == (4, 5, 6)
    alike = heat("ccrt", dict.fromkeys(range(GEOMETRY.shape[0]), 1.0))
    assert set(compared_slices(shown, [alike])) <= {each.index for each in shown}
    assert compared_slices(shown, []) == ()

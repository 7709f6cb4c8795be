"""The fast routines against slow ones that follow the definitions voxel by voxel."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest

from models.radiomics.aggregation import ALL_OFFSETS, IN_PLANE_OFFSETS
from models.radiomics.co_occurrence import co_occurrence_matrices
from models.radiomics.discretisation import FixedBinNumber, FixedBinSize, discretise
from models.radiomics.neighbourhood import dependences
from models.radiomics.run_length import runs
from models.radiomics.zones import zones

LEVELS = np.random.default_rng(7).integers(0, 4, (4, 6, 5))


def _at(place: tuple[int, ...]) -> int:
    inside = all(0 <= index < size for index, size in zip(place, LEVELS.shape, strict=True))
    return int(LEVELS[place]) if inside else 0


def _moved(place: tuple[int, ...], step: tuple[int, ...], times: int = 1) -> tuple[int, ...]:
    return tuple(index + times * by for index, by in zip(place, step, strict=True))


def _voxels() -> list[tuple[int, ...]]:
    return [tuple(map(int, place)) for place in np.argwhere(LEVELS)]


@pytest.mark.parametrize("distance", [1, 2])
def test_co_occurrence_counts_each_pair_both_ways(distance: int) -> None:
    expected = np.zeros((3, 3))
    for place, step, sign in product(_voxels(), ALL_OFFSETS, (-1, 1)):
        other = _at(_moved(place, step, sign * distance))
        if other:
            expected[_at(place) - 1, other - 1] += 1
    assert np.array_equal(co_occurrence_matrices(LEVELS, "3d_merged", distance)[0], expected)


def test_runs_are_those_walked_one_by_one() -> None:
    expected: Counter[tuple[int, int]] = Counter()
    for place, step in product(_voxels(), ALL_OFFSETS):
        if _at(_moved(place, step, -1)) == _at(place):
            continue
        length = 1
        while _at(_moved(place, step, length)) == _at(place):
            length += 1
        expected[_at(place), length] += 1
    found = runs(LEVELS, "3d_merged")
    assert Counter(zip(found.level.tolist(), found.size.tolist(), strict=True)) == expected


@pytest.mark.parametrize("is_volumetric", [True, False], ids=["3d", "in-plane"])
def test_zones_are_those_flooded_one_by_one(is_volumetric: bool) -> None:
    steps = [
        sign_step
        for step in (ALL_OFFSETS if is_volumetric else IN_PLANE_OFFSETS)
        for sign_step in (step, _moved((0, 0, 0), step, -1))
    ]
    left = set(_voxels())
    expected: Counter[tuple[int, int, int]] = Counter()
    while left:
        seed = left.pop()
        zone, front = {seed}, [seed]
        while front:
            place = front.pop()
            for step in steps:
                other = _moved(place, step)
                if other in left and _at(other) == _at(seed):
                    left.remove(other)
                    zone.add(other)
                    front.append(other)
        expected[_at(seed), len(zone), min(_depth(place, is_volumetric) for place in zone)] += 1
    found = zones(LEVELS, "3d_merged" if is_volumetric else "2.5d_merged")
    listed = zip(found.level.tolist(), found.size.tolist(), found.distance.tolist(), strict=True)
    assert Counter(listed) == expected


def _depth(place: tuple[int, ...], is_volumetric: bool) -> int:
    """The least city-block distance to a voxel that is outside the region or the image."""
    around = [range(-1, size + 1) for size in LEVELS.shape]
    if not is_volumetric:
        around[0] = range(place[0], place[0] + 1)
    return min(
        sum(abs(one - other) for one, other in zip(place, outside, strict=True))
        for outside in product(*around)
        if not _at(outside)
    )


def test_dependences_count_equal_neighbours_and_the_voxel_itself() -> None:
    steps = [step for step in product((-1, 0, 1), repeat=3) if any(step)]
    expected = Counter(
        (_at(place), 1 + sum(_at(_moved(place, step)) == _at(place) for step in steps)) for place in _voxels()
    )
    found = dependences(LEVELS, "3d_merged")
    assert Counter(zip(found.level.tolist(), found.size.tolist(), strict=True)) == expected


def test_the_largest_value_belongs_to_the_last_of_a_fixed_number_of_bins() -> None:
    values = np.array([[[0.0, 24.9, 25.0, 99.9, 100.0]]])
    assert discretise(values, values >= 0, FixedBinNumber(4)).tolist() == [[[1, 1, 2, 4, 4]]]


def test_bins_of_fixed_size_begin_at_their_start() -> None:
    values = np.array([[[-115.0, -90.1, -90.0, 235.0]]])
    everywhere = np.ones(values.shape, dtype=bool)
    assert discretise(values, everywhere, FixedBinSize(25.0, start=-115.0)).tolist() == [[[1, 1, 2, 15]]]
    assert discretise(values, everywhere, FixedBinSize(25.0)).tolist() == [[[1, 2, 2, 15]]]
    with pytest.raises(ValueError, match="below the first bin"):
        discretise(values, everywhere, FixedBinSize(25.0, start=-100.0))

"""Voxels, rescale and grid: frozen, and hashed by what they mean."""

import numpy as np
import pytest

from inference.volume import Volume
from tests.inference.synthetic_case import axial, head_voxels, volume

SHAPE = (3, 4, 5)


def ramp() -> np.ndarray:
    return np.arange(60, dtype=np.int16).reshape(SHAPE)


def built(**changes: object) -> Volume:
    parts: dict[str, object] = {
        "voxels": ramp(),
        "slope": np.array([1.0, 2.0, 0.5]),
        "intercept": np.array([0.0, -10.0, 100.0]),
        "geometry": axial(SHAPE),
        **changes,
    }
    return Volume(**parts)  # type: ignore[arg-type]


def test_each_slice_has_its_own_rescale() -> None:
    whole = built()
    expected = np.stack([ramp()[0] * 1.0, ramp()[1] * 2.0 - 10.0, ramp()[2] * 0.5 + 100.0])
    np.testing.assert_allclose(whole.slab(0, 3), expected)
    np.testing.assert_allclose(whole.slab(1, 2), expected[1:2])
    assert whole.slab(0, 3).dtype == np.float32
    assert whole.value_at(2, 3, 4) == expected[2, 3, 4]


def test_a_volume_is_frozen_when_complete() -> None:
    whole = built()
    for array in (whole.voxels, whole.slope, whole.intercept):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 1
    whole.slab(0, 3)[...] = 0
    assert whole.value_at(0, 0, 1) == 1.0


@pytest.mark.parametrize("voxels", [ramp().astype(np.int32), ramp()[:2], ramp().astype(np.float32)])
def test_other_voxels_are_refused(voxels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="int16"):
        built(voxels=voxels)


def test_the_hash_follows_voxels_rescale_grid_and_gaps() -> None:
    base = built().pixel_sha256()
    assert base == built().pixel_sha256()
    other = ramp()
    other[2, 3, 4] += 1
    moved = axial(SHAPE).cropped((0, 0, 1), SHAPE)
    changed = [
        built(voxels=other),
        built(slope=np.array([1.0, 2.0, 0.6])),
        built(intercept=np.zeros(3)),
        built(geometry=moved),
        built(missing_slices=frozenset({1})),
    ]
    assert len({base, *(item.pixel_sha256() for item in changed)}) == 6


def test_the_hash_does_not_depend_on_how_memory_is_laid_out() -> None:
    strided = np.asfortranarray(head_voxels())
    assert volume(voxels=strided).pixel_sha256() == volume().pixel_sha256()
    swapped = head_voxels().astype(">i2").astype(np.int16)
    assert volume(voxels=swapped).pixel_sha256() == volume().pixel_sha256()

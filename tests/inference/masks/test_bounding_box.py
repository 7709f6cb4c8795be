"""The box about a mask, against all of its voxels."""

from __future__ import annotations

import numpy as np
import pytest

from inference.masks.bounding_box import bounding_box


@pytest.mark.parametrize("seed", range(6))
def test_the_box_holds_every_voxel_and_no_plane_too_many(seed: int) -> None:
    random = np.random.default_rng(seed)
    mask = np.zeros((7, 11, 9), dtype=np.bool_)
    mask[tuple(random.integers(0, side, 4) for side in mask.shape)] = True
    hits = np.argwhere(mask)
    box = bounding_box(mask)
    assert box is not None
    assert [side.start for side in box] == hits.min(axis=0).tolist()
    assert [side.stop - 1 for side in box] == hits.max(axis=0).tolist()


def test_an_empty_mask_has_none() -> None:
    assert bounding_box(np.zeros((2, 3, 4), dtype=np.bool_)) is None

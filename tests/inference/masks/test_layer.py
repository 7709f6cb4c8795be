"""A mask keeps its origin and every change; taking all changes back restores every voxel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.masks.layer import MaskEdit, MaskLayer, MaskOrigin, edit_between, replay
from tests.inference.synthetic_case import axial

SHAPE = (4, 5, 6)


def layer(voxels: np.ndarray | None = None) -> MaskLayer:
    marked = np.zeros(SHAPE, dtype=np.bool_) if voxels is None else voxels
    return MaskLayer("mask.tumour", MaskOrigin.MODEL, marked, axial(SHAPE), maker="pack@1.0.0")


masks = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).random(SHAPE) < 0.3)


@given(st.lists(masks, min_size=1, max_size=5))
def test_undoing_all_edits_restores_every_voxel(targets: list[np.ndarray]) -> None:
    first = layer()
    current = first
    for target in targets:
        edit = edit_between("edit.paint", current.voxels, target)
        if edit is not None:
            current = current.apply(edit)
        assert np.array_equal(current.voxels, target)
    assert np.array_equal(replay(first, current.journal).voxels, current.voxels)
    while current.journal:
        current = current.take_back()
    assert np.array_equal(current.voxels, first.voxels)
    assert current.sha256() == first.sha256() and not current.is_edited


@given(masks, masks)
def test_an_edit_is_the_smallest_box(before: np.ndarray, after: np.ndarray) -> None:
    edit = edit_between("edit.paint", before, after)
    changed = np.argwhere(before != after)
    if edit is None:
        assert len(changed) == 0
        return
    assert edit.start == tuple(changed.min(axis=0))
    assert edit.before.shape == tuple(changed.max(axis=0) - changed.min(axis=0) + 1)
    assert np.array_equal(edit.inverted().inverted().after, edit.after)


def test_an_edit_of_another_state_is_refused() -> None:
    edit = MaskEdit("edit.paint", (0, 0, 0), np.ones((1, 1, 1), bool), np.zeros((1, 1, 1), bool))
    with pytest.raises(ValueError, match="does not fit"):
        layer().apply(edit)
    with pytest.raises(ValueError, match="take back"):
        layer().take_back()


def test_an_edited_mask_remembers_who_made_it_first() -> None:
    edit = MaskEdit("edit.paint", (1, 1, 1), np.zeros((1, 1, 1), bool), np.ones((1, 1, 1), bool))
    edited = layer().apply(edit)
    assert edited.is_edited and edited.origin is MaskOrigin.MODEL and edited.maker == "pack@1.0.0"
    assert edited.marked_slices == (1,) and not layer().is_edited


def test_voxels_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="read-only"):
        layer().voxels[0, 0, 0] = True


@pytest.mark.parametrize("voxels", [np.zeros(SHAPE, dtype=np.uint8), np.zeros((4, 5, 5), dtype=np.bool_)])
def test_what_is_no_mask_on_the_grid_is_refused(voxels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Boolean"):
        layer(voxels)
    with pytest.raises(ValueError, match="one shape"):
        MaskEdit("edit.paint", (0, 0, 0), np.zeros((1, 1, 1), bool), np.zeros((1, 1, 2), bool))


@given(masks, masks)
def test_the_hash_tells_masks_apart(first: np.ndarray, second: np.ndarray) -> None:
    assert (layer(first.copy()).sha256() == layer(second.copy()).sha256()) == np.array_equal(first, second)


def test_the_hash_tells_grids_apart() -> None:
    moved = MaskLayer("a", MaskOrigin.HUMAN, np.zeros(SHAPE, bool), axial(SHAPE, (5, 5, 6)))
    assert moved.sha256() != layer().sha256()

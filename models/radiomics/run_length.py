"""Grey-level runs: how many voxels of one level follow one another in a direction (Galloway 1975)."""

from __future__ import annotations

import numpy as np

from models.radiomics.aggregation import Aggregation, merges_directions, offsets, slice_groups
from models.radiomics.discretisation import Levels
from models.radiomics.emphasis import Counted, Words, emphasis_features

WORDS = Words("run", "run_length", "short_run", "long_run")


def runs(levels: Levels, aggregation: Aggregation) -> Counted:
    """Every run of every direction."""
    padded = np.pad(levels, 1)
    flat = padded.ravel()
    group_of = np.pad(slice_groups(levels, aggregation), 1).ravel()
    inside = np.flatnonzero(flat)
    directions = offsets(aggregation)
    merged = merges_directions(aggregation)
    strides = [padded[0].size, padded.shape[2], 1]
    groups, found_levels, lengths = [], [], []
    for number, offset in enumerate(directions):
        step = int(np.dot(offset, strides))
        starts = inside[flat[inside - step] != flat[inside]]
        length = np.ones(len(starts), dtype=np.int64)
        going, at = np.arange(len(starts)), starts
        while len(going):
            onward = flat[at + step] == flat[at]
            going, at = going[onward], at[onward] + step
            length[going] += 1
        of_slice = group_of[starts]
        groups.append(of_slice if merged else of_slice * len(directions) + number)
        found_levels.append(flat[starts])
        lengths.append(length)
    voxels = np.bincount(group_of[inside])
    return Counted(
        np.concatenate(groups),
        np.concatenate(found_levels),
        np.concatenate(lengths),
        voxels * len(directions) if merged else np.repeat(voxels, len(directions)),
    )


def run_length_features(levels: Levels, aggregation: Aggregation) -> dict[str, float]:
    """Sixteen features of the runs."""
    return emphasis_features(runs(levels, aggregation), WORDS)

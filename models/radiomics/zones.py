"""Zones, which are connected voxels of one grey level: by size (Thibault 2014) and by depth in the region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from models.radiomics.aggregation import Aggregation, is_volumetric, offsets, shifted_pair, slice_groups
from models.radiomics.discretisation import Levels
from models.radiomics.emphasis import Counted, Words, emphasis_features

SIZE_WORDS = Words("zone", "zone_size", "small_zone", "large_zone")
DISTANCE_WORDS = Words("zone", "zone_distance", "small_distance", "large_distance")


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """Zones with their matrix, level, number of voxels and distance of the outermost voxel, (n,) each.

    Voxels touch by face, edge or corner, in the plane alone unless the aggregation is 3d.  The distance is
    the least number of steps by faces out of the region, 1 at its border; the edge of the image is border.
    """

    group: NDArray[np.int64]
    level: NDArray[np.int64]
    size: NDArray[np.int64]
    distance: NDArray[np.int64]
    voxels: NDArray[np.int64]

    @property
    def by_size(self) -> Counted:
        """The size-zone matrix."""
        return Counted(self.group, self.level, self.size, self.voxels)

    @property
    def by_distance(self) -> Counted:
        """The distance-zone matrix."""
        return Counted(self.group, self.level, self.distance, self.voxels)


def zones(levels: Levels, aggregation: Aggregation) -> Zones:
    """The zones of a region."""
    inside = levels > 0
    number = np.full(levels.shape, -1, dtype=np.int64)
    number[inside] = np.arange(np.count_nonzero(inside))
    firsts, seconds = [], []
    for offset in offsets(aggregation):
        here, there = shifted_pair(levels.shape, offset)
        alike = (levels[here] == levels[there]) & inside[here]
        firsts.append(number[here][alike])
        seconds.append(number[there][alike])
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    count = int(number.max()) + 1
    touching = coo_matrix((np.ones(len(first), dtype=np.int8), (first, second)), shape=(count, count))
    found, zone_of = connected_components(touching, directed=False)
    size = np.bincount(zone_of, minlength=found)
    distance = np.full(found, np.iinfo(np.int64).max)
    np.minimum.at(distance, zone_of, _depth(inside, aggregation)[inside])
    one_voxel = np.empty(found, dtype=np.int64)
    one_voxel[zone_of] = np.arange(count)
    group_of = slice_groups(levels, aggregation)[inside]
    return Zones(group_of[one_voxel], levels[inside][one_voxel], size, distance, np.bincount(group_of))


def size_zone_features(found: Zones) -> dict[str, float]:
    """Sixteen features of zones by their size."""
    return emphasis_features(found.by_size, SIZE_WORDS)


def distance_zone_features(found: Zones) -> dict[str, float]:
    """Sixteen features of zones by their distance from the region's border."""
    return emphasis_features(found.by_distance, DISTANCE_WORDS)


def _depth(inside: NDArray[np.bool_], aggregation: Aggregation) -> NDArray[np.int64]:
    padded = np.pad(inside, 1)
    if is_volumetric(aggregation):
        depth = ndimage.distance_transform_cdt(padded, metric="taxicab")
    else:
        depth = np.stack([ndimage.distance_transform_cdt(plane, metric="taxicab") for plane in padded])
    within: NDArray[np.int64] = depth[1:-1, 1:-1, 1:-1].astype(np.int64)
    return within

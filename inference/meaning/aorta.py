"""The aorta in coarse axial slices: a round, even spot before the spine that goes on from slice to slice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.meaning.axial_sample import AxialSample
from inference.meaning.body import BONE_HU, Body, Spine

LEAST_AREA_CM2, MOST_AREA_CM2 = 1.3, 13.0
"""What is left of diameters of 13 to 40 mm without their blurred edge."""

_REACH_MM: Final = 62.0
_WINDOW_RIGHT_MM, _WINDOW_LEFT_MM = -14.0, 48.0
_WINDOW_FRONT_MM, _WINDOW_BACK_MM = -62.0, -8.0
_FROM_BONE_MM: Final = 14.0
_LEAST_ROUND: Final = 0.55
_LEAST_SHARE: Final = 0.2
_HU_RANGE: Final = (15.0, 700.0)
_SEEDS: Final = 8


@dataclass(frozen=True, slots=True)
class Spot:
    """A round region of one slice (``k`` in the sample): mm left of the spine, mm in the picture, HU."""

    k: int
    left_mm: float
    column_mm: float
    row_mm: float
    hu: float
    pixels: int
    roundness: float


@dataclass(frozen=True, slots=True)
class Vessel:
    """The aorta as found: median HU, pixels measured, and the slices (in the sample) it was seen in."""

    hu: float
    pixels: int
    ks: tuple[int, ...]
    middle: int


def find_aorta(sample: AxialSample, body: Body, spines: dict[int, Spine]) -> Vessel | None:
    """The best chain of round spots, None when no chain of enough slices holds together.

    One slice is no chain; of two slices both must show it, of more at least three and a fifth of all.
    """
    spots = [spot for k, spine in spines.items() for spot in _spots(sample, body, k, spine)]
    best: tuple[float, list[Spot]] = (0.0, [])
    for start in spots:
        chain = _chain(start, spots, sample.heights_mm)
        score = sum(spot.roundness for spot in chain) - 0.004 * abs(start.left_mm - 10.0) * len(chain)
        if score > best[0]:
            best = (score, chain)
    chain = best[1]
    if len(chain) < max(2, min(3, len(spines)), _LEAST_SHARE * len(spines)):
        return None
    hu = float(np.median([spot.hu for spot in chain]))
    nearest = min(chain, key=lambda spot: abs(spot.hu - hu))
    return Vessel(hu, sum(spot.pixels for spot in chain), tuple(spot.k for spot in chain), nearest.k)


def _spots(sample: AxialSample, body: Body, k: int, spine: Spine) -> list[Spot]:
    """Round even regions in front of one spine."""
    row_mm, column_mm = sample.pixel_mm
    rows, columns = round(_REACH_MM / row_mm), round(_REACH_MM / column_mm)
    centre_row, centre_column = round(spine.row), round(spine.column)
    top, left = max(0, centre_row - rows), max(0, centre_column - columns)
    window = (slice(top, centre_row + rows // 3), slice(left, centre_column + columns + 1))
    picture = ndimage.gaussian_filter(sample.hu[k][window], 0.6)
    if min(picture.shape) < 8:
        return []
    inside = body.outline[k][window]
    y = (np.arange(picture.shape[0]) + top - spine.row) * row_mm
    x = (np.arange(picture.shape[1]) + left - spine.column) * column_mm
    allowed = inside & (
        ((y >= _WINDOW_FRONT_MM) & (y <= _WINDOW_BACK_MM))[:, None]
        & ((x >= _WINDOW_RIGHT_MM) & (x <= _WINDOW_LEFT_MM))[None, :]
    )
    size = (_odd(7.0 / row_mm), _odd(7.0 / column_mm))
    mean = ndimage.uniform_filter(picture, size)
    spread = np.sqrt(np.maximum(ndimage.uniform_filter(picture**2, size) - mean**2, 0.0))
    allowed &= (mean >= _HU_RANGE[0]) & (mean <= _HU_RANGE[1])
    if not allowed.any():
        return []
    noise = float(np.percentile(spread[allowed], 10))
    spots: list[Spot] = []
    taken = np.zeros_like(allowed)
    for _ in range(_SEEDS):
        free = allowed & ~taken
        if not free.any():
            break
        place = np.unravel_index(int(np.where(free, spread, np.inf).argmin()), free.shape)
        level = float(mean[place])
        if spread[place] > max(20.0, 0.12 * level, 1.5 * noise):
            break
        tolerance = max(18.0, 2.5 * noise, 0.16 * level)
        region = _grown(picture, place, level, tolerance, (y, x))
        taken |= region
        taken[place] = True
        spot = _judged(picture, region, level, tolerance, (y, x), sample)
        if spot is not None:
            core = ndimage.binary_erosion(region)
            values = sample.hu[k][window][core if core.any() else region]
            spots.append(
                Spot(
                    k=k,
                    left_mm=spot[1],
                    column_mm=spine.column * column_mm + spot[1],
                    row_mm=spine.row * row_mm + spot[0],
                    hu=float(np.median(values)),
                    pixels=int(region.sum()),
                    roundness=spot[2],
                )
            )
    return spots


def _grown(
    picture: NDArray[np.float32],
    place: Sequence[np.intp],
    level: float,
    tolerance: float,
    axes: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.bool_]:
    """Pixels of one level around a place, thin bridges cut."""
    y, x = axes
    near = (y - y[place[0]])[:, None] ** 2 + (x - x[place[1]])[None, :] ** 2 <= 32.0**2
    alike = near & (np.abs(picture - level) <= tolerance)
    opened = ndimage.binary_opening(alike, structure=_disc((y, x), 4.0))
    labels, _ = ndimage.label(opened)
    mark = labels[tuple(place)]
    region: NDArray[np.bool_] = labels == mark if mark else np.zeros_like(alike)
    return region


def _judged(
    picture: NDArray[np.float32],
    region: NDArray[np.bool_],
    level: float,
    tolerance: float,
    axes: tuple[NDArray[np.float64], NDArray[np.float64]],
    sample: AxialSample,
) -> tuple[float, float, float] | None:
    """Row and column offset in mm and roundness of a region that may be a vessel; None for others."""
    y, x = axes
    area = float(region.sum()) * sample.pixel_cm2
    if not LEAST_AREA_CM2 <= area <= MOST_AREA_CM2:
        return None
    rows, columns = np.nonzero(region)
    back, left = float(y[rows].mean()), float(x[columns].mean())
    farthest = float(np.sqrt((y[rows] - back) ** 2 + (x[columns] - left) ** 2).max())
    farthest += 0.5 * min(sample.pixel_mm)
    roundness = area * 100 / (math.pi * farthest**2)
    if roundness < _LEAST_ROUND:
        return None
    if not (_WINDOW_RIGHT_MM <= left <= _WINDOW_LEFT_MM and _WINDOW_FRONT_MM <= back <= _WINDOW_BACK_MM):
        return None
    closed = ndimage.binary_dilation(region, structure=_disc(axes, 3.0))
    ring = ndimage.binary_dilation(closed, structure=_disc(axes, 3.0)) & ~closed
    values = picture[ring]
    if not values.size or np.mean(np.abs(values - level) <= tolerance) > 0.5:
        return None
    if np.mean(values > level + tolerance) > 0.45:
        return None
    bone = (picture > BONE_HU) & ~closed
    distances = ndimage.distance_transform_edt(~bone, sampling=sample.pixel_mm) if bone.any() else None
    if distances is None or float(distances[region].min()) > _FROM_BONE_MM:
        return None
    return back, left, min(1.0, roundness)


def _chain(start: Spot, spots: Sequence[Spot], heights_mm: Sequence[float]) -> list[Spot]:
    """From ``start`` up and down: in each next slice the spot that goes on from the last, if any."""
    by_slice: dict[int, list[Spot]] = {}
    for spot in spots:
        by_slice.setdefault(spot.k, []).append(spot)
    chain = [start]
    for step in (1, -1):
        last = start
        k = start.k + step
        while 0 <= k < len(heights_mm):
            gap = abs(heights_mm[k] - heights_mm[last.k])
            if gap > 60.0:
                break
            reach = 5.0 + 0.3 * gap
            follow = [
                spot
                for spot in by_slice.get(k, ())
                if math.hypot(spot.column_mm - last.column_mm, spot.row_mm - last.row_mm) <= reach
                and abs(spot.hu - last.hu) <= max(20.0, 0.15 * last.hu)
            ]
            if follow:
                last = min(follow, key=lambda spot: abs(spot.hu - last.hu))
                chain.append(last)
            k += step
    return chain


def _disc(axes: tuple[NDArray[np.float64], NDArray[np.float64]], radius_mm: float) -> NDArray[np.bool_]:
    row_mm, column_mm = (float(axis[1] - axis[0]) for axis in axes)
    high, wide = max(1, int(radius_mm / row_mm)), max(1, int(radius_mm / column_mm))
    rows, columns = np.arange(-high, high + 1) * row_mm, np.arange(-wide, wide + 1) * column_mm
    reach = max(radius_mm, row_mm, column_mm)
    disc: NDArray[np.bool_] = rows[:, None] ** 2 + columns[None, :] ** 2 <= reach**2 + 1e-6
    return disc


def _odd(pixels: float) -> int:
    return max(3, 2 * round((pixels - 1) / 2) + 1)

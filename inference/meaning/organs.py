"""Liver, spleen and kidneys in coarse axial slices: large even regions, each on its side of the spine.

Sides are the patient's own (LPS).  An organ that is not where it should be is not found; nothing is guessed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.meaning.axial_sample import AxialSample
from inference.meaning.body import Body, Mask, Spine, filled_holes, opened, shrunk, steps, widened

Offsets = NDArray[np.floating[Any]]

_EVEN_MM: Final = 9.0
_CORE_MM: Final = 7.0
_ORGAN_HU: Final = (25.0, 220.0)
_LIVER_HU: Final = (30.0, 150.0)
_LIVER_CM2, _LIVER_CM2_IN_ALL = 35.0, 90.0
_LIVER_REACH_MM: Final = 70.0
_LIVER_LEAD: Final = 1.25
"""The liver's side holds this many times the even tissue of the other; muscle is alike on both."""

_SPLEEN_CM2: Final = (8.0, 160.0)
_SPLEEN_BEYOND_MM: Final = 45.0
_KIDNEY_CM2: Final = (6.0, 45.0)
_KIDNEY_HU: Final = (5.0, 330.0)
_KIDNEY_BESIDE_MM: Final = (22.0, 95.0)
_KIDNEY_HEIGHT_MM: Final = (-65.0, 45.0)
_KIDNEY_LENGTH_MM: Final = 70.0
_FAT_HU: Final = -20.0
_VEIN_LEAD_HU, _VEIN_LEAD_SD = 22.0, 3.0
_EXCRETED_HU: Final = 350.0


@dataclass(frozen=True, slots=True)
class Organ:
    """Median HU, pixels measured, slices (in the sample) and the one with the largest area."""

    hu: float
    pixels: int
    ks: tuple[int, ...]
    middle: int


@dataclass(frozen=True, slots=True)
class Kidneys:
    """Rim (cortex) and inside (medulla and sinus edge) in HU, and what the collecting system holds.

    ``excreted_pixels`` counts pixels inside the kidneys' outline that are as bright as urine with contrast.
    """

    cortex_hu: float
    medulla_hu: float
    pixels: int
    ks: tuple[int, ...]
    middle: int
    excreted_pixels: int


def even_tissue(sample: AxialSample, body: Body, k: int) -> Mask:
    """Soft tissue of one slice whose level hardly changes over 9 mm, without thin parts."""
    picture = ndimage.gaussian_filter(sample.hu[k], 0.7)
    size = steps(sample, _EVEN_MM)
    mean = ndimage.uniform_filter(picture, size)
    spread = np.sqrt(np.maximum(ndimage.uniform_filter(picture**2, size) - mean**2, 0.0))
    soft: Mask = body.outline[k] & (mean > _ORGAN_HU[0]) & (mean < _ORGAN_HU[1])
    if not soft.any():
        return np.zeros_like(body.outline[k])
    noise = float(np.percentile(spread[soft], 20))
    return opened(soft & (spread < min(28.0, max(12.0, 2.2 * noise))), steps(sample, _CORE_MM * 0.85))


def find_liver(sample: AxialSample, even: dict[int, Mask], spines: dict[int, Spine]) -> Organ | None:
    """The large even organ on the patient's right that reaches the flank; None where there is none."""
    found: dict[int, tuple[float, NDArray[np.float32]]] = {}
    for k, spine in spines.items():
        left, back = _from_spine(sample, spine)
        labels, count = ndimage.label(even[k])
        best: tuple[float, NDArray[np.bool_] | None] = (0.0, None)
        for number in range(1, count + 1):
            region = labels == number
            on_the_right = region & (left < -8.0)[None, :]
            area = float(on_the_right.sum()) * sample.pixel_cm2
            if area < _LIVER_CM2 or area <= best[0]:
                continue
            rows, columns = np.nonzero(on_the_right)
            hu = float(np.median(sample.hu[k][on_the_right]))
            if left[columns].min() > -_LIVER_REACH_MM or float(back[rows].mean()) > 5.0:
                continue
            if not _LIVER_HU[0] <= hu <= _LIVER_HU[1]:
                continue
            best = (area, on_the_right)
        if best[1] is None:
            continue
        alike = np.abs(sample.hu[k] - float(np.median(sample.hu[k][best[1]]))) < 25.0
        other_side = float((even[k] & alike & (left > 8.0)[None, :]).sum()) * sample.pixel_cm2
        if best[0] >= _LIVER_LEAD * other_side or best[0] >= 90.0:
            found[k] = (best[0], sample.hu[k][best[1]])
    if sum(area for area, _ in found.values()) < _LIVER_CM2_IN_ALL:
        return None
    return _measured(found)


def find_spleen(
    sample: AxialSample, even: dict[int, Mask], spines: dict[int, Spine], liver: Organ | None
) -> Organ | None:
    """The even organ in the back of the patient's left flank, in slices that show the liver."""
    if liver is None:
        return None
    found: dict[int, tuple[float, NDArray[np.float32]]] = {}
    for k in liver.ks:
        spine = spines[k]
        left, back = _from_spine(sample, spine)
        labels, count = ndimage.label(even[k] & (left > 20.0)[None, :])
        for number in range(1, count + 1):
            region = labels == number
            area = float(region.sum()) * sample.pixel_cm2
            rows, columns = np.nonzero(region)
            is_lateral = left[columns].mean() > _SPLEEN_BEYOND_MM and back[rows].mean() > -75.0
            if _SPLEEN_CM2[0] <= area <= _SPLEEN_CM2[1] and is_lateral and back[rows].mean() < 25.0:
                if k not in found or area > found[k][0]:
                    found[k] = (area, sample.hu[k][region])
    return _measured(found) if len(found) >= min(2, len(liver.ks)) else None


def find_kidneys(sample: AxialSample, body: Body, spines: dict[int, Spine]) -> Kidneys | None:
    """The pair of round organs in fat beside the spine; None unless some slice shows both."""
    seen: dict[int, list[_Kidney]] = {}
    for k, spine in spines.items():
        left, back = _from_spine(sample, spine)
        picture = ndimage.gaussian_filter(sample.hu[k], 0.5)
        tissue = body.outline[k] & (picture > _KIDNEY_HU[0])
        tissue &= ((back > _KIDNEY_HEIGHT_MM[0]) & (back < _KIDNEY_HEIGHT_MM[1]))[:, None]
        labels, count = ndimage.label(opened(tissue, steps(sample, 4.0)))
        sizes = np.bincount(labels.ravel(), minlength=count + 1)
        for number in range(1, count + 1):
            area = float(sizes[number]) * sample.pixel_cm2
            if not _KIDNEY_CM2[0] <= area <= _KIDNEY_CM2[1]:
                continue
            region = filled_holes(labels == number)
            side = _kidney_side(sample, region, picture, left, back)
            if side == 0:
                continue
            seen.setdefault(k, []).append(_kidney(sample, k, region, side))
    pairs = [k for k, some in seen.items() if {one.side for one in some} == {-1, 1}]
    if not pairs:
        return None
    heights = [sample.heights_mm[k] for k in pairs]
    low, high = min(heights) - _KIDNEY_LENGTH_MM, max(heights) + _KIDNEY_LENGTH_MM
    kept = [one for k, some in seen.items() if low <= sample.heights_mm[k] <= high for one in some]
    return Kidneys(
        cortex_hu=float(np.median([one.cortex_hu for one in kept])),
        medulla_hu=float(np.median([one.medulla_hu for one in kept])),
        pixels=sum(one.pixels for one in kept),
        ks=tuple(sorted({one.k for one in kept})),
        middle=max(kept, key=lambda one: one.pixels).k,
        excreted_pixels=sum(one.excreted_pixels for one in kept),
    )


def liver_vessels(
    sample: AxialSample, even: dict[int, Mask], spines: dict[int, Spine], liver: Organ
) -> Organ | None:
    """Portal and hepatic veins: clearly brighter than the liver, and inside it; None if there is little."""
    found: dict[int, tuple[float, NDArray[np.float32]]] = {}
    for k in liver.ks:
        left, _ = _from_spine(sample, spines[k])
        labels, count = ndimage.label(even[k] & (left < -8.0)[None, :])
        if not count:
            continue
        largest = labels == int(np.bincount(labels.ravel())[1:].argmax()) + 1
        reach = steps(sample, 8.0)
        inside = shrunk(filled_holes(shrunk(widened(largest, reach), reach)), reach)
        picture = ndimage.gaussian_filter(sample.hu[k], 0.7)
        lead = max(_VEIN_LEAD_HU, _VEIN_LEAD_SD * _noise(picture[inside])) if inside.any() else 0.0
        bright = inside & (picture > liver.hu + lead) & (picture < liver.hu + 160.0)
        bright = opened(bright, 1)
        if bright.any():
            found[k] = (float(bright.sum()), sample.hu[k][bright])
    if sum(area for area, _ in found.values()) * sample.pixel_cm2 < 1.0:
        return None
    return _measured(found)


@dataclass(frozen=True, slots=True)
class _Kidney:
    k: int
    side: int
    cortex_hu: float
    medulla_hu: float
    pixels: int
    excreted_pixels: int


def _kidney(sample: AxialSample, k: int, region: Mask, side: int) -> _Kidney:
    rim, inside = _layers(sample, region)
    hu = sample.hu[k]
    cortex = float(np.percentile(hu[rim], 60))
    medulla = float(np.percentile(hu[inside], 40)) if inside.any() else cortex
    excreted = int((hu[region] > max(_EXCRETED_HU, 1.5 * cortex)).sum())
    return _Kidney(k, side, cortex, medulla, int(region.sum()), excreted)


def _noise(values: NDArray[np.float32]) -> float:
    """Standard deviation of most of the values (from quartiles, so that veins do not count)."""
    low, high = np.percentile(values, [25, 75])
    return float(high - low) / 1.349


def _kidney_side(
    sample: AxialSample,
    region: NDArray[np.bool_],
    picture: NDArray[np.float32],
    left: Offsets,
    back: Offsets,
) -> int:
    """−1 right, 1 left, 0 for what is no kidney: off its place, not round, or not bedded in fat."""
    rows, columns = np.nonzero(region)
    beside = float(left[columns].mean())
    if not _KIDNEY_BESIDE_MM[0] <= abs(beside) <= _KIDNEY_BESIDE_MM[1]:
        return 0
    if float(np.abs(left[columns]).min()) < 8.0 or not -45.0 <= float(back[rows].mean()) <= 25.0:
        return 0
    height = float(np.ptp(back[rows])) + sample.pixel_mm[0]
    width = float(np.ptp(left[columns])) + sample.pixel_mm[1]
    if (
        max(height, width) > 95.0
        or min(height, width) < 20.0
        or max(height, width) > 2.2 * min(height, width)
    ):
        return 0
    if region.sum() * sample.pixel_cm2 * 100 < 0.6 * height * width:
        return 0
    near = widened(region, steps(sample, 2.0))
    ring = widened(near, steps(sample, 3.0)) & ~near
    return int(np.sign(beside)) if float((picture[ring] < _FAT_HU).mean()) > 0.4 else 0


def _layers(sample: AxialSample, region: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The outer 2 to 6 mm of a kidney, and what lies 8 to 14 mm deep."""
    depth = ndimage.distance_transform_edt(region, sampling=sample.pixel_mm)
    rim = region & (depth > 2.0) & (depth <= 6.0)
    inside = region & (depth > 8.0) & (depth <= 14.0)
    return rim, inside


def _from_spine(sample: AxialSample, spine: Spine) -> tuple[Offsets, Offsets]:
    """Mm to the patient's left of the spine by column, and behind it by row."""
    left: Offsets = (np.arange(sample.hu.shape[2]) - spine.column) * sample.pixel_mm[1]
    back: Offsets = (np.arange(sample.hu.shape[1]) - spine.row) * sample.pixel_mm[0]
    return left, back


def _measured(found: dict[int, tuple[float, NDArray[np.float32]]]) -> Organ | None:
    if not found:
        return None
    values = np.concatenate([pixels for _, pixels in found.values()])
    middle = max(found, key=lambda k: found[k][0])
    return Organ(_usual_level(values), int(values.size), tuple(sorted(found)), middle)


def _usual_level(values: NDArray[np.float32]) -> float:
    """The most frequent HU (smoothed by 6): streaks, vessels and lesions hardly shift it."""
    low, high = np.percentile(values, [1, 99])
    edges = np.arange(math.floor(low) - 10, math.ceil(high) + 12, 2.0)
    counts, _ = np.histogram(values, edges)
    smooth = ndimage.gaussian_filter1d(counts.astype(np.float64), 3.0)
    return float(edges[int(smooth.argmax())] + 1.0)

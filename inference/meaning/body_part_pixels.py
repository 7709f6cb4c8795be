"""Which part of the body a CT shows, by its pixels: lungs, liver, pelvic bones, a ring of skull.

A part is named only where it fills a fair share of the scan; what fits no pattern stays unknown.  Codes are
DICOM's (PS3.16 Annex L), compounds included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import ndimage

from inference.meaning.anatomy import Anatomy
from inference.meaning.body import Mask, filled_holes, opened, shrunk, steps, widened
from inference.meaning.opinion import Evidence, Opinion, Source, evidence

LUNG_HU: Final = (-940.0, -650.0)
"""Aerated lung; gas is darker, and so is the foam of a table (about −960 HU)."""

SKULL_HU: Final = 300.0
PELVIC_BONE_HU: Final = 260.0
"""Above enhanced kidneys."""

BRAIN_HU: Final = (10.0, 70.0)
_LUNG_CM2: Final = 60.0
_GAS_HU: Final = -960.0
_ROOM_AIR_SHARE, _LUNG_SHARE = 0.02, 0.15
_CHEST_MM, _CHEST_SHARE = 60.0, 0.5
_PELVIS_MM: Final = 40.0
_LEAST_PELVIS_SLICES: Final = 3
_COMPOUNDS: Final = {
    frozenset({"chest"}): "CHEST",
    frozenset({"abdomen"}): "ABDOMEN",
    frozenset({"pelvis"}): "PELVIS",
    frozenset({"head"}): "HEAD",
    frozenset({"chest", "abdomen"}): "CHESTABDOMEN",
    frozenset({"abdomen", "pelvis"}): "ABDOMENPELVIS",
    frozenset({"chest", "abdomen", "pelvis"}): "CHESTABDPELVIS",
}


@dataclass(frozen=True, slots=True)
class _Seen:
    ks: tuple[int, ...]
    span_mm: float


def body_part_by_pixels(anatomy: Anatomy) -> Opinion:
    """The part, or the run of parts, that the scan covers; unknown where nothing sure is seen."""
    sample = anatomy.sample
    total = len(sample.hu)
    lungs = [k for k in range(total) if _shows_lungs(anatomy, k)]
    liver = () if anatomy.liver is None else anatomy.liver.ks
    lungs_alone = _seen(anatomy, [k for k in lungs if k not in liver])
    skull = _seen(anatomy, [k for k in range(total) if k not in lungs and _is_skull(anatomy, k)])
    pelvis = _seen(
        anatomy,
        [k for k in range(total) if k not in lungs and k not in liver and _has_pelvic_bones(anatomy, k)],
    )
    parts: dict[str, Evidence] = {}
    if lungs_alone.span_mm >= _CHEST_MM or len(lungs_alone.ks) > _CHEST_SHARE * total:
        parts["chest"] = evidence("lungs_seen", slices=len(lungs), of=total)
    if len(liver) >= 2:
        parts["abdomen"] = evidence("liver_seen", slices=len(liver), of=total)
    elif anatomy.kidneys is not None and not lungs and len(anatomy.kidneys.ks) >= 2:
        parts["abdomen"] = evidence("kidneys_seen", slices=len(anatomy.kidneys.ks), of=total)
    if len(pelvis.ks) >= _LEAST_PELVIS_SLICES and pelvis.span_mm >= _PELVIS_MM:
        parts["pelvis"] = evidence("pelvic_bones_seen", slices=len(pelvis.ks), of=total)
    if len(skull.ks) > _CHEST_SHARE * total:
        parts["head"] = evidence("skull_seen", slices=len(skull.ks), of=total)
    code = _COMPOUNDS.get(frozenset(parts), "")
    listed = tuple(Evidence(one.message, code) for one in parts.values())
    if not listed:
        listed = (evidence("no_part_recognised", slices=total),)
    return Opinion(code, Source.PIXELS if code else Source.NOBODY, listed)


def _seen(anatomy: Anatomy, ks: list[int]) -> _Seen:
    heights = [anatomy.sample.heights_mm[k] for k in ks]
    return _Seen(tuple(ks), max(heights) - min(heights) if heights else 0.0)


def _shows_lungs(anatomy: Anatomy, k: int) -> bool:
    """Large regions of lung inside the body; in a field wholly within a patient, a fair share.

    A table's foam measures as lung does, and lies outside the outline.
    """
    sample = anatomy.sample
    picture = ndimage.uniform_filter(sample.hu[k], 3)
    airy = (picture > LUNG_HU[0]) & (picture < LUNG_HU[1])
    if float(np.mean(sample.hu[k] < _GAS_HU)) < _ROOM_AIR_SHARE:
        return float(opened(airy, steps(sample, 3.0)).mean()) >= _LUNG_SHARE
    labels, count = ndimage.label(opened(airy & anatomy.body.outline[k], steps(sample, 5.0)))
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:] * sample.pixel_cm2
    return float(areas[areas >= 20.0].sum()) >= _LUNG_CM2


def _is_skull(anatomy: Anatomy, k: int) -> bool:
    """Bone all around most of the slice, with brain inside."""
    sample = anatomy.sample
    outline = anatomy.body.outline[k]
    area = float(outline.sum()) * sample.pixel_cm2
    if not 60.0 <= area <= 420.0:
        return False
    reach = steps(sample, 2.0)
    bone = outline & (sample.hu[k] > SKULL_HU)
    ring: Mask = shrunk(widened(bone, reach), reach) | bone
    inside = filled_holes(ring) & ~ring
    if float(inside.sum()) < 0.45 * float(outline.sum()):
        return False
    return bool(BRAIN_HU[0] <= float(np.median(sample.hu[k][inside])) <= BRAIN_HU[1])


def _has_pelvic_bones(anatomy: Anatomy, k: int) -> bool:
    """Large bones on both sides at one height, in an outline that is no pair of shoulders or legs."""
    sample = anatomy.sample
    outline = anatomy.body.outline[k]
    if float(outline.sum()) * sample.pixel_cm2 < 300.0:
        return False
    rows, columns = np.nonzero(outline)
    height, width = np.ptp(rows) * sample.pixel_mm[0], np.ptp(columns) * sample.pixel_mm[1]
    if width > 2.1 * height or _has_airway(anatomy, k):
        return False
    middle = (columns.min() + columns.max()) / 2
    reach = steps(sample, 4.0)
    bone = outline & (sample.hu[k] > PELVIC_BONE_HU)
    solid = filled_holes(shrunk(widened(bone, reach), reach))
    labels, count = ndimage.label(solid)
    sides: dict[int, list[float]] = {-1: [], 1: []}
    for number in range(1, count + 1):
        region = labels == number
        if float(region.sum()) * sample.pixel_cm2 < 6.0:
            continue
        where_rows, where_columns = np.nonzero(region)
        left_mm = (float(where_columns.mean()) - middle) * sample.pixel_mm[1]
        if 40.0 <= abs(left_mm) <= 160.0:
            sides[1 if left_mm > 0 else -1].append(float(where_rows.mean()) * sample.pixel_mm[0])
    return any(abs(one - other) <= 30.0 for one in sides[-1] for other in sides[1])


def _has_airway(anatomy: Anatomy, k: int) -> bool:
    """Gas in the middle of the front half, as large as a windpipe: neck and shoulders, not pelvis."""
    sample = anatomy.sample
    columns = np.nonzero(anatomy.body.outline[k])[1]
    middle = (columns.min() + columns.max()) / 2
    labels, count = ndimage.label(anatomy.body.air[k])
    for number in range(1, count + 1):
        region = labels == number
        area = float(region.sum()) * sample.pixel_cm2
        where_columns = np.nonzero(region)[1]
        off_mm = abs(float(where_columns.mean()) - middle) * sample.pixel_mm[1]
        if 0.7 <= area <= 8.0 and off_mm <= 20.0 and np.ptp(where_columns) * sample.pixel_mm[1] <= 35.0:
            return True
    return False

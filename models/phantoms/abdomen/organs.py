"""Liver, gallbladder, spleen, kidneys, adrenals, heart and the normal pancreas."""

from __future__ import annotations

import numpy as np

from models.phantoms.abdomen.enhancement import DEEP_FAT_HU
from models.phantoms.abdomen.slice_frame import SliceFrame
from models.phantoms.abdomen.tubes import Tube, paint_tubes, tube_slice
from models.phantoms.shapes import Box, Floats, Loft, Section, smooth_union


def _loft(*levels: tuple[float, ...], exponent: float = 2.3) -> Loft:
    return Loft(tuple((*level, 0.0) if len(level) == 5 else level for level in levels), exponent)  # type: ignore[misc]


_RIGHT_LOBE = _loft(
    (-72, -112, 20, 10, 14),
    (-60, -108, 16, 22, 34),
    (-30, -98, 10, 36, 54),
    (0, -86, 4, 52, 70),
    (30, -74, 0, 68, 82),
    (60, -66, 0, 76, 86),
    (90, -62, -2, 74, 80),
    (118, -62, -4, 60, 62),
)
_LEFT_LOBE = _loft(
    (-6, -16, -70, 14, 8),
    (10, -12, -66, 36, 16),
    (35, -4, -58, 52, 24),
    (60, 6, -54, 62, 30),
    (85, 6, -48, 58, 30),
    (102, 0, -44, 42, 26),
)
_CAUDATE = _loft((24, -26, -8, 8, 8), (45, -22, -6, 13, 13), (75, -22, -4, 12, 14), (84, -22, -4, 6, 6))
_SPLEEN = _loft(
    (-2, 110, 36, 8, 14, 20),
    (18, 106, 34, 20, 34, 22),
    (42, 100, 34, 25, 46, 26),
    (66, 94, 32, 27, 46, 28),
    (88, 86, 28, 23, 36, 30),
    (101, 80, 24, 11, 18, 30),
)
_KIDNEYS = {"left kidney": (65.0, 39.0, -6.0), "right kidney": (-65.0, 40.0, -20.0)}
_KIDNEY_RADII_MM = (26.0, 23.0, 54.0)
_DUCT_HU = 12.0
_GALLBLADDER = (-50.0, -44.0, -8.0, 15.0, 19.0, 30.0)


def halo(frame: SliceFrame, box: Box, distance: Floats, width_mm: float) -> None:
    """Fat around an organ, painted before it, so that neighbours keep apart."""
    value = DEEP_FAT_HU + 4.0 * frame.coarse[box] + 3.0 * frame.medium[box]
    inside = frame.canvas.cover(1.0 - frame.depth[box])
    frame.canvas.paint(
        box, frame.canvas.cover(distance - np.float32(width_mm), 0.8) * inside, value.astype(np.float32)
    )


def _section_of(frame: SliceFrame, solid: Loft, shift: tuple[float, float, float]) -> Section | None:
    section = solid.section(frame.z_mm - shift[2])
    if section is None:
        return None
    return Section(
        section.x + shift[0],
        section.y + shift[1],
        section.rx,
        section.ry,
        section.rotation_deg,
        section.exponent,
    )


def paint_liver(frame: SliceFrame) -> None:
    """Both lobes and the caudate with their veins, moulded by wall, diaphragm and fissures."""
    canvas, hu, shift = frame.canvas, frame.hu, frame.abdomen.organ_shift["liver"]
    box = canvas.box(-45.0, -6.0, 112.0, 95.0)
    if box is None:
        return
    total: Floats | None = None
    for solid, blend in ((_RIGHT_LOBE, 9.0), (_LEFT_LOBE, 9.0), (_CAUDATE, 5.0)):
        section = _section_of(frame, solid, shift)
        if section is None:
            continue
        one = canvas.distance(section, box)
        total = one if total is None else smooth_union(total, one, blend)
    if total is None:
        return
    x, y = canvas.x[box], canvas.y[box]
    if -12.0 < frame.z_mm < 44.0:
        # The fissure of the round ligament, and below it the open hilum.
        ligament = np.hypot(
            np.maximum(np.abs(x + 20.0 - 0.1 * (y + 60.0)) - 1.0, 0.0), np.maximum(y + 44.0, 0.0)
        )
        total = np.maximum(total, 2.2 - ligament + 0.5 * frame.medium[box])
        hilum = np.sqrt(
            ((x + 30.0) / 17.0) ** 2 + ((y + 12.0) / 12.0) ** 2 + ((frame.z_mm - 24.0) / 26.0) ** 2
        )
        total = np.maximum(total, (1.0 - hilum) * 12.0)
    if frame.z_mm < 50.0:
        # The right kidney and the gland above it lie in a hollow that is open to the back.
        deep = float(np.clip((50.0 - frame.z_mm) / 35.0, 0.0, 1.0)) ** 0.5
        hollow = Section(-48.0, 74.0, 46.0 * deep + 1.0, 60.0 * deep + 1.0)
        total = np.maximum(total, -canvas.distance(hollow, box))
    total = np.maximum(total, 2.2 - frame.depth[box])
    total = np.maximum(total, frame.above[box] + 1.6)
    total = np.asarray(total + 0.35 * frame.coarse[box], dtype=np.float32)
    if float(total.min()) > 0.5:
        return
    halo(frame, box, total, 1.4 * frame.abdomen.habitus.visceral_fat)
    value = hu["liver"] + 1.6 * frame.medium[box] + 2.2 * frame.coarse[box] + 1.2 * frame.fine[box]
    # Painted all over and then cut by the capsule, where the veins' branches end too.
    before = canvas.image[box].copy()
    canvas.image[box] = value
    paint_tubes(canvas, frame.abdomen.portal_branches, frame.z_mm, hu["portal_vein"], 0.9)
    paint_tubes(canvas, frame.abdomen.hepatic_veins, frame.z_mm, hu["hepatic_vein"], 0.9)
    canvas.image[box] = before + canvas.cover(total, 0.8) * (canvas.image[box] - before)


def paint_gallbladder(frame: SliceFrame) -> None:
    """A pear of bile under the liver."""
    canvas = frame.canvas
    dx, dy, dz = frame.abdomen.organ_shift["gallbladder"]
    cx, cy, cz, rx, ry, rz = _GALLBLADDER
    w = (frame.z_mm - cz - dz) / rz
    if abs(w) >= 1.0:
        return
    small = float(np.sqrt(1.0 - w * w)) * (1.0 - 0.18 * w)
    section = Section(cx + dx + 8.0 * w, cy + dy + 9.0 * w, rx * small + 0.5, ry * small + 0.5, 25.0, 2.0)
    box = canvas.section_box(section)
    if box is None:
        return
    distance = canvas.distance(section, box)
    canvas.paint(box, canvas.cover(distance, 0.6), frame.hu["gallbladder_wall"])
    bile = np.asarray(frame.hu["bile"] + 1.0 * frame.medium[box], dtype=np.float32)
    canvas.paint(box, canvas.cover(distance + 1.8, 0.6), bile)


def paint_spleen(frame: SliceFrame, arterial: bool) -> None:
    """The spleen; in the arterial phase its pulp enhances in bands."""
    section = _section_of(frame, _SPLEEN, frame.abdomen.organ_shift["spleen"])
    if section is None:
        return
    canvas = frame.canvas
    box = canvas.section_box(section)
    if box is None:
        return
    distance = canvas.distance(section, box)
    # The visceral face is hollow.
    hollow = np.hypot(
        (canvas.x[box] - np.float32(section.x - 34.0)) / 1.0, canvas.y[box] - np.float32(section.y - 8.0)
    )
    distance = np.maximum(distance, 15.0 - hollow)
    distance = np.maximum(distance, 2.4 - frame.depth[box])
    distance = np.maximum(distance, frame.above[box] + 1.6) + 0.4 * frame.coarse[box]
    distance = np.asarray(distance, dtype=np.float32)
    halo(frame, box, distance, 2.0)
    value = frame.hu["spleen"] + 1.8 * frame.medium[box]
    if arterial:
        bands = np.sin(2.2 * frame.course_a[box] + 2.6 * frame.course_b[box] + canvas.x[box] / 3.5)
        value = value + 17.0 * bands
    canvas.paint(box, canvas.cover(distance, 0.8), value.astype(np.float32))


def paint_kidneys(frame: SliceFrame) -> None:
    """Cortex, pyramids, sinus with fat and pelvis, in their capsule of fat."""
    for name, (cx, cy, cz) in _KIDNEYS.items():
        dx, dy, dz = frame.abdomen.organ_shift[name]
        w = (frame.z_mm - cz - dz) / _KIDNEY_RADII_MM[2]
        if abs(w) >= 1.0:
            continue
        side = 1.0 if cx > 0 else -1.0
        small = float((1.0 - abs(w) ** 2.4) ** (1.0 / 2.4))
        # The lower pole lies further out and forward, along the psoas.
        x = cx + dx - side * 7.0 * w
        y = cy + dy + 7.0 * w
        section = Section(x, y, _KIDNEY_RADII_MM[0] * small, _KIDNEY_RADII_MM[1] * small, side * 28.0, 2.15)
        _paint_kidney(frame, section, side, w)


def _paint_kidney(frame: SliceFrame, section: Section, side: float, w: float) -> None:
    canvas, hu = frame.canvas, frame.hu
    wide = section.grown(7.0)
    box = canvas.section_box(wide)
    if box is None:
        return
    distance = canvas.distance(section, box) + 0.5 * frame.coarse[box] + 0.3 * frame.medium[box]
    fat = 3.5 + 5.0 * frame.abdomen.habitus.visceral_fat
    halo(frame, box, distance, fat)
    # Gerota's fascia: a thin line in the fat.
    fascia = np.clip(1.0 - np.abs(distance - np.float32(fat + 1.5)) / 0.9, 0.0, 1.0)
    behind = np.clip((canvas.y[box] - np.float32(section.y)) / 10.0, 0.0, 1.0) * (frame.depth[box] > 2.0)
    canvas.paint(box, (0.45 * fascia * behind).astype(np.float32), 20.0)
    x, y = canvas.x[box] - np.float32(section.x), canvas.y[box] - np.float32(section.y)
    sx, sy = -side * 0.42 * section.rx, -0.3 * section.ry
    turn = np.arctan2(y - sy, side * (x - sx))
    deep = np.clip((-distance - 6.5) / 2.0 + 0.5, 0.0, 1.0)
    pyramids = np.clip(1.15 + 1.6 * np.cos(5.0 * turn + 9.0 * w + 0.9 * frame.coarse[box]), 0.0, 1.0)
    value = hu["renal_cortex"] + 4.0 * frame.medium[box]
    value = value + deep * pyramids * (hu["renal_medulla"] - hu["renal_cortex"])
    canvas.paint(box, canvas.cover(distance, 0.7), value.astype(np.float32))
    if abs(w) < 0.62:
        open_mm = float(np.sqrt(1.0 - (w / 0.62) ** 2))
        sinus = np.sqrt(((x - sx) / (10.0 * open_mm + 1.0)) ** 2 + ((y - sy) / (8.0 * open_mm + 1.0)) ** 2)
        if abs(w) < 0.25:
            gate = np.hypot((x - np.float32(1.9 * sx)) / 9.0, (y - np.float32(1.9 * sy)) / 5.0)
            sinus = np.minimum(sinus, gate)
        d = ((sinus - 1.0) * 6.0 * open_mm + 0.8 * frame.medium[box]).astype(np.float32)
        canvas.paint(box, canvas.cover(d, 0.8), np.asarray(-82.0 + 8.0 * frame.medium[box], dtype=np.float32))
        calyx = np.clip((0.75 * np.abs(frame.medium[box]) + 0.3 * frame.coarse[box] - 0.55) / 0.3, 0.0, 1.0)
        wet = canvas.cover(d + 2.0, 0.8) * calyx
        canvas.paint(box, (0.9 * wet).astype(np.float32), hu["urine"])


def paint_adrenals(frame: SliceFrame) -> None:
    """Two thin Y-shaped glands above the kidneys."""
    for side, low, high, x0, y0 in ((1.0, 14.0, 44.0, 26.0, 20.0), (-1.0, 20.0, 50.0, 30.0, 24.0)):
        if not low < frame.z_mm < high:
            continue
        canvas = frame.canvas
        box = canvas.box(side * (x0 + 6.0), y0 + 8.0, 16.0, 16.0)
        if box is None:
            continue
        stem = (side * x0, y0)
        limbs = ((side * (x0 + 3.0), y0 + 19.0), (side * (x0 + 12.0), y0 + 15.0))
        distance = np.minimum(*(canvas.chain_distance([stem, limb], box) for limb in limbs))
        thin = 2.2 * float(np.sin(np.pi * (frame.z_mm - low) / (high - low))) + 0.4
        canvas.paint(box, canvas.cover(distance - np.float32(thin), 0.6), frame.hu["adrenal"])


def paint_heart(frame: SliceFrame) -> None:
    """The lower face of the heart on the diaphragm, with pericardial fat."""
    w = (frame.z_mm - 138.0) / 44.0
    if w <= -1.0:
        return
    canvas, hu = frame.canvas, frame.hu
    small = float(np.sqrt(max(1.0 - w * w, 0.05))) if w < 0 else 1.0
    section = Section(22.0, -42.0, 62.0 * small, 40.0 * small, 24.0, 2.1)
    box = canvas.section_box(section.grown(10.0))
    if box is None:
        return
    distance = canvas.distance(section, box)
    fat = np.asarray(DEEP_FAT_HU + 6.0 * frame.medium[box], dtype=np.float32)
    canvas.paint(
        box, canvas.cover(np.maximum(distance - 8.0, 1.0 - frame.depth[box]).astype(np.float32)), fat
    )
    canvas.paint(box, canvas.cover(distance, 0.8), hu["myocardium"])
    thin = (distance + 3.5 + 1.5 * frame.coarse[box]).astype(np.float32)
    canvas.paint(box, canvas.cover(thin, 1.5), hu["heart_blood"])
    ventricle = Section(40.0, -34.0, 38.0 * small, 29.0 * small, 30.0, 2.2)
    walled = canvas.distance(ventricle, box)
    inside = np.maximum(walled, distance + 1.0).astype(np.float32)
    canvas.paint(box, canvas.cover(inside, 1.2), hu["myocardium"])
    cavity = np.maximum(walled + 10.0 + 2.0 * frame.medium[box], distance + 10.0).astype(np.float32)
    canvas.paint(box, canvas.cover(cavity, 2.0), 1.04 * hu["heart_blood"])


def paint_pancreas(frame: SliceFrame, duct: Tube | None) -> None:
    """The gland, with lobules, with furrows of fat the more the older, and with its duct where given."""
    canvas = frame.canvas
    age = frame.abdomen.habitus.age_years
    furrow = float(np.clip(0.5 + 0.03 * (age - 40.0), 0.4, 1.6))
    for tube in (frame.abdomen.uncinate, frame.abdomen.pancreas):
        shape = tube_slice(canvas, tube, frame.z_mm, 4.0)
        if shape is None:
            continue
        box = shape.box
        distance = shape.distance + 1.1 * frame.medium[box] + 0.5 * frame.fine[box]
        halo(frame, box, distance.astype(np.float32), 1.5)
        value = frame.hu["pancreas"] + 3.0 * frame.fine[box]
        cleft = np.clip(1.0 - np.abs(frame.medium[box] + 0.5 * frame.fine[box]) / 0.3, 0.0, 1.0)
        value = value - 48.0 * furrow * cleft * np.clip(frame.coarse[box] + 0.4, 0.0, 1.0)
        canvas.paint(box, canvas.cover(distance.astype(np.float32), 0.8), value.astype(np.float32))
    if duct is not None:
        paint_tubes(canvas, duct, frame.z_mm, _DUCT_HU, 0.9)

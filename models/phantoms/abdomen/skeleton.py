"""The spine and the muscles around it."""

from __future__ import annotations

import numpy as np

from models.phantoms.abdomen.anatomy import VERTEBRA_PITCH_MM
from models.phantoms.abdomen.enhancement import CORTICAL_BONE_HU, FAT_HU
from models.phantoms.abdomen.slice_frame import SliceFrame
from models.phantoms.shapes import Floats, Loft, Section

_BODY_Y_MM, _CANAL_Y_MM = 46.0, 73.0


def _loft(*levels: tuple[float, ...], exponent: float = 2.2) -> Loft:
    return Loft(tuple((*level, 0.0) if len(level) == 5 else level for level in levels), exponent)  # type: ignore[misc]


_BACK_MUSCLES = (
    ("multifidus", _loft((-160, 14, 98, 13, 15), (0, 11, 96, 9, 12), (150, 10, 92, 8, 11))),
    ("longissimus", _loft((-160, 34, 97, 14, 16, 10), (0, 31, 97, 15, 14, 12), (150, 25, 92, 12, 9, 10))),
    ("iliocostalis", _loft((-160, 54, 93, 14, 13, -15), (0, 53, 91, 15, 10, -22), (150, 45, 88, 11, 7, -20))),
    ("quadratus", _loft((-160, 60, 70, 20, 10, -25), (-60, 53, 70, 18, 9, -25), (18, 38, 69, 11, 6, -20))),
    (
        "psoas",
        _loft((-160, 42, 42, 23, 26), (-100, 37, 46, 21, 23), (-50, 31, 48, 16, 20), (14, 22, 52, 8, 12)),
    ),
)
_CRURA = (
    _loft(
        (-60, 12, 27, 4, 4), (-20, 14, 24, 5, 7), (40, 17, 18, 6, 14), (75, 18, 12, 5, 18), (98, 15, 6, 4, 14)
    ),
)


def paint_back(frame: SliceFrame) -> None:
    """Paint muscles beside the spine, crura of the diaphragm and the vertebra of the level."""
    for name, solid in _BACK_MUSCLES:
        _paint_pair(frame, solid, shrink=0.0 if name in ("psoas", "quadratus") else 0.3)
    for solid in _CRURA:
        _paint_pair(frame, solid, shrink=0.0)
    _paint_vertebra(frame)


def _paint_pair(frame: SliceFrame, solid: Loft, shrink: float) -> None:
    section = solid.section(frame.z_mm)
    if section is None:
        return
    canvas = frame.canvas
    bulk = (frame.abdomen.habitus.muscle - 1.0) * 0.45
    age = frame.abdomen.habitus.age_years
    own = Section(
        section.x,
        section.y,
        section.rx * (1.0 + bulk) - shrink,
        section.ry * (1.0 + bulk) - shrink,
        section.rotation_deg,
        section.exponent,
    )
    for one in (own, own.mirrored()):
        box = canvas.section_box(one)
        if box is None:
            continue
        medium, coarse = frame.medium[box], frame.coarse[box]
        distance = canvas.distance(one, box) + 0.6 * medium
        streak = np.clip(1.0 - np.abs(medium + 0.4 * coarse) / 0.5, 0.0, 1.0) * np.clip(
            coarse - 0.3, 0.0, 1.0
        )
        value = (
            frame.hu["muscle"] + 3.0 * medium + 2.0 * frame.fine[box] - (0.2 + 0.006 * age) * 60.0 * streak
        )
        # Fat and skin stay over the muscles.
        under = canvas.cover(1.0 - frame.depth[box] - frame.wall_mm[box])
        canvas.paint(box, canvas.cover(distance, 0.8) * under, value.astype(np.float32))


def _paint_vertebra(frame: SliceFrame) -> None:
    """Body or disc, canal, and the parts of the arch that this level shows."""
    canvas, z = frame.canvas, frame.z_mm
    rise = (z / VERTEBRA_PITCH_MM + 0.5) % 1.0 - 0.5
    from_middle = rise * VERTEBRA_PITCH_MM
    in_disc = abs(from_middle) > 12.6
    chest = float(np.clip((z - 10.0) / 80.0, 0.0, 1.0))
    waist = 1.0 - 0.08 * (1.0 - (from_middle / 13.0) ** 2)
    body = Section(0.0, _BODY_Y_MM, (23.5 - 5.0 * chest) * waist, (17.0 - 1.5 * chest) * waist, 0.0, 2.3)
    canal = Section(0.0, _CANAL_Y_MM, 11.5 - 2.0 * chest, 9.0 - 1.0 * chest, 0.0, 2.2)
    _paint_arch(frame, from_middle, chest)
    box = canvas.section_box(body)
    if box is not None:
        distance = canvas.distance(body, box)
        behind = canvas.y[box] - np.float32(_BODY_Y_MM + 0.86 * body.ry)
        distance = np.maximum(distance, behind)
        age = frame.abdomen.habitus.age_years
        if in_disc:
            plate = np.clip(1.0 - (abs(from_middle) - 12.6) / 1.6, 0.0, 1.0)
            value: Floats = 82.0 + 6.0 * frame.medium[box] + 260.0 * np.float32(plate)
            softness = 1.2
        else:
            marrow = (
                280.0 - 1.8 * age + 18.0 * frame.medium[box] + 22.0 * frame.fine[box] + frame.hu["marrow"]
            )
            plate = np.clip((abs(from_middle) - 10.6) / 2.0, 0.0, 1.0)
            value = np.asarray(marrow + 180.0 * plate, dtype=np.float32)
            core = np.clip((-distance - 1.3) / 1.4 + 0.5, 0.0, 1.0)
            value = 0.75 * CORTICAL_BONE_HU + core * (value - 0.75 * CORTICAL_BONE_HU)
            softness = 0.8
        canvas.paint(box, canvas.cover(distance, softness), np.asarray(value, dtype=np.float32))
    _paint_canal(frame, canal)


def _paint_canal(frame: SliceFrame, canal: Section) -> None:
    canvas = frame.canvas
    box = canvas.section_box(canal)
    if box is None:
        return
    distance = canvas.distance(canal, box)
    canvas.paint(box, canvas.cover(distance, 0.6), FAT_HU + 40.0)
    sac = np.asarray(24.0 + 14.0 * np.clip((-distance - 4.5) / 2.0, 0.0, 1.0), dtype=np.float32)
    canvas.paint(box, canvas.cover(distance + 1.6, 0.8), sac)


def _paint_bone(frame: SliceFrame, section: Section, spongy: float = 210.0) -> None:
    canvas = frame.canvas
    box = canvas.section_box(section)
    if box is None:
        return
    distance = canvas.distance(section, box) + 0.3 * frame.medium[box]
    core = np.clip((-distance - 1.3) / 1.4 + 0.5, 0.0, 1.0)
    value = CORTICAL_BONE_HU * 0.85 + core * (spongy + 30.0 * frame.medium[box] - CORTICAL_BONE_HU * 0.85)
    canvas.paint(box, canvas.cover(distance, 0.7), value.astype(np.float32))


def _paint_arch(frame: SliceFrame, from_middle: float, chest: float) -> None:
    """Pedicles above the middle, transverse processes at it, laminae and spine below, facets between."""
    parts: list[Section] = []
    if 0.0 < from_middle < 11.0:
        parts.append(Section(15.0 - 2.0 * chest, 66.0, 5.0, 9.0, -8.0, 2.5))
    if -4.0 < from_middle < 7.0:
        reach = 20.0 - 3.0 * chest
        parts.append(Section(21.0 + reach * 0.75, 74.0 + 4.0 * chest, reach, 3.6, 8.0 + 12.0 * chest, 2.5))
    if from_middle < -6.0 or from_middle > 11.0:
        parts.append(Section(17.0 - 2.0 * chest, 78.0, 7.0, 6.5, 30.0, 2.3))
        parts.append(Section(19.0 - 2.0 * chest, 71.0, 4.0, 5.5, 35.0, 2.3))
    if -14.0 < from_middle < 6.0:
        parts.append(Section(9.0, 83.5, 9.5, 3.2, 32.0, 2.3))
    for part in parts:
        _paint_bone(frame, part)
        _paint_bone(frame, part.mirrored())
    if -16.5 < from_middle < 5.0 or chest > 0.5:
        length = 13.0 if from_middle < -2.0 else 9.0
        _paint_bone(frame, Section(0.0, 85.0 + length, 3.6, length, 0.0, 2.4), 170.0)

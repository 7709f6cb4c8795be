"""Skin, fat, muscles of the wall, ribs, lung bases with the diaphragm, and the fat that fills the cavity."""

from __future__ import annotations

import numpy as np

from models.phantoms.abdomen.enhancement import CORTICAL_BONE_HU, DEEP_FAT_HU, FAT_HU, LUNG_HU
from models.phantoms.abdomen.slice_frame import SliceFrame
from models.phantoms.shapes import Floats

_SKIN_MM = 2.0
# Level (mm) at which each rib leaves the spine, how far (degrees from the front) its bone reaches.
_RIBS = (
    (28.0, 118.0),
    (58.0, 88.0),
    (90.0, 52.0),
    (121.0, 44.0),
    (152.0, 40.0),
    (183.0, 36.0),
    (214.0, 34.0),
)
_RIB_START_DEG = 166.0


def paint_wall(frame: SliceFrame) -> None:
    """Paint skin, fat, muscles and the cavity filled with fat; ribs and all else follow."""
    canvas, hu = frame.canvas, frame.hu
    full = slice(0, canvas.x.shape[0]), slice(0, canvas.x.shape[1])
    turn = np.cos(np.deg2rad(frame.angle_deg))
    front = frame.abdomen.habitus.subcutaneous_fat_mm
    thick = np.where(turn > 0, 0.8 + 0.2 * turn**2, 0.8 - 0.1 * turn**2) * np.float32(front)
    thick *= np.float32(np.interp(frame.z_mm, (-120.0, 0.0, 100.0), (1.25, 1.0, 0.62)))
    # Fat is thickest behind the flanks.
    thick *= 1.0 + np.float32(0.75 * np.clip((40.0 - frame.z_mm) / 60.0, 0.1, 1.0)) * np.exp(
        -(((frame.angle_deg - 134.0) / 18.0) ** 2)
    )
    # Skin bridges the furrow over the spinous processes and the linea alba hardly shows.
    outer = np.asarray(-frame.depth - frame.wall_mm - thick + 0.5 * frame.coarse, dtype=np.float32)
    septa = np.clip(1.0 - np.abs(frame.medium + 0.8 * frame.coarse) / 0.28, 0.0, 1.0)
    fat = FAT_HU + 3.0 * frame.coarse + 2.0 * frame.fine + 15.0 * septa * np.clip(frame.fine + 0.3, 0.0, 1.0)
    canvas.paint(full, canvas.cover(outer, 0.8), hu["skin"])
    canvas.paint(full, canvas.cover(outer + _SKIN_MM, 0.8), fat.astype(np.float32))
    _paint_muscles(frame, full)
    _paint_cavity_fat(frame, full)


def _paint_muscles(frame: SliceFrame, full: tuple[slice, slice]) -> None:
    """The muscular ring: three flat layers at the flank, the rectus in front, and ribs above."""
    canvas = frame.canvas
    out, wall, angle = -frame.depth, frame.wall_mm, frame.angle_deg
    age = frame.abdomen.habitus.age_years
    streak = np.clip(1.0 - np.abs(frame.medium) / 0.3, 0.0, 1.0) * np.clip(frame.coarse - 0.9, 0.0, 1.0)
    value = frame.hu["muscle"] + 3.0 * frame.medium + 2.0 * frame.fine - (0.8 * age) * streak
    opacity = np.minimum(canvas.cover(-out, 0.6), canvas.cover(out - wall, 0.8))
    # Fat parts the rectus from the flank at the semilunar line, and the two recti at the linea alba.
    upper = float(np.clip((30.0 - frame.z_mm) / 40.0, 0.0, 1.0))
    parted = 0.7 * upper * np.clip(1.0 - np.abs(angle - 34.0) / 2.6, 0.0, 1.0)
    if upper > 0.0:
        half = np.interp(frame.z_mm, (-80.0, 10.0), (0.8, 2.6))
        alba = np.clip((half + 0.8 - np.abs(canvas.x)) / 1.6, 0.0, 1.0) * (angle < 30.0)
        parted = np.maximum(parted, 0.6 * upper * alba)
    share = out / np.maximum(wall, 1.0)
    flank = np.clip((angle - 42.0) / 8.0, 0.0, 1.0) * np.clip((138.0 - angle) / 12.0, 0.0, 1.0)
    for place, strength in ((0.3, 0.55), (0.62, 0.7)):
        line = np.clip(1.0 - np.abs(share - place - 0.04 * frame.coarse) * wall / 1.3, 0.0, 1.0)
        parted = np.maximum(parted, strength * line * flank)
    behind = np.clip((angle - 146.0) / 7.0, 0.0, 1.0) * np.clip((share - 0.55) / 0.12, 0.0, 1.0)
    opacity = opacity * (1.0 - np.clip(parted + 0.9 * behind, 0.0, 1.0))
    canvas.paint(full, opacity.astype(np.float32), value.astype(np.float32))


def paint_ribs(frame: SliceFrame) -> None:
    """Bony and cartilaginous ribs that cross the slice."""
    for level, end in _RIBS:
        fallen = level - frame.z_mm
        # A rib falls 60 mm from the spine to the flank and faster from there to the front.
        angle = _RIB_START_DEG - fallen / 0.8 if fallen < 61.0 else 90.0 - (fallen - 61.0) / 1.05
        if fallen < -4.0 or angle < 12.0 or angle < end - 34.0:
            continue
        bony = angle > end
        if not bony and level < 80.0:
            continue
        for side in (-1.0, 1.0):
            _paint_rib(frame, side, angle, bony)


def _paint_rib(frame: SliceFrame, side: float, angle: float, bony: bool) -> None:
    canvas = frame.canvas
    near = (
        (np.abs(frame.angle_deg - angle) < 16.0)
        & (frame.side == side)
        & (frame.depth > -28)
        & (frame.depth < 3)
    )
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    if rows.size == 0:
        return
    box = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
    along = (frame.angle_deg[box] - np.float32(angle)) * frame.radius_mm[box] * np.float32(np.pi / 180.0)
    middle = np.float32(6.5) if angle > 50.0 else np.float32(5.0)
    across = -frame.depth[box] - middle
    long, short = (17.0, 4.4) if bony else (14.0, 5.2)
    k = np.sqrt((along / long) ** 2 + (across / short) ** 2)
    other = np.where(frame.side[box] == side, 0.0, 50.0)
    distance = np.asarray((k - 1.0) * short + other, dtype=np.float32)
    if bony:
        core = np.clip((-distance - 1.3) / 1.6 + 0.5, 0.0, 1.0)
        marrow = 150.0 + 60.0 * frame.medium[box]
        value = 0.8 * CORTICAL_BONE_HU + core * (marrow - 0.8 * CORTICAL_BONE_HU)
    else:
        lime = max(frame.abdomen.habitus.age_years - 45.0, 0.0) * 6.0
        value = 92.0 + lime * np.clip(frame.medium[box] - 0.8, 0.0, 1.0)
    canvas.paint(box, canvas.cover(distance, 0.8), np.asarray(value, dtype=np.float32))


def _paint_cavity_fat(frame: SliceFrame, full: tuple[slice, slice]) -> None:
    """Fat of mesentery, omentum and retroperitoneum: hazy, with small vessels that wind through it."""
    canvas = frame.canvas
    haze = np.clip(frame.coarse + 0.5 * frame.medium - 0.6, 0.0, 1.5)
    value = DEEP_FAT_HU + 3.5 * frame.medium + 4.0 * frame.coarse + 11.0 * haze
    # Vessels are dense in the mesentery, in the middle below the stomach, and few behind the kidneys.
    centre = np.exp(-(((canvas.x - 5.0) / 75.0) ** 2) - ((canvas.y + 32.0) / 42.0) ** 2)
    vessels = frame.strands(0.055) * np.clip(0.12 + 1.2 * centre, 0.0, 1.0)
    finer = np.clip(1.0 - (frame.medium**2 + (frame.course_a + 0.5) ** 2) / 0.06, 0.0, 1.0) * (0.1 + centre)
    blood = 0.5 * (frame.hu["small_artery"] + frame.hu["small_vein"])
    value = value + (0.85 * blood - value) * np.clip(0.85 * vessels + 0.42 * finer, 0.0, 0.9)
    canvas.paint(full, canvas.cover(1.0 - frame.depth, 0.6), value.astype(np.float32))


def paint_chest(frame: SliceFrame) -> None:
    """Lung bases with their vessels, and the diaphragm's muscle under them."""
    canvas = frame.canvas
    above = frame.above + 0.4 * frame.coarse
    inside = np.minimum(above, frame.depth + 2.0)
    if float(inside.max()) < -6.0:
        return
    full = slice(0, canvas.x.shape[0]), slice(0, canvas.x.shape[1])
    band = np.clip((2.4 - np.abs(above + 1.2)) / 1.6, 0.0, 1.0) * canvas.cover(-2.0 - frame.depth)
    canvas.paint(full, band.astype(np.float32), frame.hu["muscle"])
    # Dependent lung is denser; vessels thin out towards the pleura.
    dependent = np.clip((canvas.y - 20.0) / 60.0, 0.0, 1.0)
    value = LUNG_HU + 28.0 * frame.medium + 18.0 * frame.fine + 70.0 * dependent
    calibre = np.clip(frame.depth / 45.0, 0.1, 1.0) * 0.11
    vessels = np.clip(1.35 - (frame.course_a**2 + frame.course_b**2) / calibre, 0.0, 1.0)
    small = np.clip(1.2 - (frame.medium**2 + (frame.course_a - 0.4) ** 2) / 0.05, 0.0, 1.0)
    blood = 0.45 * frame.hu["hepatic_vein"] + 25.0
    value = value + (blood - value) * np.maximum(0.9 * vessels, 0.4 * small)
    canvas.paint(full, _cover_lung(frame, above), value.astype(np.float32))


def _cover_lung(frame: SliceFrame, above: Floats) -> Floats:
    """Opacity of lung: above the diaphragm, inside the ribs, beside the mediastinum."""
    canvas = frame.canvas
    behind = np.clip((canvas.y - 5.0) / 20.0, 0.0, 1.0)
    half = 20.0 + 9.0 * behind - 14.0 * np.clip((-canvas.y - 40.0) / 40.0, 0.0, 1.0)
    beside = np.abs(canvas.x - 3.0 - 1.5 * frame.coarse) - half
    inside = np.minimum(np.minimum(above - 0.5, frame.depth + 2.0), beside)
    return canvas.cover((-inside).astype(np.float32), 0.8)

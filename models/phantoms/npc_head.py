"""A patient's own head: individual size, tilt and warp of the atlas, painted slice by slice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from models.phantoms import npc_anatomy as atlas
from models.phantoms.lattice_noise import LatticeNoise
from models.phantoms.npc_anatomy import Part
from models.phantoms.npc_atlas_airway import AIRWAY
from models.phantoms.npc_atlas_skeleton import SPINE_VESSELS_AND_FACE
from models.phantoms.npc_atlas_skull_base import ORBIT, SKULL_BASE
from models.phantoms.npc_atlas_soft_parts import GLANDS_AND_PHARYNX, MUSCLES_AND_TONGUE
from models.phantoms.npc_brain import BRAIN, paint_skull_and_brain
from models.phantoms.npc_population import STUDY, NpcPatient
from models.phantoms.randomness import random_stream
from models.phantoms.shapes import Floats, Section, SliceCanvas

WARP_MM = 1.8


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """Individual anatomy: scales, position in the coil, and the smooth fields that bend and texture it."""

    scale: tuple[float, float, float]
    roll_rad: float
    shift_mm: tuple[float, float]
    fatness: float
    warp_x: LatticeNoise
    warp_y: LatticeNoise
    fine: LatticeNoise
    medium: LatticeNoise
    coarse: LatticeNoise
    folds: LatticeNoise

    def level(self, z_mm: float) -> float:
        """Atlas level of a scanner level."""
        return z_mm / self.scale[2]

    def canvas(self, z_mm: float, columns_mm: Floats, rows_mm: Floats) -> SliceCanvas:
        """An empty canvas with this head's coordinates at a scanner level."""
        sx, sy, _ = self.scale
        grid_x = ((columns_mm - self.shift_mm[0]) / sx).astype(np.float32)
        grid_y = ((rows_mm - self.shift_mm[1]) / sy).astype(np.float32)
        roll = np.float32(self.roll_rad)
        x = grid_x[None, :] - roll * grid_y[:, None] + WARP_MM * self.warp_x.plane(z_mm, grid_x, grid_y)
        y = grid_y[:, None] + roll * grid_x[None, :] + WARP_MM * self.warp_y.plane(z_mm, grid_x, grid_y)
        return SliceCanvas(grid_x, grid_y, x.astype(np.float32), y.astype(np.float32))


def draw_head(patient: NpcPatient) -> Head:
    """Draw the anatomy of a patient; men are slightly larger on average."""
    rng = random_stream(STUDY, patient.cohort, patient.seed, patient.index, "head")
    size = (1.0 if patient.sex == "male" else 0.955) * float(np.exp(0.02 * rng.standard_normal()))
    sx, sy, sz = size * np.exp(rng.normal(0.0, 0.018, 3))
    shift = rng.normal(0.0, 1.5, 2)
    return Head(
        scale=(float(sx), float(sy), float(sz)),
        roll_rad=float(np.deg2rad(rng.normal(0.0, 1.6))),
        shift_mm=(float(shift[0]), float(shift[1])),
        fatness=float(np.exp(rng.normal(0.0, 0.22))),
        warp_x=LatticeNoise.draw(rng, 38.0, 40.0),
        warp_y=LatticeNoise.draw(rng, 38.0, 40.0),
        fine=LatticeNoise.draw(rng, 2.2, 6.0),
        medium=LatticeNoise.draw(rng, 4.5, 8.0),
        coarse=LatticeNoise.draw(rng, 13.0, 16.0),
        folds=LatticeNoise.draw(rng, 4.6, 12.0),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """The head's noise fields on one slice's grid."""

    fine: Floats
    medium: Floats
    coarse: Floats


def paint_head(canvas: SliceCanvas, head: Head, z_mm: float) -> None:
    """Paint all normal anatomy of the slice at a scanner level."""
    level = head.level(z_mm)
    grid = canvas.grid_x, canvas.grid_y
    fields = Fields(*(f.plane(z_mm, *grid) for f in (head.fine, head.medium, head.coarse)))
    _paint_outline(canvas, level, head.fatness, fields)
    for part in (*MUSCLES_AND_TONGUE, *GLANDS_AND_PHARYNX, *SPINE_VESSELS_AND_FACE):
        _paint_part(canvas, part, level, fields)
    _paint_jaws(canvas, level, fields)
    paint_skull_and_brain(canvas, level, head.folds, fields.fine, fields.coarse)
    for part in (*BRAIN, *SKULL_BASE, *ORBIT, *AIRWAY):
        _paint_part(canvas, part, level, fields)


@lru_cache(maxsize=64)
def _outline_at(level: float) -> tuple[Floats, Floats]:
    """Radius and its derivative by angle (1 degree steps over 0 to 180) at an atlas level."""
    from scipy.interpolate import PchipInterpolator

    levels = np.array([z for z, _ in atlas.OUTLINE])
    radii = np.array([r for _, r in atlas.OUTLINE])
    here = PchipInterpolator(levels, radii, axis=0)(np.clip(level, levels[0], levels[-1]))
    angles = np.arange(181.0)
    radius = PchipInterpolator(np.array(atlas.OUTLINE_ANGLES_DEG), here)(angles)
    slope = np.gradient(radius, np.deg2rad(angles))
    return radius.astype(np.float32), slope.astype(np.float32)


def _paint_outline(canvas: SliceCanvas, level: float, fatness: float, fields: Fields) -> None:
    """Paint skin, subcutaneous fat and the fat that fills the deep spaces."""
    x, y = canvas.x, canvas.y - np.float32(atlas.OUTLINE_AXIS_Y_MM)
    angle = np.degrees(np.abs(np.arctan2(x, -y)))
    radius, slope = _outline_at(round(level, 3))
    steps = np.arange(181.0, dtype=np.float32)
    r = np.interp(angle, steps, radius)
    dr = np.interp(angle, steps, slope)
    d = (np.hypot(x, y) - r) * r / np.hypot(r, dr)
    d = (d + 0.35 * fields.coarse).astype(np.float32)
    canvas.depth = -d
    table = np.array(atlas.SUBCUTANEOUS)
    front, side, back = (np.interp(level, table[:, 0], table[:, c]) for c in (1, 2, 3))
    turn = np.cos(np.deg2rad(angle))
    thick = fatness * np.where(turn > 0, side + (front - side) * turn**2, side + (back - side) * turn**2)
    full = slice(0, x.shape[0]), slice(0, x.shape[1])
    septa = np.clip(1.0 - np.abs(fields.medium + 0.6 * fields.coarse) / 0.6, 0.0, 1.0)
    fat = atlas.FAT * (1.0 + 0.03 * fields.medium + 0.02 * fields.fine) * (1.0 - 0.06 * septa)
    deep = atlas.FAT * 0.77 * (1.0 + 0.05 * fields.medium) * (1.0 - 0.13 * septa)
    inside = np.clip((-d - 2.0 - thick) / 1.5 + 0.5, 0.0, 1.0)
    canvas.paint(full, canvas.cover(d, 0.8), atlas.SKIN)
    canvas.paint(full, canvas.cover(d + 1.8, 0.8), fat.astype(np.float32))
    canvas.paint(full, inside.astype(np.float32), deep.astype(np.float32))


def _paint_part(canvas: SliceCanvas, part: Part, level: float, fields: Fields) -> None:
    """Paint a part on its side or on both."""
    section = part.solid.section(level)
    if section is None:
        return
    for one in (section, section.mirrored()) if part.paired else (section,):
        _paint_section(canvas, part, one, fields)


def _paint_section(canvas: SliceCanvas, part: Part, section: Section, fields: Fields) -> None:
    box = canvas.section_box(section)
    if box is None:
        return
    d = canvas.distance(section, box)
    fine, medium, coarse = fields.fine[box], fields.medium[box], fields.coarse[box]
    value = np.asarray(part.signal, dtype=np.float32)
    if part.texture == "muscle":
        d = d + 0.35 * medium
        streak = np.clip(1.0 - np.abs(medium + 0.5 * coarse) / 0.45, 0.0, 1.0) * np.clip(
            coarse - 0.2, 0.0, 1.0
        )
        value = value * (1.0 + 0.035 * fine + 0.04 * medium) + 80.0 * streak
    elif part.texture == "gland":
        d = d + 0.5 * medium
        value = value * (1.0 + 0.11 * medium + 0.05 * fine)
    elif part.texture == "marrow":
        value = value * (1.0 + 0.07 * medium + 0.05 * fine)
    elif part.texture == "mucosa":
        d = d + 0.3 * medium
        value = value * (1.0 + 0.05 * medium + 0.03 * fine)
    elif part.texture == "fat":
        value = value * (1.0 + 0.03 * medium)
    elif part.texture == "air_cells":
        cells = np.clip((np.abs(medium + 0.6 * fine) - 0.25) / 0.3, 0.0, 1.0)
        wall = (1.0 - cells) * (330.0 - 0.3 * part.signal) * 0.75
        value = (0.3 * part.signal + wall).astype(np.float32)
    if part.cortex_mm > 0.0:
        core = np.clip((-d - part.cortex_mm) / 0.9 + 0.5, 0.0, 1.0)
        value = (atlas.CORTEX + core * (value - atlas.CORTEX)).astype(np.float32)
    within = np.clip((canvas.depth[box] - part.skin_mm) / 1.2, 0.0, 1.0)
    canvas.paint(box, canvas.cover(d, part.softness_mm) * within, np.asarray(value, dtype=np.float32))


def _arch(half_width: float, front_y: float, back_y: float, points: int = 17) -> list[tuple[float, float]]:
    """Points of a dental arch from right to left."""
    t = np.linspace(-1.0, 1.0, points)
    x = half_width * np.sign(t) * np.abs(t) ** 0.62
    y = front_y + (back_y - front_y) * np.abs(t) ** 1.75
    return [(float(a), float(b)) for a, b in zip(x, y, strict=True)]


def _paint_jaws(canvas: SliceCanvas, level: float, fields: Fields) -> None:
    """Paint the body of the mandible, the upper alveolus and both rows of teeth."""
    if not -60.0 <= level <= -10.0:
        return
    box = canvas.box(0.0, -45.0, 56.0, 50.0)
    if box is None:
        return
    medium = fields.medium[box]
    if level < -31.0:
        rise = float(np.clip((level + 60.0) / 12.0, 0.0, 1.0))
        back = -20.0 - 34.0 * (1.0 - rise)
        half = 30.0 + 17.0 * rise
        distance = canvas.chain_distance(_arch(half, -83.0, back), box)
        width = float(np.interp(level, (-60.0, -55.0, -38.0, -31.0), (3.0, 5.8, 5.6, 4.5)))
        core = np.clip((width - 1.8 - distance) / 1.0 + 0.5, 0.0, 1.0)
        marrow = atlas.CORTEX + core * (600.0 * (1.0 + 0.08 * medium) - atlas.CORTEX)
        canvas.paint(box, canvas.cover(distance - width), marrow.astype(np.float32))
    if level > -20.0:
        distance = canvas.chain_distance(_arch(30.0, -84.0, -40.0), box)
        core = np.clip((4.6 - distance) / 1.0 + 0.5, 0.0, 1.0)
        marrow = atlas.CORTEX + core * (540.0 * (1.0 + 0.1 * medium) - atlas.CORTEX)
        canvas.paint(box, canvas.cover(distance - 6.0), marrow.astype(np.float32))
    if -40.0 < level < -15.0:
        upper = level > -27.0
        arch = _arch(28.5 if upper else 27.0, -83.0 if upper else -80.0, -40.0, 65)
        gum = canvas.chain_distance(arch, box)
        canvas.paint(
            box, canvas.cover(gum - 6.2), np.asarray(400.0 * (1.0 + 0.06 * medium), dtype=np.float32)
        )
        for x, y in _teeth(arch):
            size = 3.1 if abs(x) < 15.0 else 4.6
            tooth = Section(x, y, size, size * 1.05, 0.0, 2.6)
            spot = canvas.section_box(tooth)
            if spot is not None:
                d = canvas.distance(tooth, spot)
                pulp = np.clip((-d - 0.62 * size) / 0.8, 0.0, 1.0)
                canvas.paint(spot, canvas.cover(d, 0.6), (28.0 + 260.0 * pulp).astype(np.float32))


def _teeth(arch: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Fourteen teeth at equal arc lengths."""
    points = np.array(arch)
    arc = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    places = np.linspace(3.0, arc[-1] - 3.0, 14)
    return [(float(np.interp(p, arc, points[:, 0])), float(np.interp(p, arc, points[:, 1]))) for p in places]

"""One slice of an abdomen being painted: canvas, textures, wall and diaphragm, and the phase's HU."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.phantoms.abdomen.anatomy import Abdomen
from models.phantoms.shapes import Floats, Section, SliceCanvas, section_distance

# Half width, half depth and middle (mm) of the abdominal cavity by level.
_CAVITY = np.array(
    [
        (-150.0, 128.0, 72.0, -4.0),
        (-110.0, 128.0, 76.0, -6.0),
        (-60.0, 131.0, 80.0, -6.0),
        (0.0, 137.0, 86.0, -6.0),
        (60.0, 138.0, 92.0, -6.0),
        (110.0, 132.0, 92.0, -4.0),
        (150.0, 124.0, 88.0, 0.0),
    ]
)
# Thickness (mm) of the muscular wall by angle from the front, in a trained adult.
_WALL_ANGLES_DEG = np.array([0.0, 26.0, 38.0, 60.0, 90.0, 118.0, 134.0, 145.0, 155.0, 166.0, 180.0])
_WALL_MM = np.array([9.0, 10.0, 8.0, 13.0, 15.0, 16.0, 20.0, 27.0, 32.0, 33.0, 29.0])


@dataclass(frozen=True, slots=True, eq=False)
class SliceFrame:
    """What every painter of a slice needs.

    ``depth`` is the distance (mm) into the abdominal cavity, negative in its wall; ``above`` that above the
    diaphragm, positive in the chest; ``angle_deg`` is measured from the front around the cavity's middle.
    """

    abdomen: Abdomen
    canvas: SliceCanvas
    z_mm: float
    hu: dict[str, float]
    fine: Floats
    medium: Floats
    coarse: Floats
    course_a: Floats
    course_b: Floats
    depth: Floats
    wall_mm: Floats
    above: Floats
    angle_deg: Floats
    radius_mm: Floats

    @property
    def side(self) -> Floats:
        """1 on the patient's left, -1 on the right."""
        return np.sign(self.canvas.x)

    def sheet(self, z_mm: float) -> SliceFrame:
        """The same slice at a level a little off its middle, on a copy of what is painted so far."""
        middle = self.canvas
        canvas = SliceCanvas(middle.grid_x, middle.grid_y, middle.x, middle.y)
        canvas.image = middle.image.copy()
        return replace(
            self, canvas=canvas, z_mm=z_mm, above=above_diaphragm(self.abdomen, canvas.x, canvas.y, z_mm)
        )

    def strands(self, width: float) -> Floats:
        """Opacity of fine winding lines: where two smooth fields are both about zero."""
        return np.clip(1.0 - (self.course_a**2 + self.course_b**2) / np.float32(width), 0.0, 1.0)


def slice_frame(abdomen: Abdomen, canvas: SliceCanvas, z_mm: float, hu: dict[str, float]) -> SliceFrame:
    """Set up a slice at the abdomen's level ``z_mm``."""
    grid = canvas.grid_x, canvas.grid_y
    x, y = canvas.x, canvas.y - np.float32(_cavity(abdomen, z_mm).y)
    angle = np.degrees(np.arctan2(np.abs(x), -y)).astype(np.float32)
    table = np.interp(np.arange(181.0), _WALL_ANGLES_DEG, _WALL_MM) * abdomen.habitus.muscle**0.8
    if z_mm > 20.0:
        higher = 0.25 * min((z_mm - 20.0) / 60.0, 1.0)
        table *= 1.0 - higher * np.clip((140.0 - np.arange(181.0)) / 30.0, 0.0, 1.0)
    return SliceFrame(
        abdomen=abdomen,
        canvas=canvas,
        z_mm=z_mm,
        hu=hu,
        fine=abdomen.fine.plane(z_mm, *grid),
        medium=abdomen.medium.plane(z_mm, *grid),
        coarse=abdomen.coarse.plane(z_mm, *grid),
        course_a=abdomen.course_a.plane(z_mm, *grid),
        course_b=abdomen.course_b.plane(z_mm, *grid),
        depth=cavity_depth(abdomen, canvas.x, canvas.y, z_mm),
        wall_mm=np.interp(angle, np.arange(181.0), table).astype(np.float32),
        above=above_diaphragm(abdomen, canvas.x, canvas.y, z_mm),
        angle_deg=angle,
        radius_mm=np.hypot(x, y),
    )


def _cavity(abdomen: Abdomen, z_mm: float) -> Section:
    half_x, half_y, middle = (float(np.interp(z_mm, _CAVITY[:, 0], _CAVITY[:, c])) for c in (1, 2, 3))
    visceral = abdomen.habitus.visceral_fat - 0.5
    half_x, half_y = half_x * (1.0 + 0.07 * visceral), half_y * (1.0 + 0.17 * visceral)
    return Section(0.0, middle - 0.6 * 0.17 * visceral * half_y, half_x, half_y, 0.0, 2.35)


def cavity_depth(abdomen: Abdomen, x: Floats, y: Floats, z_mm: float) -> Floats:
    """Distance (mm) into the abdominal cavity of places at a level, negative in its wall."""
    return -section_distance(_cavity(abdomen, z_mm), x, y)


def above_diaphragm(abdomen: Abdomen, x: Floats, y: Floats, z_mm: float) -> Floats:
    """Height of places above the diaphragm's two domes, divided by their slope: about a distance."""
    dx, dy, dz = abdomen.organ_shift["dome"]
    best = None
    for sign, apex_x, apex_z in ((-1.0, -64.0, 112.0), (1.0, 68.0, 100.0)):
        u = (x - np.float32(apex_x + dx)) * np.float32(sign / 74.0)
        v = (y - np.float32(-4.0 + dy)) * np.float32(1.0 / 82.0)
        fall_x = np.where(u > 0, np.float32(72.0), np.float32(24.0)) * u
        fall_y = np.where(v > 0, np.float32(94.0), np.float32(44.0)) * v
        height = np.float32(z_mm - apex_z - dz) + fall_x * u + fall_y * v
        fall_x *= np.float32(1.0 / 37.0)
        fall_y *= np.float32(1.0 / 41.0)
        one = height / np.sqrt(fall_x * fall_x + fall_y * fall_y + np.float32(1.0))
        best = one if best is None else np.minimum(best, one)
    return np.asarray(best, dtype=np.float32)

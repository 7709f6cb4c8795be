"""Signals, outline and building blocks of the head and neck atlas.

The atlas is drawn from general anatomical knowledge in a frame whose origin is the posterior wall of the
nasopharynx in the midline: x to the left, y to posterior, z to superior, in mm for an average adult.
Signals are those of a T1-weighted spin echo after gadolinium, where subcutaneous fat is about 800.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.phantoms.shapes import Loft

Texture = Literal["plain", "muscle", "gland", "marrow", "mucosa", "fat", "air_cells"]


@dataclass(frozen=True, slots=True)
class Part:
    """One structure: its solid, its signal, its texture, and an optional dark cortex of given thickness.

    ``softness_mm`` widens the edge beyond a pixel; ``skin_mm`` is the depth below the skin where it ends.
    """

    name: str
    solid: Loft
    signal: float
    texture: Texture = "plain"
    paired: bool = False
    cortex_mm: float = 0.0
    softness_mm: float = 1.0
    skin_mm: float = 1.8


AIR, CORTEX, FLOW_VOID = 8.0, 55.0, 45.0
FAT, SKIN, MUSCLE, MUCOSA, MARROW = 800.0, 330.0, 290.0, 560.0, 560.0
VEIN, CSF, GREY, WHITE, DURA = 780.0, 115.0, 330.0, 395.0, 470.0

# Muscles meet with little fat between them: their sections are drawn this much larger than listed.
MUSCLE_BULK_MM = 1.3

# Outline of the head: radius (mm) from the axis x = 0, y = 10 by z (rows) and angle from anterior (columns).
OUTLINE_ANGLES_DEG = (0.0, 8.0, 15.0, 30.0, 45.0, 65.0, 90.0, 120.0, 150.0, 180.0)
OUTLINE_AXIS_Y_MM = 10.0
OUTLINE: tuple[tuple[float, tuple[float, ...]], ...] = (
    (-100.0, (46, 47, 48, 51, 54, 57, 62, 67, 69, 70)),
    (-80.0, (50, 50, 51, 53, 55, 57, 60, 63, 66, 68)),
    (-68.0, (66, 65, 63, 60, 58, 58, 60, 62, 65, 67)),
    (-60.0, (88, 86, 80, 68, 62, 60, 61, 62, 65, 67)),
    (-50.0, (100, 98, 92, 80, 70, 64, 62, 62, 65, 67)),
    (-38.0, (102, 100, 95, 86, 78, 69, 65, 63, 66, 68)),
    (-28.0, (106, 102, 96, 87, 80, 72, 67, 65, 67, 70)),
    (-18.0, (104, 102, 97, 89, 82, 74, 69, 68, 71, 74)),
    (-8.0, (115, 110, 97, 88, 83, 76, 71, 71, 77, 80)),
    (-2.0, (117, 110, 96, 88, 84, 77, 73, 74, 81, 84)),
    (8.0, (112, 101, 97, 93, 88, 80, 75, 78, 86, 90)),
    (16.0, (105, 100, 98, 95, 90, 82, 76, 80, 89, 94)),
    (24.0, (102, 100, 98, 96, 91, 83, 77, 82, 92, 97)),
    (34.0, (100, 99, 98, 95, 90, 81, 77, 83, 93, 98)),
    (46.0, (99, 98, 96, 92, 87, 80, 76, 82, 92, 97)),
    (60.0, (94, 93, 91, 87, 82, 76, 73, 78, 88, 93)),
    (75.0, (84, 83, 82, 79, 74, 68, 66, 70, 79, 84)),
    (90.0, (68, 68, 67, 64, 60, 55, 53, 57, 64, 68)),
    (105.0, (44, 44, 43, 41, 38, 35, 34, 36, 41, 44)),
)
# Thickness (mm) of subcutaneous fat at the front, the side and the back, by z.
SUBCUTANEOUS: tuple[tuple[float, float, float, float], ...] = (
    (-90.0, 4.0, 5.0, 9.0),
    (-60.0, 7.0, 6.0, 9.0),
    (-30.0, 6.0, 7.0, 8.0),
    (-5.0, 5.0, 6.0, 7.0),
    (15.0, 4.0, 5.0, 6.0),
    (40.0, 4.5, 4.5, 5.5),
    (100.0, 5.0, 5.0, 5.5),
)


def loft(*levels: tuple[float, ...], exponent: float = 2.0) -> Loft:
    """A solid from levels (z, x, y, rx, ry) with an optional rotation in degrees."""
    padded = []
    for level in levels:
        z, x, y, rx, ry, *rotation = level
        padded.append((z, x, y, rx, ry, rotation[0] if rotation else 0.0))
    return Loft(tuple(padded), exponent)


def muscle(name: str, *levels: tuple[float, ...]) -> Part:
    """A pair of muscles, drawn with the bulk that makes them meet."""
    grown = [(z, x, y, rx + MUSCLE_BULK_MM, ry + MUSCLE_BULK_MM, *turn) for z, x, y, rx, ry, *turn in levels]
    return Part(name, loft(*grown), MUSCLE, "muscle", paired=True, skin_mm=4.5)

"""The head and neck as an atlas of lofted sections: where each named structure lies, level by level.

Drawn from general anatomical knowledge in a frame whose origin is the posterior wall of the nasopharynx in
the midline: x to the left, y to posterior, z to superior, in mm for an average adult. Paired structures are
given once, for positive x. Signal values are those of a T1-weighted spin echo after gadolinium, in units
where subcutaneous fat is about 800.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.phantoms.shapes import Loft

Texture = Literal["plain", "muscle", "gland", "marrow", "mucosa", "fat", "air_cells"]


@dataclass(frozen=True, slots=True)
class Part:
    """One structure: its solid, its signal, its texture, and an optional dark cortex of given thickness."""

    name: str
    solid: Loft
    signal: float
    texture: Texture = "plain"
    paired: bool = False
    cortex_mm: float = 0.0
    softness_mm: float = 1.0
    skin_mm: float = 1.8


AIR, CORTEX, FLOW_VOID = 8.0, 55.0, 45.0
FAT, SKIN, MUSCLE, MUCOSA, GLAND, MARROW = 800.0, 330.0, 290.0, 560.0, 520.0, 560.0
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


def _loft(*levels: tuple[float, ...], exponent: float = 2.0) -> Loft:
    padded = []
    for level in levels:
        z, x, y, rx, ry, *rotation = level
        padded.append((z, x, y, rx, ry, rotation[0] if rotation else 0.0))
    return Loft(tuple(padded), exponent)


def _muscle(name: str, *levels: tuple[float, ...]) -> Part:
    grown = [(z, x, y, rx + MUSCLE_BULK_MM, ry + MUSCLE_BULK_MM, *turn) for z, x, y, rx, ry, *turn in levels]
    return Part(name, _loft(*grown), MUSCLE, "muscle", paired=True, skin_mm=4.5)


# Back to front in painting order: later parts cover earlier ones.
NECK_AND_FACE: tuple[Part, ...] = (
    # Posterior neck.
    _muscle(
        "trapezius",
        (-100, 34, 62, 34, 7, -22),
        (-80, 27, 65, 30, 6, -17),
        (-50, 20, 69, 24, 4.5, -12),
        (-22, 13, 72, 15, 3, -8),
    ),
    _muscle(
        "splenius capitis",
        (-100, 21, 55, 17, 6, -20),
        (-60, 23, 58, 20, 6, -22),
        (-28, 27, 58, 21, 6, -32),
        (-12, 36, 53, 17, 5, -42),
        (-2, 47, 46, 8, 4, -45),
    ),
    _muscle(
        "semispinalis capitis",
        (-100, 11, 51, 10, 8),
        (-60, 12.5, 54, 11.5, 8),
        (-25, 14, 59, 13, 9),
        (-4, 14, 67, 13, 7),
        (3, 14, 72, 10, 4),
    ),
    _muscle("semispinalis cervicis", (-100, 13, 40, 9, 7), (-60, 14, 43, 10, 6), (-34, 13, 46, 9, 5)),
    _muscle(
        "rectus capitis posterior", (-34, 9, 43, 7, 4, 20), (-20, 12, 45, 10, 6, 25), (-4, 16, 54, 11, 5, 10)
    ),
    _muscle("obliquus capitis", (-30, 22, 36, 10, 5, -20), (-14, 28, 36, 9, 7, -20), (-4, 32, 42, 8, 6)),
    _muscle("longissimus", (-100, 29, 44, 7, 7), (-50, 32, 42, 6, 8), (-10, 42, 40, 4, 7)),
    _muscle("levator scapulae", (-100, 42, 42, 8, 11, 10), (-60, 37, 33, 7, 10, 8), (-26, 29, 27, 6, 7)),
    _muscle("scalenus", (-100, 34, 22, 10, 11, -20), (-70, 30, 20, 7, 9), (-42, 27, 19, 5, 6)),
    _muscle(
        "sternocleidomastoid",
        (-100, 42, -6, 16, 6.5, 35),
        (-75, 47, 5, 16, 6, 52),
        (-45, 52, 19, 16, 5.5, 66),
        (-18, 56, 31, 13, 5.5, 76),
        (-2, 57, 37, 9, 5, 80),
    ),
    _muscle(
        "digastric posterior belly", (-40, 38, 4, 4, 5, 30), (-22, 43, 16, 4, 6, -20), (-6, 50, 30, 3.5, 6)
    ),
    _muscle(
        "longus colli and capitis",
        (-100, 8, 3, 7, 4.5, 15),
        (-60, 9, 3.5, 7, 4.5, 15),
        (-20, 8.5, 4.5, 7.5, 4.8, 12),
        (-4, 8, 6, 7, 5, 10),
        (5, 7, 6, 6, 3.5),
    ),
    # Masticator space.
    _muscle(
        "medial pterygoid",
        (-46, 43, -14, 4, 8, -14),
        (-30, 39, -18, 5.5, 13, -16),
        (-14, 32, -22, 6, 13, -32),
        (-4, 25, -26, 4.5, 8, -30),
    ),
    _muscle(
        "lateral pterygoid",
        (-10, 33, -19, 12, 5, 45),
        (-2, 33, -20, 17, 7, 44),
        (6, 34, -22, 17, 7, 42),
        (12, 36, -24, 12, 5, 40),
    ),
    _muscle(
        "masseter",
        (-50, 48, -24, 4, 9, -14),
        (-36, 55, -23, 7, 15, -12),
        (-18, 58, -26, 8, 17, -10),
        (-2, 59, -34, 6.5, 14, -10),
        (6, 60, -40, 4, 9),
    ),
    _muscle(
        "temporalis",
        (-8, 45, -42, 3.5, 7),
        (4, 50, -42, 5.5, 12, -12),
        (14, 58, -36, 7, 19, -14),
        (26, 65, -26, 6, 25, -12),
        (40, 69, -16, 4, 28, -8),
        (56, 69, -6, 2, 26, -4),
    ),
    _muscle("buccinator", (-34, 38, -52, 2.2, 16, -25), (-12, 40, -54, 2.2, 16, -25)),
    _muscle("zygomaticus", (-26, 42, -63, 2, 7, -40), (0, 52, -60, 2, 6, -40)),
    # Floor of the mouth, tongue, larynx.
    _muscle(
        "mylohyoid and digastric",
        (-66, 10, -30, 9, 20),
        (-56, 16, -42, 15, 24, 12),
        (-48, 22, -45, 5, 26, 18),
    ),
    Part(
        "tongue",
        _loft(
            (-56, 0, -44, 17, 24),
            (-44, 0, -46, 21, 29),
            (-30, 0, -45, 24, 31),
            (-20, 0, -44, 22, 28),
            (-15, 0, -46, 15, 20),
            exponent=2.3,
        ),
        345.0,
        "muscle",
    ),
    Part(
        "sublingual gland",
        _loft((-50, 16, -58, 4, 10, -18), (-40, 19, -54, 4, 11, -18)),
        480.0,
        "gland",
        paired=True,
    ),
    Part(
        "infrahyoid strap muscles",
        _loft((-100, 11, -30, 14, 3.5, -18), (-66, 10, -36, 12, 3.5, -14)),
        MUSCLE,
        "muscle",
        paired=True,
    ),
    # Glands.
    Part(
        "parotid",
        _loft(
            (-46, 55, 0, 5, 8),
            (-34, 57, 1, 9, 14, -8),
            (-16, 59, 3, 10.5, 17, -8),
            (0, 62, 2, 8, 15),
            (9, 64, 0, 5, 9),
        ),
        455.0,
        "gland",
        paired=True,
    ),
    Part(
        "submandibular gland",
        _loft(
            (-68, 32, -20, 5, 8, 15),
            (-58, 36, -20, 9, 13, 20),
            (-46, 38, -17, 7, 10, 15),
            (-41, 38, -15, 4, 6),
        ),
        455.0,
        "gland",
        paired=True,
    ),
    # Pharynx: wall, mucosa, soft palate, tonsils, torus.
    Part(
        "pharyngeal wall",
        _loft(
            (-100, 0, -16, 15, 14),
            (-74, 0, -14, 17, 14),
            (-55, 0, -9, 19, 10),
            (-30, 0, -9, 19, 10.5),
            (-10, 0, -11, 20, 11),
            (4, 0, -13, 20, 12.5),
            (12, 0, -14, 17, 9),
        ),
        310.0,
        "muscle",
    ),
    Part(
        "pharyngeal mucosa",
        _loft(
            (-60, 0, -9, 15.5, 7.5),
            (-30, 0, -9.5, 15, 7.8),
            (-10, 0, -11.5, 16.5, 8.8),
            (4, 0, -13.5, 17.5, 10.8),
            (12, 0, -15.5, 14, 7),
        ),
        MUCOSA,
        "mucosa",
    ),
    Part(
        "palatine tonsil",
        _loft((-42, 14.5, -13, 4, 7), (-30, 16, -14, 5, 9), (-20, 15, -15, 3.5, 6)),
        500.0,
        "mucosa",
        paired=True,
    ),
    Part(
        "soft palate",
        _loft((-29, 0, -20, 6, 5), (-24, 0, -23, 12, 6), (-16, 0, -28, 15, 7), (-13, 0, -30, 15, 6)),
        400.0,
        "mucosa",
    ),
    Part(
        "torus tubarius",
        _loft((-9, 13.5, -15, 3, 4.5), (-1, 14.5, -14, 3.8, 5.5), (6, 13, -15, 3, 4)),
        520.0,
        "mucosa",
        paired=True,
    ),
    # Spine.
    Part(
        "cervical body",
        _loft(
            (-100, 0, 17, 11.5, 8),
            (-92, 0, 17, 11.5, 8),
            (-62, 0, 17.5, 11, 7.5),
            (-43, 0, 17.5, 10.5, 7.5),
            (-30, 0, 18, 9.5, 7),
            exponent=2.6,
        ),
        MARROW,
        "marrow",
        cortex_mm=1.5,
    ),
    Part(
        "dens",
        _loft((-31, 0, 19, 6.5, 6), (-20, 0, 20, 5.3, 5.5), (-8, 0, 19, 4.5, 4.5)),
        MARROW,
        "marrow",
        cortex_mm=1.3,
    ),
    Part("atlas arch", _loft((-17, 0, 10.5, 9, 3), (-10, 0, 10.5, 9, 3)), MARROW, "marrow", cortex_mm=1.2),
    Part(
        "atlas lateral mass",
        _loft((-21, 19, 20, 7.5, 7.5), (-13, 20, 20, 8.5, 9, -20), (-7, 19, 20, 7.5, 8, -20)),
        MARROW,
        "marrow",
        paired=True,
        cortex_mm=1.3,
    ),
    Part(
        "articular pillar",
        _loft((-100, 20, 26, 6.5, 7), (-40, 20, 26, 6.5, 7), (-24, 19, 24, 6.5, 7)),
        520.0,
        "marrow",
        paired=True,
        cortex_mm=1.4,
    ),
    Part(
        "lamina",
        _loft((-100, 11, 41, 11, 3, 38), (-26, 11, 41, 11, 3.2, 38)),
        500.0,
        "marrow",
        paired=True,
        cortex_mm=1.3,
    ),
    Part(
        "spinous process",
        _loft((-100, 0, 52, 3, 8), (-40, 0, 52, 3.4, 8), (-28, 0, 51, 4, 7)),
        520.0,
        "marrow",
        cortex_mm=1.3,
    ),
    Part(
        "atlas posterior arch",
        _loft((-19, 15, 38, 15, 2.6, 40), (-13, 15, 38, 15, 2.8, 40)),
        500.0,
        "marrow",
        paired=True,
        cortex_mm=1.2,
    ),
    Part(
        "spinal canal",
        _loft((-100, 0, 33, 10.5, 7), (-30, 0, 33.5, 11, 7.5), (-6, 0, 34, 13.5, 10.5)),
        CSF,
        "plain",
    ),
    Part(
        "spinal cord",
        _loft((-100, 0, 33, 6.5, 3.8), (-30, 0, 33, 6.3, 4.2), (-6, 0, 32, 6.8, 5.4)),
        350.0,
        "plain",
    ),
    # Vessels of the neck.
    Part(
        "internal jugular vein",
        _loft(
            (-100, 37, 2, 7, 6),
            (-60, 34, 8, 6.5, 5),
            (-20, 32, 14, 5, 4.5),
            (2, 28, 20, 4.5, 4.5),
            (6, 28, 23, 4, 4),
        ),
        VEIN,
        paired=True,
    ),
    Part(
        "carotid artery",
        _loft(
            (-100, 29, 0, 4, 4),
            (-58, 28, 3, 3.8, 3.8),
            (-20, 26, 7, 2.7, 2.7),
            (6, 24, 10, 2.7, 2.7),
            (10, 22, 8, 2.7, 2.7),
        ),
        FLOW_VOID,
        paired=True,
    ),
    Part(
        "external carotid artery",
        _loft((-60, 31, -3, 2.6, 2.6), (-40, 34, -5, 2, 2), (-14, 47, -2, 1.6, 1.6)),
        FLOW_VOID,
        paired=True,
    ),
    Part("retromandibular vein", _loft((-44, 50, -2, 2, 2), (0, 54, -2, 2, 2)), VEIN, paired=True),
    Part(
        "vertebral artery",
        _loft((-100, 18, 20, 2, 2), (-26, 19, 21, 2, 2), (-14, 26, 24, 2, 2)),
        FLOW_VOID,
        paired=True,
    ),
    Part("small node", _loft((-34, 44, 6, 2.8, 3.6, 20), (-26, 44, 7, 2.8, 3.6, 20)), 430.0, paired=True),
    Part("small node", _loft((-58, 43, 12, 2.4, 3.2, 20), (-50, 43, 13, 2.4, 3.2, 20)), 430.0, paired=True),
    # Mandible above its body.
    Part(
        "mandibular ramus",
        _loft(
            (-48, 47, -17, 4, 11, -12),
            (-30, 48, -20, 3.6, 15, -12),
            (-10, 49, -20, 3.2, 16, -12),
            (-3, 50, -18, 3, 13, -12),
        ),
        600.0,
        "marrow",
        paired=True,
        cortex_mm=1.6,
    ),
    Part(
        "coronoid process",
        _loft((-4, 49, -33, 2.6, 5, -10), (10, 51, -37, 2, 3, -10)),
        560.0,
        "marrow",
        paired=True,
        cortex_mm=1.4,
    ),
    Part(
        "mandibular condyle",
        _loft((-4, 51, -5, 4, 4.5), (3, 50, -3, 8, 4.5, 18), (9, 50, -2, 9, 4.5, 18)),
        540.0,
        "marrow",
        paired=True,
        cortex_mm=1.5,
    ),
    # Maxilla, palate, zygoma, pterygoid plates.
    Part("hard palate", _loft((-17, 0, -58, 17, 21), (-11, 0, -58, 20, 24)), 430.0, "mucosa"),
    Part(
        "alveolar process",
        _loft((-13, 0, -57, 29, 27), (-9, 0, -57, 28, 25), exponent=2.4),
        520.0,
        "marrow",
        cortex_mm=1.4,
    ),
    Part(
        "zygoma",
        _loft((-4, 49, -58, 7, 5, -52), (6, 53, -58, 12, 5, -52), (16, 51, -60, 7, 4, -52)),
        600.0,
        "marrow",
        paired=True,
        cortex_mm=1.5,
    ),
    Part(
        "zygomatic arch",
        _loft((3, 65, -30, 3, 20, -14), (10, 66, -28, 3, 21, -12)),
        560.0,
        "marrow",
        paired=True,
        cortex_mm=1.3,
    ),
    Part(
        "medial pterygoid plate",
        _loft((-12, 13.5, -29, 1.3, 5, 6), (8, 13, -28, 1.5, 6, 6)),
        CORTEX,
        paired=True,
    ),
    Part(
        "lateral pterygoid plate",
        _loft((-10, 21, -27, 1.3, 8, -28), (8, 20, -28, 1.6, 8, -22)),
        CORTEX,
        paired=True,
    ),
    Part(
        "pinna",
        _loft(
            (-16, 71, 24, 3, 4),
            (-8, 74.5, 27, 3.2, 9, 14),
            (6, 77.5, 29, 3.4, 13, 16),
            (20, 79, 31, 3, 13, 14),
            (29, 78, 30, 2, 6),
        ),
        300.0,
        "mucosa",
        paired=True,
        skin_mm=-30.0,
    ),
)

SKULL_BASE: tuple[Part, ...] = (
    Part(
        "occipital condyle",
        _loft((-9, 15, 20, 6, 9, 22), (0, 17, 22, 7, 10, 22), (5, 19, 22, 7, 9, 22)),
        MARROW,
        "marrow",
        paired=True,
        cortex_mm=1.4,
    ),
    Part(
        "greater wing",
        _loft(
            (3, 29, -14, 14, 6, 40),
            (12, 34, -22, 14, 5, 50),
            (24, 38, -34, 12, 3.5, 45),
            (32, 42, -36, 10, 3, 42),
        ),
        520.0,
        "marrow",
        paired=True,
        cortex_mm=1.5,
    ),
    Part(
        "petrous bone",
        _loft(
            (1, 30, 18, 15, 8, 40),
            (8, 34, 19, 24, 8.5, 40),
            (14, 35, 20, 25, 7, 40),
            (20, 38, 22, 18, 4.5, 40),
        ),
        130.0,
        "air_cells",
        paired=True,
    ),
    Part(
        "petrous apex marrow",
        _loft((5, 17, 7, 6.5, 4.5, 42), (14, 18, 7, 7, 4.5, 42)),
        520.0,
        "marrow",
        paired=True,
    ),
    Part(
        "mastoid cells",
        _loft(
            (-16, 56, 29, 5, 7),
            (-6, 57, 29, 8, 12, -15),
            (6, 57, 30, 11, 15, -20),
            (18, 59, 33, 8, 12, -20),
            (25, 60, 34, 4, 7),
        ),
        90.0,
        "air_cells",
        paired=True,
    ),
    Part(
        "external auditory canal", _loft((1, 63, 10, 12, 2.6, -8), (7, 63, 10, 12, 2.6, -8)), AIR, paired=True
    ),
    Part(
        "clivus",
        _loft(
            (-8, 0, 20, 7, 4),
            (-2, 0, 17, 10, 5.5),
            (6, 0, 11, 13, 7),
            (14, 0, 6.5, 13, 7.5),
            (22, 0, 7, 10, 4),
            (27, 0, 9, 8, 2.5),
        ),
        590.0,
        "marrow",
        cortex_mm=1.3,
    ),
    Part(
        "sphenoid body",
        _loft((8, 0, -14, 17, 13), (16, 0, -14, 18, 16), (28, 0, -15, 15, 14), exponent=2.6),
        480.0,
        "marrow",
        cortex_mm=1.2,
    ),
    Part(
        "sphenoid sinus mucosa",
        _loft((12, 0, -15, 13.5, 9.5), (18, 0, -15, 15, 12.5), (26, 0, -17, 12.5, 10), exponent=2.6),
        MUCOSA,
    ),
    Part(
        "sphenoid sinus",
        _loft((12, 0, -15, 12.3, 8.3), (18, 0, -15, 13.7, 11.3), (26, 0, -17, 11.3, 8.8), exponent=2.6),
        AIR,
    ),
    Part("sphenoid septum", _loft((12, 2, -15, 0.7, 9), (26, 1, -16, 0.7, 10)), 330.0),
    Part(
        "cavernous sinus",
        _loft((16, 13.5, 0, 4.5, 8, -6), (22, 13.5, -1, 5.5, 10, -6), (28, 13, -2, 4, 8)),
        600.0,
        paired=True,
    ),
    Part("pituitary", _loft((20, 0, -1, 6.5, 4.5), (26, 0, -1, 7, 5)), 620.0),
    Part(
        "carotid siphon",
        _loft((10, 20, 6, 2.6, 2.6), (14, 16, 1, 3, 4), (22, 14, -3, 2.4, 4.5), (30, 11, -5, 2.4, 2.6)),
        FLOW_VOID,
        paired=True,
    ),
)

NASAL: tuple[Part, ...] = (
    Part(
        "nasal wall",
        _loft(
            (-12, 0, -58, 15, 30),
            (0, 0, -58, 17, 34),
            (12, 0, -56, 15, 30),
            (24, 0, -58, 11, 26),
            exponent=3.0,
        ),
        430.0,
        "mucosa",
    ),
    Part(
        "maxillary sinus wall",
        _loft(
            (-13, 31, -54, 10, 11),
            (-6, 31, -54, 15, 17),
            (3, 31, -54, 17, 18.5),
            (11, 29, -53, 16, 16),
            (16, 27, -52, 11, 11),
            exponent=2.5,
        ),
        CORTEX,
        paired=True,
    ),
    Part(
        "maxillary sinus mucosa",
        _loft(
            (-12, 31, -54, 8, 9),
            (-6, 31, -54, 13.6, 15.6),
            (3, 31, -54, 15.6, 17),
            (11, 29, -53, 14.6, 14.6),
            (15, 27, -52, 9, 9),
            exponent=2.5,
        ),
        MUCOSA,
        paired=True,
    ),
    Part(
        "maxillary sinus",
        _loft(
            (-11.5, 31, -54, 6.5, 7.5),
            (-6, 31, -54, 12.4, 14.4),
            (3, 31, -54, 14.4, 15.8),
            (11, 29, -53, 13.4, 13.4),
            (14.5, 27, -52, 8, 8),
            exponent=2.5,
        ),
        AIR,
        paired=True,
    ),
    Part(
        "nasal cavity",
        _loft(
            (-11, 7.5, -60, 6, 31),
            (-3, 8.5, -60, 7.5, 36),
            (6, 8, -58, 6.8, 32),
            (14, 5.5, -56, 4, 27),
            (20, 4, -56, 2.5, 24),
            exponent=2.6,
        ),
        AIR,
        paired=True,
    ),
    Part(
        "inferior turbinate",
        _loft((-10, 9.5, -58, 3.2, 20), (-4, 9.5, -58, 4.4, 23), (2, 10.5, -57, 3.4, 19)),
        640.0,
        "mucosa",
        paired=True,
    ),
    Part(
        "middle turbinate",
        _loft((1, 7.8, -52, 2.4, 15), (7, 8, -51, 3, 17), (14, 6.5, -52, 2, 14)),
        620.0,
        "mucosa",
        paired=True,
    ),
    Part("nasal septum", _loft((-12, 0, -60, 1.5, 33), (20, 0, -58, 1.3, 30)), 430.0),
    Part(
        "nasopharyngeal airway",
        _loft(
            (-18, 0, -14, 10, 4.5),
            (-10, 0, -14, 12, 6.5),
            (-2, 0, -18, 12.5, 10),
            (5, 0, -20, 12.5, 9.5),
            (10, 0, -21, 10, 5),
        ),
        AIR,
    ),
    Part("choana", _loft((-9, 6.5, -29, 5.5, 8), (8, 6.5, -29, 5.5, 8)), AIR, paired=True),
    Part(
        "fossa of Rosenmueller",
        _loft((-8, 14.5, -8, 4.5, 1.3, -24), (0, 15.5, -7, 6, 1.7, -24), (6, 14, -9, 4.5, 1.3, -24)),
        40.0,
        paired=True,
    ),
    Part(
        "ethmoid labyrinth",
        _loft(
            (12, 8, -56, 6, 19), (22, 8.5, -58, 8, 22), (33, 8, -58, 7, 22), (37, 6, -58, 5, 18), exponent=3.0
        ),
        60.0,
        "air_cells",
        paired=True,
    ),
    Part("perpendicular plate", _loft((18, 0, -58, 1.2, 27), (38, 0, -60, 1.2, 22)), 300.0),
    Part(
        "frontal sinus",
        _loft((36, 9, -75, 8, 4.5, -12), (44, 9, -75, 10, 4.5, -12), (52, 7, -75, 6, 3.5, -12)),
        AIR,
        paired=True,
    ),
    Part(
        "oropharyngeal airway",
        _loft((-62, 0, -11, 12, 6), (-45, 0, -10.5, 11, 5.5), (-30, 0, -10.5, 10, 5), (-18, 0, -12, 10, 4.5)),
        AIR,
    ),
    Part("larynx airway", _loft((-100, 0, -18, 7, 10), (-78, 0, -17, 8, 9), (-62, 0, -13, 12, 7)), AIR),
    Part("epiglottis", _loft((-76, 0, -22, 8, 1.5), (-58, 0, -15, 9, 1.4)), 420.0, "mucosa"),
)

ORBIT: tuple[Part, ...] = (
    Part(
        "orbital wall",
        _loft(
            (9, 32, -58, 13, 14),
            (14, 31, -57, 17.5, 21, 24),
            (24, 31, -55, 19, 26, 26),
            (33, 31, -57, 17.5, 21, 24),
            (39, 31, -60, 12, 13),
        ),
        CORTEX,
        paired=True,
    ),
    Part(
        "orbital fat",
        _loft(
            (10, 32, -58, 11.5, 12.5),
            (14, 31, -58, 16, 19.5, 24),
            (24, 31, -56, 17.5, 24.5, 26),
            (33, 31, -58, 16, 19.5, 24),
            (38, 31, -60, 10.5, 11.5),
        ),
        800.0,
        "fat",
        paired=True,
    ),
    Part(
        "inferior rectus",
        _loft((12, 28, -56, 4, 11, 20), (16, 28, -56, 4, 11, 20)),
        MUSCLE,
        "muscle",
        paired=True,
    ),
    Part(
        "superior muscles",
        _loft((31.5, 27, -56, 4.5, 14, 22), (36, 28, -58, 5, 14, 22)),
        MUSCLE,
        "muscle",
        paired=True,
    ),
    Part(
        "medial rectus",
        _loft((19, 18, -55, 1.8, 12, 8), (24, 18, -54, 2.3, 14, 10), (29, 18, -55, 1.8, 12, 8)),
        340.0,
        "muscle",
        paired=True,
    ),
    Part(
        "lateral rectus",
        _loft((19, 41, -54, 1.7, 11, 34), (24, 40, -53, 2.1, 15, 36), (29, 41, -54, 1.7, 11, 34)),
        340.0,
        "muscle",
        paired=True,
    ),
    Part(
        "optic nerve",
        _loft((21, 25, -45, 2.2, 15, 24), (24, 25, -45, 2.4, 17, 24), (27, 25, -45, 2, 15, 24)),
        330.0,
        paired=True,
    ),
    Part(
        "lacrimal gland",
        _loft((28, 44, -66, 3, 6, 28), (34, 43, -66, 3.5, 6, 28)),
        500.0,
        "gland",
        paired=True,
    ),
    Part(
        "sclera",
        _loft(
            (11.5, 32, -67, 5, 5),
            (14, 32, -67, 8.6, 8.6),
            (18, 32, -67, 11.4, 11.4),
            (23, 32, -67, 12.6, 12.6),
            (28, 32, -67, 11.4, 11.4),
            (32, 32, -67, 8.6, 8.6),
            (34.5, 32, -67, 5, 5),
        ),
        420.0,
        paired=True,
    ),
    Part(
        "vitreous",
        _loft(
            (12.5, 32, -67, 4, 4),
            (14, 32, -67, 7.2, 7.2),
            (18, 32, -67, 10.2, 10.2),
            (23, 32, -67, 11.4, 11.4),
            (28, 32, -67, 10.2, 10.2),
            (32, 32, -67, 7.2, 7.2),
            (33.5, 32, -67, 4, 4),
        ),
        130.0,
        paired=True,
    ),
    Part(
        "lens",
        _loft((19, 32, -75.3, 3.5, 1.6), (23, 32, -75.3, 4.6, 2.1), (27, 32, -75.3, 3.5, 1.6)),
        270.0,
        paired=True,
    ),
)

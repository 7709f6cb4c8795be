"""Muscles, glands and pharynx of the atlas, in painting order.

Paired structures are given once, for positive x; later parts cover earlier ones.
"""

from __future__ import annotations

from models.phantoms.npc_anatomy import MUCOSA, MUSCLE, Part, loft, muscle

MUSCLES_AND_TONGUE: tuple[Part, ...] = (
    # Posterior neck.
    muscle(
        "trapezius",
        (-100, 34, 62, 34, 7, -22),
        (-80, 27, 65, 30, 6, -17),
        (-50, 20, 69, 24, 4.5, -12),
        (-22, 13, 72, 15, 3, -8),
    ),
    muscle(
        "splenius capitis",
        (-100, 21, 55, 17, 6, -20),
        (-60, 23, 58, 20, 6, -22),
        (-28, 27, 58, 21, 6, -32),
        (-12, 36, 53, 17, 5, -42),
        (-2, 47, 46, 8, 4, -45),
    ),
    muscle(
        "semispinalis capitis",
        (-100, 11, 51, 10, 8),
        (-60, 12.5, 54, 11.5, 8),
        (-25, 14, 59, 13, 9),
        (-4, 14, 67, 13, 7),
        (3, 14, 72, 10, 4),
    ),
    muscle("semispinalis cervicis", (-100, 13, 40, 9, 7), (-60, 14, 43, 10, 6), (-34, 13, 46, 9, 5)),
    muscle(
        "rectus capitis posterior", (-34, 9, 43, 7, 4, 20), (-20, 12, 45, 10, 6, 25), (-4, 16, 54, 11, 5, 10)
    ),
    muscle("obliquus capitis", (-30, 22, 36, 10, 5, -20), (-14, 28, 36, 9, 7, -20), (-4, 32, 42, 8, 6)),
    muscle("longissimus", (-100, 29, 44, 7, 7), (-50, 32, 42, 6, 8), (-10, 42, 40, 4, 7)),
    muscle("levator scapulae", (-100, 42, 42, 8, 11, 10), (-60, 37, 33, 7, 10, 8), (-26, 29, 27, 6, 7)),
    muscle("scalenus", (-100, 34, 22, 10, 11, -20), (-70, 30, 20, 7, 9), (-42, 27, 19, 5, 6)),
    muscle(
        "sternocleidomastoid",
        (-100, 42, -6, 16, 6.5, 35),
        (-75, 47, 5, 16, 6, 52),
        (-45, 52, 19, 16, 5.5, 66),
        (-18, 56, 31, 13, 5.5, 76),
        (-2, 57, 37, 9, 5, 80),
    ),
    muscle(
        "digastric posterior belly", (-40, 38, 4, 4, 5, 30), (-22, 43, 16, 4, 6, -20), (-6, 50, 30, 3.5, 6)
    ),
    muscle(
        "longus colli and capitis",
        (-100, 8, 3, 7, 4.5, 15),
        (-60, 9, 3.5, 7, 4.5, 15),
        (-20, 8.5, 4.5, 7.5, 4.8, 12),
        (-4, 8, 6, 7, 5, 10),
        (5, 7, 6, 6, 3.5),
    ),
    # Masticator space.
    muscle(
        "medial pterygoid",
        (-46, 43, -14, 4, 8, -14),
        (-30, 39, -18, 5.5, 13, -16),
        (-14, 32, -22, 6, 13, -32),
        (-4, 25, -26, 4.5, 8, -30),
    ),
    muscle(
        "lateral pterygoid",
        (-10, 33, -19, 12, 5, 45),
        (-2, 33, -20, 17, 7, 44),
        (6, 34, -22, 17, 7, 42),
        (12, 36, -24, 12, 5, 40),
    ),
    muscle(
        "masseter",
        (-50, 48, -24, 4, 9, -14),
        (-36, 55, -23, 7, 15, -12),
        (-18, 58, -26, 8, 17, -10),
        (-2, 59, -34, 6.5, 14, -10),
        (6, 60, -40, 4, 9),
    ),
    muscle(
        "temporalis",
        (-8, 45, -42, 3.5, 7),
        (4, 50, -42, 5.5, 12, -12),
        (14, 58, -36, 7, 19, -14),
        (26, 65, -26, 6, 25, -12),
        (40, 69, -16, 4, 28, -8),
        (56, 69, -6, 2, 26, -4),
    ),
    muscle("buccinator", (-34, 38, -52, 2.2, 16, -25), (-12, 40, -54, 2.2, 16, -25)),
    muscle("zygomaticus", (-26, 42, -63, 2, 7, -40), (0, 52, -60, 2, 6, -40)),
    # Floor of the mouth, tongue, larynx.
    muscle(
        "mylohyoid and digastric",
        (-66, 10, -30, 9, 20),
        (-56, 16, -42, 15, 24, 12),
        (-48, 22, -45, 5, 26, 18),
    ),
    Part(
        "tongue",
        loft(
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
        loft((-50, 16, -58, 4, 10, -18), (-40, 19, -54, 4, 11, -18)),
        480.0,
        "gland",
        paired=True,
    ),
    Part(
        "infrahyoid strap muscles",
        loft((-100, 11, -30, 14, 3.5, -18), (-66, 10, -36, 12, 3.5, -14)),
        MUSCLE,
        "muscle",
        paired=True,
    ),
)

GLANDS_AND_PHARYNX: tuple[Part, ...] = (
    # Glands.
    Part(
        "parotid",
        loft(
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
        loft(
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
        loft(
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
        loft(
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
        loft((-42, 14.5, -13, 4, 7), (-30, 16, -14, 5, 9), (-20, 15, -15, 3.5, 6)),
        500.0,
        "mucosa",
        paired=True,
    ),
    Part(
        "soft palate",
        loft((-29, 0, -20, 6, 5), (-24, 0, -23, 12, 6), (-16, 0, -28, 15, 7), (-13, 0, -30, 15, 6)),
        400.0,
        "mucosa",
    ),
    Part(
        "torus tubarius",
        loft((-9, 13.5, -15, 3, 4.5), (-1, 14.5, -14, 3.8, 5.5), (6, 13, -15, 3, 4)),
        520.0,
        "mucosa",
        paired=True,
    ),
)

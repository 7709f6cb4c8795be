"""Skull base and orbits of the atlas, in painting order."""

from __future__ import annotations

from models.phantoms.npc_anatomy import AIR, CORTEX, FLOW_VOID, MARROW, MUCOSA, MUSCLE, Part, loft

SKULL_BASE: tuple[Part, ...] = (
    Part(
        "occipital condyle",
        loft((-9, 15, 20, 6, 9, 22), (0, 17, 22, 7, 10, 22), (5, 19, 22, 7, 9, 22)),
        MARROW,
        "marrow",
        paired=True,
        cortex_mm=1.4,
    ),
    Part(
        "greater wing",
        loft(
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
        loft(
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
        loft((5, 17, 7, 6.5, 4.5, 42), (14, 18, 7, 7, 4.5, 42)),
        520.0,
        "marrow",
        paired=True,
    ),
    Part(
        "mastoid cells",
        loft(
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
        "external auditory canal", loft((1, 63, 10, 12, 2.6, -8), (7, 63, 10, 12, 2.6, -8)), AIR, paired=True
    ),
    Part(
        "clivus",
        loft(
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
        loft((8, 0, -14, 17, 13), (16, 0, -14, 18, 16), (28, 0, -15, 15, 14), exponent=2.6),
        480.0,
        "marrow",
        cortex_mm=1.2,
    ),
    Part(
        "sphenoid sinus mucosa",
        loft((12, 0, -15, 13.5, 9.5), (18, 0, -15, 15, 12.5), (26, 0, -17, 12.5, 10), exponent=2.6),
        MUCOSA,
    ),
    Part(
        "sphenoid sinus",
        loft((12, 0, -15, 12.3, 8.3), (18, 0, -15, 13.7, 11.3), (26, 0, -17, 11.3, 8.8), exponent=2.6),
        AIR,
    ),
    Part("sphenoid septum", loft((12, 2, -15, 0.7, 9), (26, 1, -16, 0.7, 10)), 330.0),
    Part(
        "cavernous sinus",
        loft((16, 13.5, 0, 4.5, 8, -6), (22, 13.5, -1, 5.5, 10, -6), (28, 13, -2, 4, 8)),
        600.0,
        paired=True,
    ),
    Part("pituitary", loft((20, 0, -1, 6.5, 4.5), (26, 0, -1, 7, 5)), 620.0),
    Part(
        "carotid siphon",
        loft((10, 20, 6, 2.6, 2.6), (14, 16, 1, 3, 4), (22, 14, -3, 2.4, 4.5), (30, 11, -5, 2.4, 2.6)),
        FLOW_VOID,
        paired=True,
    ),
)

ORBIT: tuple[Part, ...] = (
    Part(
        "orbital wall",
        loft(
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
        loft(
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
        loft((12, 28, -56, 4, 11, 20), (16, 28, -56, 4, 11, 20)),
        MUSCLE,
        "muscle",
        paired=True,
    ),
    Part(
        "superior muscles",
        loft((31.5, 27, -56, 4.5, 14, 22), (36, 28, -58, 5, 14, 22)),
        MUSCLE,
        "muscle",
        paired=True,
    ),
    Part(
        "medial rectus",
        loft((19, 18, -55, 1.8, 12, 8), (24, 18, -54, 2.3, 14, 10), (29, 18, -55, 1.8, 12, 8)),
        340.0,
        "muscle",
        paired=True,
    ),
    Part(
        "lateral rectus",
        loft((19, 41, -54, 1.7, 11, 34), (24, 40, -53, 2.1, 15, 36), (29, 41, -54, 1.7, 11, 34)),
        340.0,
        "muscle",
        paired=True,
    ),
    Part(
        "optic nerve",
        loft((21, 25, -45, 2.2, 15, 24), (24, 25, -45, 2.4, 17, 24), (27, 25, -45, 2, 15, 24)),
        330.0,
        paired=True,
    ),
    Part(
        "lacrimal gland",
        loft((28, 44, -66, 3, 6, 28), (34, 43, -66, 3.5, 6, 28)),
        500.0,
        "gland",
        paired=True,
    ),
    Part(
        "sclera",
        loft(
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
        loft(
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
        loft((19, 32, -75.3, 3.5, 1.6), (23, 32, -75.3, 4.6, 2.1), (27, 32, -75.3, 3.5, 1.6)),
        270.0,
        paired=True,
    ),
)

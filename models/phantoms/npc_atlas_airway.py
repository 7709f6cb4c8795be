"""Nose, sinuses and airway of the atlas, in painting order."""

from __future__ import annotations

from models.phantoms.npc_anatomy import AIR, CORTEX, MUCOSA, Part, loft

AIRWAY: tuple[Part, ...] = (
    Part(
        "nasal wall",
        loft(
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
        loft(
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
        loft(
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
        loft(
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
        loft(
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
        loft((-10, 9.5, -58, 3.2, 20), (-4, 9.5, -58, 4.4, 23), (2, 10.5, -57, 3.4, 19)),
        640.0,
        "mucosa",
        paired=True,
    ),
    Part(
        "middle turbinate",
        loft((1, 7.8, -52, 2.4, 15), (7, 8, -51, 3, 17), (14, 6.5, -52, 2, 14)),
        620.0,
        "mucosa",
        paired=True,
    ),
    Part("nasal septum", loft((-12, 0, -60, 1.5, 33), (20, 0, -58, 1.3, 30)), 430.0),
    Part(
        "nasopharyngeal airway",
        loft(
            (-18, 0, -14, 10, 4.5),
            (-10, 0, -14, 12, 6.5),
            (-2, 0, -18, 12.5, 10),
            (5, 0, -20, 12.5, 9.5),
            (10, 0, -21, 10, 5),
        ),
        AIR,
    ),
    Part("choana", loft((-9, 6.5, -29, 5.5, 8), (8, 6.5, -29, 5.5, 8)), AIR, paired=True),
    Part(
        "fossa of Rosenmueller",
        loft((-8, 14.5, -8, 4.5, 1.3, -24), (0, 15.5, -7, 6, 1.7, -24), (6, 14, -9, 4.5, 1.3, -24)),
        40.0,
        paired=True,
    ),
    Part(
        "ethmoid labyrinth",
        loft(
            (12, 8, -56, 6, 19), (22, 8.5, -58, 8, 22), (33, 8, -58, 7, 22), (37, 6, -58, 5, 18), exponent=3.0
        ),
        60.0,
        "air_cells",
        paired=True,
    ),
    Part("perpendicular plate", loft((18, 0, -58, 1.2, 27), (38, 0, -60, 1.2, 22)), 300.0),
    Part(
        "frontal sinus",
        loft((36, 9, -75, 8, 4.5, -12), (44, 9, -75, 10, 4.5, -12), (52, 7, -75, 6, 3.5, -12)),
        AIR,
        paired=True,
    ),
    Part(
        "oropharyngeal airway",
        loft((-62, 0, -11, 12, 6), (-45, 0, -10.5, 11, 5.5), (-30, 0, -10.5, 10, 5), (-18, 0, -12, 10, 4.5)),
        AIR,
    ),
    Part("larynx airway", loft((-100, 0, -18, 7, 10), (-78, 0, -17, 8, 9), (-62, 0, -13, 12, 7)), AIR),
    Part("epiglottis", loft((-76, 0, -22, 8, 1.5), (-58, 0, -15, 9, 1.4)), 420.0, "mucosa"),
)

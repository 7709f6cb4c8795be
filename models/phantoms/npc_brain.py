"""Skull vault and brain of the head phantom: folded cortex, white matter, ventricles, cerebellum."""

from __future__ import annotations

import numpy as np

from models.phantoms.lattice_noise import LatticeNoise
from models.phantoms.npc_anatomy import CORTEX, CSF, DURA, FLOW_VOID, GREY, VEIN, WHITE, Part, loft
from models.phantoms.shapes import Floats, SliceCanvas, smooth_union

# Cranial cavity: ellipsoids (centre, radii) in mm; the first is cut by the floor of the anterior fossa.
_CEREBRUM = ((0.0, 10.0, 46.0), (66.0, 85.0, 60.0))
_LOWER_CAVITY = (
    ((38.0, -1.0, 25.0), (25.0, 37.0, 20.0)),
    ((-38.0, -1.0, 25.0), (25.0, 37.0, 20.0)),
    ((0.0, 54.0, 13.0), (53.0, 38.0, 24.0)),
    ((0.0, 24.0, 22.0), (22.0, 17.0, 24.0)),
)
_ARC_RADIUS_MM = 62.0

BRAIN: tuple[Part, ...] = (
    Part(
        "insula fissure",
        loft((30, 38, -6, 1.6, 12, 12), (40, 39, -4, 1.7, 19, 6), (54, 41, 4, 1.4, 17, 0), (60, 43, 8, 1, 8)),
        CSF,
        paired=True,
    ),
    Part("insular cortex", loft((32, 35, -5, 1.8, 12, 8), (54, 37, 3, 1.8, 17, 2)), GREY, paired=True),
    Part(
        "putamen",
        loft((34, 24, -4, 4, 10, 8), (44, 26, 0, 5, 16, 10), (56, 26, 4, 3.5, 13, 8)),
        345.0,
        paired=True,
    ),
    Part(
        "caudate head",
        loft((38, 11, -13, 3.5, 6, -12), (50, 13, -12, 4.5, 8, -14), (62, 16, 0, 2.5, 14, 4)),
        345.0,
        paired=True,
    ),
    Part(
        "thalamus",
        loft((40, 8.5, 20, 6, 9, 20), (48, 10, 20, 8, 13, 26), (56, 10, 22, 6, 10, 22)),
        355.0,
        paired=True,
    ),
    Part("suprasellar cistern", loft((25, 0, 5, 7, 4), (29, 0, 3, 13, 9), (34, 0, 3, 10, 6)), CSF),
    Part("perimesencephalic cistern", loft((27, 0, 22, 20, 16), (38, 0, 24, 18, 15)), CSF),
    Part(
        "prepontine cistern",
        loft((-8, 0, 31, 13, 10), (2, 0, 26, 14, 12), (12, 0, 21, 18, 12), (26, 0, 18, 15, 10)),
        CSF,
    ),
    Part("medulla", loft((-12, 0, 32, 6.8, 5.5), (-4, 0, 31, 7.5, 6), (8, 0, 30, 9, 8)), 370.0),
    Part(
        "pons",
        loft((6, 0, 26, 11, 9), (12, 0, 25, 15.5, 11), (20, 0, 25, 16, 12), (27, 0, 25, 13, 11)),
        380.0,
    ),
    Part("cerebellar peduncle", loft((8, 17, 34, 9, 5, 40), (20, 18, 35, 9, 6, 40)), 385.0, paired=True),
    Part("midbrain", loft((26, 0, 22, 12, 11), (32, 0, 23, 14, 11), (40, 0, 24, 12, 9)), 375.0),
    Part("cerebral peduncle", loft((27, 9, 12, 5, 6, 30), (38, 10, 13, 5, 6, 30)), 385.0, paired=True),
    Part(
        "fourth ventricle",
        loft((2, 0, 41, 3, 3), (10, 0, 41, 8, 4), (18, 0, 41, 6, 4.5), (24, 0, 39, 2, 3)),
        CSF,
    ),
    Part("aqueduct", loft((24, 0, 33, 1.5, 1.5), (40, 0, 34, 1.5, 1.5)), CSF),
    Part("third ventricle", loft((33, 0, 4, 1.8, 6), (42, 0, 12, 2.2, 13), (52, 0, 14, 2, 9)), CSF),
    Part("quadrigeminal cistern", loft((34, 0, 38, 10, 3), (44, 0, 41, 9, 4), (52, 0, 42, 6, 5)), CSF),
    Part(
        "frontal horn",
        loft((42, 5, -18, 2.4, 6, -18), (50, 8, -16, 3.6, 10, -22), (58, 10, -10, 4, 14, -14)),
        CSF,
        paired=True,
    ),
    Part(
        "lateral ventricle body",
        loft((56, 10, 2, 4, 16, 6), (64, 12, 10, 5, 26, 8), (70, 13, 14, 3, 20, 8)),
        CSF,
        paired=True,
    ),
    Part(
        "atrium",
        loft((42, 27, 40, 3.5, 8, 14), (50, 25, 42, 5, 11, 12), (60, 21, 36, 4.5, 12, 8)),
        CSF,
        paired=True,
    ),
    Part("temporal horn", loft((24, 32, 8, 1.5, 6), (34, 31, 16, 2, 8)), CSF, paired=True),
    Part("choroid plexus", loft((45, 25, 40, 2, 4.5, 10), (56, 22, 36, 2, 5, 10)), 640.0, paired=True),
    Part("corpus callosum", loft((52, 0, 44, 9, 4), (60, 0, 42, 9, 4.5)), 430.0),
    Part("genu", loft((50, 0, -27, 8, 4), (62, 0, -26, 8, 4.5)), 430.0),
    Part("basilar artery", loft((6, 0, 17, 1.8, 1.8), (28, 0, 12, 1.9, 1.9)), FLOW_VOID),
    Part(
        "middle cerebral artery",
        loft((27, 22, -2, 10, 1.3, -8), (31, 24, -2, 11, 1.3, -8)),
        90.0,
        paired=True,
    ),
    Part(
        "transverse sinus",
        loft((12, 45, 62, 5, 12, -38), (20, 43, 68, 4.5, 16, -50), (25, 36, 78, 4, 13, -65)),
        VEIN,
        paired=True,
    ),
    Part("sigmoid sinus", loft((0, 42, 38, 4.5, 4.5), (12, 50, 47, 4, 7, -10)), VEIN, paired=True),
    Part("torcular", loft((22, 0, 87, 9, 4), (30, 0, 90, 6, 4)), VEIN),
    Part(
        "superior sagittal sinus",
        loft(
            (28, 0, 91, 4, 3.8),
            (46, 0, 92.5, 4, 3.8),
            (62, 0, 89, 4, 3.8),
            (76, 0, 81, 4, 4),
            (92, 0, 66, 5, 6),
        ),
        VEIN,
    ),
    Part("anterior sagittal sinus", loft((52, 0, -72, 2, 2.4), (76, 0, -60, 3, 3), (92, 0, -44, 4, 4)), VEIN),
    Part("straight sinus", loft((32, 0, 72, 1.6, 6), (44, 0, 54, 1.6, 6)), VEIN),
)


def cavity_distance(x: Floats, y: Floats, z_mm: float) -> Floats:
    """Signed distance (mm, negative inside) to the inner surface of the skull."""
    distance = _ellipsoid(*_CEREBRUM, x, y, z_mm)
    orbital_roof = 4.0 * np.exp(-(((np.abs(x) - 31.0) / 13.0) ** 2))
    floor = (27.0 - z_mm) - np.float32(0.2) * y + orbital_roof.astype(np.float32)
    distance = np.maximum(distance, floor)
    for centre, radii in _LOWER_CAVITY:
        if abs(z_mm - centre[2]) < radii[2] + 8.0:
            distance = smooth_union(distance, _ellipsoid(centre, radii, x, y, z_mm), 6.0)
    return distance


def _ellipsoid(
    centre: tuple[float, float, float], radii: tuple[float, float, float], x: Floats, y: Floats, z_mm: float
) -> Floats:
    u = (x - np.float32(centre[0])) * np.float32(1.0 / radii[0])
    v = (y - np.float32(centre[1])) * np.float32(1.0 / radii[1])
    w = np.float32((z_mm - centre[2]) / radii[2])
    k0 = np.sqrt(u * u + v * v + w * w)
    slope = np.sqrt(
        (u * np.float32(1.0 / radii[0])) ** 2
        + (v * np.float32(1.0 / radii[1])) ** 2
        + np.float32((w / radii[2]) ** 2)
    )
    return np.asarray(k0 * (k0 - 1.0) / (slope + np.float32(1e-6)), dtype=np.float32)


def paint_skull_and_brain(
    canvas: SliceCanvas, z_mm: float, folds: LatticeNoise, texture: Floats, coarse: Floats
) -> None:
    """Paint vault, meninges and brain where the slice cuts the cranial cavity."""
    if z_mm < -14.0:
        return
    box = canvas.box(0.0, 10.0, 82.0, 102.0)
    if box is None:
        return
    # Even starts, so that the depth transform's every other sample does not depend on the box.
    box = slice(box[0].start // 2 * 2, box[0].stop), slice(box[1].start // 2 * 2, box[1].stop)
    x, y = canvas.x[box], canvas.y[box]
    d = cavity_distance(x, y, z_mm)
    if float(d.min()) > 0.0:
        return
    tex, low = texture[box], coarse[box]
    thickness = np.float32(6.2) + np.float32(0.6) * low
    diploe = np.clip((d - 1.2) / 1.0, 0.0, 1.0) * np.clip((thickness - 1.2 - d) / 1.0, 0.0, 1.0)
    bone = np.asarray(CORTEX + diploe * (430.0 * (1.0 + 0.12 * tex) - CORTEX), dtype=np.float32)
    canvas.paint(box, canvas.cover(d - thickness, 0.6), bone)
    brain = _brain_signal(x, y, z_mm, d, folds, tex, low, canvas.pixel_mm)
    canvas.paint(box, canvas.cover(d, 0.4), brain)


def _brain_signal(
    x: Floats,
    y: Floats,
    z_mm: float,
    d: Floats,
    folds: LatticeNoise,
    tex: Floats,
    low: Floats,
    pixel_mm: float,
) -> Floats:
    """Signal of meninges, CSF, cortex and white matter from depth and folding."""
    from scipy.ndimage import map_coordinates

    depth = _depth_in_plane(d, pixel_mm)
    arc = np.arctan2(x, -(y - np.float32(10.0))) + np.float32(0.05) * low
    table = _fold_table(folds, z_mm)
    rows = np.clip(depth, 0.0, 58.0) / np.float32(2.0)
    columns = (arc + np.float32(np.pi)) * np.float32(360.0 / (2.0 * np.pi))
    fold = map_coordinates(table, np.stack([rows, columns]), order=1, mode="nearest")

    reach = np.clip((20.0 + 5.0 * low - depth) / 8.0, 0.0, 1.0)
    near_fold = np.abs(fold)
    lateral = np.clip((np.hypot(x, y - np.float32(10.0)) - 26.0) / 8.0, 0.0, 1.0)
    ribbon = np.maximum(
        np.clip((0.52 - near_fold) / 0.25 + 0.5, 0.0, 1.0) * reach,
        np.clip((5.2 - depth) / 1.5 + 0.5, 0.0, 1.0),
    )
    value = WHITE + ribbon * (GREY - WHITE)
    cerebellum = _cerebellum(x, y, z_mm)
    folia = 0.5 + 0.5 * np.sin(np.float32(2.0 * np.pi / 3.6) * depth + 2.6 * low + 2.2 * fold)
    inner = np.clip((depth - 13.0 - 3.0 * low) / 5.0, 0.0, 1.0)
    hindbrain = (1.0 - inner) * (300.0 + 55.0 * folia) + inner * 385.0
    value += cerebellum * (hindbrain - value)
    sulcus = np.clip((0.17 - near_fold) / 0.14 + 0.5, 0.0, 1.0) * np.clip(
        (17.0 + 5.0 * low - depth) / 5.0, 0.0, 1.0
    )
    sulcus *= 0.85 * lateral * (1.0 - cerebellum)
    value += sulcus * (CSF - value)
    value *= 1.0 + 0.018 * tex + 0.02 * low

    midline = np.abs(x + 0.6 * low)
    if z_mm > 30.0:
        gap = 26.0 if z_mm < 66.0 else 200.0
        away = np.clip((gap - depth) / 3.0, 0.0, 1.0) * np.clip(
            (np.abs(y - 10.0) - 20.0) / 4.0 + (z_mm > 66.0), 0.0, 1.0
        )
        value += np.clip((1.9 - midline) / 0.9, 0.0, 1.0) * away * 0.75 * (CSF - value)
        value += np.clip((0.8 - midline) / 0.6, 0.0, 1.0) * away * (DURA - value)
    csf = np.clip((2.2 + 0.5 * low - depth) / 0.8, 0.0, 1.0)
    value += csf * (CSF - value)
    dura = np.clip((0.9 - depth) / 0.6, 0.0, 1.0)
    value += 0.8 * dura * (DURA - value)
    return np.asarray(value, dtype=np.float32)


def _depth_in_plane(d: Floats, pixel_mm: float) -> Floats:
    """Depth (mm) below the cavity's outline within the slice, so that every lobe gets an even cortex.

    The transform runs on every other sample; the outline itself keeps its sub-pixel distance.
    """
    from scipy.ndimage import distance_transform_edt, map_coordinates

    inside = d[::2, ::2] < 0.0
    coarse = distance_transform_edt(inside) * (2.0 * pixel_mm) - pixel_mm
    rows, columns = (np.arange(n, dtype=np.float32) * 0.5 for n in d.shape)
    places = np.stack(np.meshgrid(rows, columns, indexing="ij"))
    depth = map_coordinates(coarse.astype(np.float32), places, order=1, mode="nearest")
    slope = np.hypot(*np.gradient(d, np.float32(pixel_mm)))
    near_outline = np.clip(-d, 0.0, None) / np.maximum(slope, 0.2)
    return np.asarray(
        np.where(depth < 4.0, np.minimum(depth + 0.5 * pixel_mm, near_outline), depth), np.float32
    )


def _fold_table(folds: LatticeNoise, z_mm: float) -> Floats:
    """Folding noise by depth (rows of 2 mm, stretched so that sulci run inwards) and angle (1 degree)."""
    arc_mm = np.linspace(-np.pi, np.pi, 361) * (0.7 * _ARC_RADIUS_MM)
    depth_mm = 0.26 * np.arange(0.0, 60.0, 2.0)
    return folds.plane(z_mm, arc_mm.astype(np.float32), depth_mm.astype(np.float32))


def _cerebellum(x: Floats, y: Floats, z_mm: float) -> Floats:
    """Share of cerebellum: the posterior fossa below the tentorium, which rises to the midline."""
    tentorium = 37.0 - 0.32 * np.abs(x) - 0.12 * np.clip(y - 50.0, 0.0, None)
    below = np.clip((tentorium - z_mm) / 3.0, 0.0, 1.0)
    behind = np.clip((y - 28.0 - 0.15 * np.abs(x)) / 4.0, 0.0, 1.0)
    return np.asarray(below * behind, dtype=np.float32)

"""A patient's own abdomen: the course of tubes, the build, and smooth fields that bend and texture it.

Frame: x to the patient's left, y to posterior, z to superior, in mm for a man of 170 cm; the origin lies in
the midline at the level of the first lumbar vertebra, 46 mm before the middle of its body.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from models.phantoms.abdomen.enhancement import Circulation
from models.phantoms.abdomen.parameters import AbdomenCase, HabitusParameters
from models.phantoms.abdomen.tubes import Points, Tube
from models.phantoms.lattice_noise import LatticeNoise
from models.phantoms.shapes import Floats, SliceCanvas

EXTENT_MM = (190.0, 165.0, 155.0)
WARP_MM = 3.5
VERTEBRA_PITCH_MM = 34.0
_COLON_STEP_MM = 8.0

_STOMACH = (
    (44, 22, 108, 16),
    (58, 24, 92, 31),
    (68, 6, 68, 34),
    (72, -18, 42, 32),
    (66, -42, 16, 27),
    (47, -56, -8, 23),
    (22, -60, -19, 20),
    (-3, -56, -16, 17),
    (-20, -46, -6, 11),
    (-27, -40, 0, 7),
)
_DUODENUM = (
    (-28, -39, 1, 8),
    (-38, -30, 6, 12),
    (-49, -12, 2, 12),
    (-52, 2, -18, 12),
    (-51, 6, -42, 12),
    (-38, 6, -60, 12),
    (-14, 1, -66, 10),
    (8, -1, -66, 9),
    (26, 0, -56, 10),
    (33, -8, -34, 11),
)
_PANCREAS = (
    (-30, -2, -40, 12),
    (-29, -8, -24, 14),
    (-22, -16, -8, 12),
    (-8, -23, 2, 8),
    (12, -24, 11, 9),
    (36, -12, 18, 9.5),
    (58, 8, 26, 9.5),
    (74, 22, 33, 8.5),
    (84, 28, 38, 5),
)
_UNCINATE = ((-28, 2, -34, 11), (-20, 3, -40, 9), (-9, 3, -43, 5.5))
_AORTA = (
    (17, 22, 150, 12),
    (13, 19, 90, 11.5),
    (9, 16, 40, 10.8),
    (7, 15, 0, 10.2),
    (6, 15, -60, 9.3),
    (4, 16, -96, 9.0),
)
_CAVA = (
    (-22, 2, 118, 12),
    (-23, 10, 92, 13),
    (-25, 13, 50, 12),
    (-24, 14, 0, 11.5),
    (-21, 16, -60, 11),
    (-19, 18, -110, 11),
)
_ASCENDING = ((-96, 22, -150, 27), (-100, 24, -110, 26), (-98, 18, -70, 24), (-88, 0, -42, 22))
_TRANSVERSE = (
    (-88, 0, -42, 21),
    (-80, -34, -38, 20),
    (-62, -58, -54, 19),
    (-28, -66, -66, 18),
    (12, -68, -66, 18),
    (48, -62, -50, 18),
    (82, -42, -18, 18),
    (102, -10, 16, 18),
    (104, 10, 34, 17),
)
_DESCENDING = (
    (104, 12, 34, 16),
    (108, 30, 8, 15),
    (106, 34, -40, 15),
    (102, 30, -90, 15),
    (98, 22, -150, 16),
)
_SMALL_ARTERIES: dict[str, tuple[tuple[float, ...], ...]] = {
    "coeliac": ((8, 6, 18, 3.6), (7, -4, 20, 3.6), (5, -10, 21, 3.4)),
    "hepatic artery": ((5, -10, 21, 2.9), (-10, -14, 22, 2.6), (-26, -16, 30, 2.2), (-34, -12, 44, 1.8)),
    "splenic artery": (
        (5, -10, 21, 2.9),
        (22, -10, 27, 2.7),
        (34, 4, 24, 2.6),
        (48, 8, 34, 2.6),
        (62, 22, 31, 2.5),
        (80, 30, 40, 2.2),
    ),
    "left gastric artery": ((5, -10, 21, 1.9), (14, -8, 40, 1.7), (30, -6, 62, 1.4), (36, -22, 40, 1.2)),
    "superior mesenteric artery": (
        (8, 6, 3, 4.0),
        (7, -6, -3, 4.0),
        (6, -13, -18, 3.8),
        (4, -17, -55, 3.4),
        (-2, -20, -110, 2.8),
    ),
    "right renal artery": ((6, 14, -10, 2.8), (-20, 27, -14, 2.6), (-44, 38, -16, 2.2)),
    "left renal artery": ((9, 15, -7, 2.8), (26, 28, -8, 2.6), (44, 38, -8, 2.2)),
    "gastroduodenal artery": ((-20, -17, 26, 1.8), (-24, -25, 8, 1.7), (-24, -26, -12, 1.5)),
}
_PORTAL = (
    (-12, -13, -110, 5.2),
    (-11, -12, -50, 5.6),
    (-11, -10, -8, 6.2),
    (-15, -7, 8, 6.6),
    (-27, -6, 28, 6.6),
    (-38, -8, 40, 6.2),
)
_SPLENIC_VEIN = (
    (-11, -9, -2, 5.2),
    (10, -10, 9, 4.6),
    (32, 0, 16, 4.3),
    (54, 17, 25, 4.1),
    (72, 29, 33, 3.8),
    (88, 30, 44, 3.0),
)
_LEFT_RENAL_VEIN = ((-18, 14, -20, 4.6), (4, 2, -18, 3.8), (24, 16, -14, 4.4), (46, 36, -10, 4.2))
_RIGHT_RENAL_VEIN = ((-24, 16, -18, 4.6), (-36, 28, -18, 4.6), (-48, 38, -18, 4.2))
_OESOPHAGUS = ((9, 8, 140, 8), (12, 6, 112, 8), (20, 4, 98, 8), (34, 10, 88, 9))


@dataclass(frozen=True, slots=True, eq=False)
class Abdomen:
    """Individual anatomy that all slices and phases share."""

    habitus: HabitusParameters
    circulation: Circulation
    fatty_liver_hu: float
    roll_rad: float
    centre_mm: tuple[float, float]
    gastric_fill: float
    gas_level_mm: float
    stomach: Tube
    duodenum: Tube
    oesophagus: Tube
    pancreas: Tube
    uncinate: Tube
    colon: tuple[Tube, ...]
    small_bowel: Tube
    aorta: Tube
    cava: Tube
    portal: Tube
    splenic_vein: Tube
    renal_veins: Tube
    arteries: Tube
    portal_branches: Tube
    hepatic_veins: Tube
    organ_shift: dict[str, tuple[float, float, float]]
    warp_x: LatticeNoise
    warp_y: LatticeNoise
    fine: LatticeNoise
    medium: LatticeNoise
    coarse: LatticeNoise
    course_a: LatticeNoise
    course_b: LatticeNoise

    def canvas(self, z_mm: float, columns_mm: Floats, rows_mm: Floats) -> SliceCanvas:
        """An empty canvas in this abdomen's coordinates at its level ``z_mm``."""
        scale = self.habitus.scale
        grid_x = ((columns_mm - self.centre_mm[0]) / scale).astype(np.float32)
        grid_y = ((rows_mm - self.centre_mm[1]) / scale).astype(np.float32)
        roll = np.float32(self.roll_rad)
        x = grid_x[None, :] - roll * grid_y[:, None] + WARP_MM * self.warp_x.plane(z_mm, grid_x, grid_y)
        y = grid_y[:, None] + roll * grid_x[None, :] + WARP_MM * self.warp_y.plane(z_mm, grid_x, grid_y)
        return SliceCanvas(grid_x, grid_y, x.astype(np.float32), y.astype(np.float32))


@lru_cache(maxsize=6)
def draw_abdomen(case: AbdomenCase) -> Abdomen:
    """Draw the anatomy of a case."""
    rng = case.stream("abdomen")
    visceral = case.habitus.visceral_fat
    fill = float(np.clip(rng.normal(0.97, 0.09), 0.8, 1.15))
    stomach = _jittered(_STOMACH, rng, 4.5)
    stomach[1:8, 3] *= fill
    # Where there is fat, the front of the abdomen lies further forward and bowel sinks into it.
    forward = 10.0 * (visceral - 0.5)

    def spread(points: Points) -> Points:
        front = np.clip(-points[:, 1] / 60.0, 0.0, 1.0)
        points[:, 1] -= forward * front
        points[:, 0] *= 1.0 + 0.06 * (visceral - 0.5)
        return points

    portal = Tube.smooth(_jittered(_PORTAL, rng, 1.0), 6.0)
    return Abdomen(
        habitus=case.habitus,
        circulation=Circulation.draw(rng),
        fatty_liver_hu=float(max(rng.normal(2.0, 6.0) + 8.0 * (visceral - 0.5), -4.0)),
        roll_rad=float(np.deg2rad(rng.normal(0.0, 1.2))),
        centre_mm=(float(rng.normal(0.0, 4.0)), float(rng.normal(-4.0, 4.0))),
        gastric_fill=fill,
        gas_level_mm=float(rng.normal(-44.0, 9.0)),
        stomach=Tube.smooth(spread(stomach), 12.0),
        duodenum=_joined(stomach[-1], _jittered(_DUODENUM, rng, 2.0)),
        oesophagus=Tube.smooth(np.asarray(_OESOPHAGUS, dtype=np.float64), 8.0),
        pancreas=Tube.smooth(_jittered(_PANCREAS, rng, 1.8), 6.5),
        uncinate=Tube.smooth(_jittered(_UNCINATE, rng, 1.2), 5.0),
        colon=tuple(
            _haustra(Tube.smooth(spread(_jittered(part, rng, 4.0)), _COLON_STEP_MM), rng)
            for part in (_ASCENDING, _TRANSVERSE, _DESCENDING)
        ),
        small_bowel=_small_bowel(rng, forward),
        aorta=Tube.smooth(_jittered(_AORTA, rng, 1.2), 12.0),
        cava=Tube.smooth(_jittered(_CAVA, rng, 1.0), 12.0),
        portal=portal,
        splenic_vein=Tube.smooth(_jittered(_SPLENIC_VEIN, rng, 1.0), 6.0),
        renal_veins=_bundle(
            Tube.smooth(np.asarray(v, dtype=np.float64), 6.0) for v in (_LEFT_RENAL_VEIN, _RIGHT_RENAL_VEIN)
        ),
        arteries=_bundle(Tube.smooth(_jittered(a, rng, 0.8), 5.0) for a in _SMALL_ARTERIES.values()),
        portal_branches=Tube.bundle(_portal_tree(portal.points[-1], rng)),
        hepatic_veins=Tube.bundle(_hepatic_veins(rng)),
        organ_shift={
            name: _shift(rng, 3.0)
            for name in ("liver", "spleen", "left kidney", "right kidney", "gallbladder", "dome")
        },
        warp_x=LatticeNoise.draw(rng, 48.0, 55.0, EXTENT_MM),
        warp_y=LatticeNoise.draw(rng, 48.0, 55.0, EXTENT_MM),
        fine=LatticeNoise.draw(rng, 2.4, 7.0, EXTENT_MM),
        medium=LatticeNoise.draw(rng, 5.0, 7.0, EXTENT_MM),
        coarse=LatticeNoise.draw(rng, 14.0, 16.0, EXTENT_MM),
        course_a=LatticeNoise.draw(rng, 9.0, 14.0, EXTENT_MM),
        course_b=LatticeNoise.draw(rng, 9.0, 14.0, EXTENT_MM),
    )


def _bundle(tubes: Iterable[Tube]) -> Tube:
    return Tube.bundle(list(tubes))


def _shift(rng: np.random.Generator, sd_mm: float) -> tuple[float, float, float]:
    x, y, z = rng.normal(0.0, sd_mm, 3)
    return float(x), float(y), float(z)


def _jittered(control: tuple[tuple[float, ...], ...], rng: np.random.Generator, sd_mm: float) -> Points:
    """Control points moved a little, neighbours together, and radii by a few per cent."""
    points = np.asarray(control, dtype=np.float64)
    moves = rng.normal(0.0, sd_mm, (len(points) + 2, 3))
    points = points.copy()
    points[:, :3] += 0.6 * (moves[:-2] + moves[1:-1] + moves[2:])
    points[:, 3] *= np.exp(rng.normal(0.0, 0.05, len(points)))
    return points


def _joined(start: Points, control: Points) -> Tube:
    """A tube whose first point is where another ends."""
    control[0, :3] = start[:3]
    return Tube.smooth(control, 6.0)


def _haustra(tube: Tube, rng: np.random.Generator) -> Tube:
    """The colon's sacculation: its radius swells between folds."""
    points = tube.points.copy()
    phase = np.cumsum(np.exp(rng.normal(0.0, 0.25, len(points)))) * _COLON_STEP_MM / 32.0
    points[:, 3] *= 0.94 + 0.13 * np.abs(np.sin(np.pi * phase))
    return Tube.of(points)


def _small_bowel(rng: np.random.Generator, forward_mm: float) -> Tube:
    """Loops packed row upon row below the stomach and the transverse colon, jejunum first."""
    rows = []
    for layer, z in enumerate(np.arange(-34.0, -160.0, -25.0)):
        wide = np.interp(z, (-130.0, -34.0), (72.0, 40.0))
        centre = np.interp(z, (-120.0, -34.0), (0.0, 44.0))
        for place, y in enumerate((-58.0 - forward_mm, -30.0, -4.0) if z < -60.0 else (-34.0, -12.0)):
            ends = np.array([centre - wide, centre + wide])
            if (layer + place) % 2:
                ends = ends[::-1]
            x = np.linspace(ends[0], ends[1], 7)
            rows.append(np.column_stack([x, np.full(7, y), np.full(7, z)]))
    path = np.concatenate(rows)
    path += rng.normal(0.0, 1.0, path.shape) * np.array([4.0, 6.0, 6.5])
    radius = np.exp(rng.normal(0.0, 0.16, len(path))) * 11.5
    return Tube.smooth(np.column_stack([path, radius]), 11.0)


def _branches(
    start: Points,
    direction: Points,
    length_mm: float,
    generations: int,
    rng: np.random.Generator,
    inside: Points,
) -> list[Tube]:
    """A tree: a bent stem and two daughters at its end, thinner by Murray's law, kept away from a centre."""
    direction = direction / np.linalg.norm(direction)
    bend = rng.normal(0.0, 0.22, (2, 3))
    middle = start[:3] + 0.5 * length_mm * (direction + bend[0])
    end = start[:3] + length_mm * (direction + 0.5 * bend[1])
    stem = np.array([start, [*middle, 0.9 * start[3]], [*end, 0.82 * start[3]]])
    tubes = [Tube.smooth(stem, 9.0)]
    if generations == 0 or start[3] < 0.9:
        return tubes
    split = rng.uniform(0.35, 0.65)
    axis = np.cross(direction, rng.standard_normal(3))
    axis /= np.linalg.norm(axis)
    for share, sign in ((split, 1.0), (1.0 - split, -1.0)):
        outward = end - inside
        turned = direction + sign * (1.15 - 0.8 * share) * axis + 0.25 * outward / np.linalg.norm(outward)
        child = np.array([*end, 0.82 * start[3] * share ** (1.0 / 2.7)])
        tubes += _branches(child, turned, length_mm * rng.uniform(0.66, 0.9), generations - 1, rng, inside)
    return tubes


def _portal_tree(porta: Points, rng: np.random.Generator) -> list[Tube]:
    """Right portal vein with its sectors, and the left one towards the falciform ligament."""
    x, y, z, r = porta
    tubes = []
    right = np.array([[x, y, z, r], [x - 16, y, z + 3, 0.85 * r], [x - 28, y + 2, z + 4, 0.8 * r]])
    tubes.append(Tube.smooth(right, 5.0))
    fork = right[-1].copy()
    centre = np.array([-62.0, 0.0, 40.0])
    for aim in ((-0.8, -0.8, 0.45), (-0.8, 0.75, 0.5), (-0.6, -0.5, -0.8), (-0.5, 0.75, -0.75)):
        start = np.array([*fork[:3], 0.78 * fork[3]])
        tubes += _branches(start, np.array(aim), 30.0, 4, rng, centre)
    left = np.array(
        [[x, y, z, 0.7 * r], [x + 14, y - 14, z + 10, 0.65 * r], [x + 24, y - 34, z + 12, 0.6 * r]]
    )
    tubes.append(Tube.smooth(left, 5.0))
    for aim in ((0.8, -0.3, 0.5), (0.7, -0.2, -0.5), (-0.7, -0.6, -0.2)):
        start = np.array([*left[-1][:3], 0.56 * r])
        tubes += _branches(start, np.array(aim), 22.0, 3, rng, np.array([0.0, -40.0, 50.0]))
    return tubes


def _hepatic_veins(rng: np.random.Generator) -> list[Tube]:
    """Right, middle and left veins, from the cava outwards."""
    tubes: list[Tube] = []
    for aim, radius in (((-0.9, 0.12, -0.3), 5.8), ((-0.45, -0.8, -0.4), 5.2), ((0.5, -0.85, -0.15), 4.8)):
        start = np.array([-25.0, 4.0, 92.0, radius])
        tubes += _branches(start, np.array(aim), 40.0, 4, rng, np.array([-20.0, 10.0, 90.0]))
    return tubes

"""A tumour of the pancreas, cystic, mixed or solid, and what it does to the duct."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.anatomy import EXTENT_MM, Abdomen
from models.phantoms.abdomen.enhancement import TUMOUR_PLAIN_HU
from models.phantoms.abdomen.nodes import Node, draw_nodes
from models.phantoms.abdomen.organs import halo
from models.phantoms.abdomen.pancreatic_texture import PancreaticTexture
from models.phantoms.abdomen.parameters import AbdomenCase, PancreaticTumour
from models.phantoms.abdomen.slice_frame import SliceFrame
from models.phantoms.abdomen.tubes import Points, Tube
from models.phantoms.abdomen.tumour_signal import TumourSignal
from models.phantoms.lattice_noise import LatticeNoise
from models.phantoms.shapes import Floats

# Share of the gland's length, from the lower head to the tip of the tail.
_SITES = {"head-neck": (0.1, 0.3), "body": (0.42, 0.6), "tail": (0.72, 0.92)}
_NORMAL_DUCT_MM = 2.5
_CYST_HU = 14.0
# A lattice field above this is liquid: one eighth of a mixed tumour, so that cysts do not drown the core.
_MIXED_CYSTS_FROM = 1.15


@dataclass(frozen=True, slots=True, eq=False)
class PancreaticLesion:
    """Centre, axes and fields of a tumour, and the duct upstream of it."""

    tumour: PancreaticTumour
    centre: Points
    axes: Points
    radii: Points
    duct: Tube
    texture: PancreaticTexture
    edge: LatticeNoise
    cysts: LatticeNoise
    nodes: tuple[Node, ...]


def draw_pancreatic_lesion(case: AbdomenCase, abdomen: Abdomen) -> PancreaticLesion:
    """Place a case's tumour in its pancreas."""
    tumour = case.tumour
    if not isinstance(tumour, PancreaticTumour):
        raise TypeError("the case has no pancreatic tumour")
    rng = case.stream("pancreatic lesion")
    half = 0.5 * tumour.long_diameter_mm
    if tumour.site == "uncinate":
        share, gland = float(rng.uniform(0.3, 0.75)), abdomen.uncinate
        outwards = np.array([0.2, 0.1, -1.0])
    else:
        share, gland = float(rng.uniform(*_SITES[tumour.site])), abdomen.pancreas
        outwards = np.array([-0.2 if share < 0.4 else 0.15, -1.0, 0.1 if share < 0.4 else -0.25])
    at = gland.at(share)
    # A large tumour bulges out of the gland.
    bulge = max(half - float(at[3]), 0.0) * 0.85 + rng.uniform(0.0, 2.0)
    centre = at[:3] + outwards / np.linalg.norm(outwards) * bulge
    squash = 1.0 - rng.uniform(0.04, 0.26, 2)
    radii = half * np.array([1.0, float(squash[0]), float(squash[1])])
    turn = float(rng.uniform(0.0, np.pi))
    axes = np.array([[np.cos(turn), np.sin(turn), 0.0], [-np.sin(turn), np.cos(turn), 0.0], [0.0, 0.0, 1.0]])
    reach = np.array([half, half, float(radii[2])])
    duct_share = 0.12 if tumour.site == "uncinate" else share
    signal = TumourSignal.draw(tumour.looks, centre - reach, centre + reach, case.stream("tumour texture"))
    return PancreaticLesion(
        tumour=tumour,
        centre=centre,
        axes=axes,
        radii=radii,
        duct=_duct(abdomen.pancreas, duct_share, tumour.duct_diameter_mm),
        texture=PancreaticTexture.draw(signal, half, rng, EXTENT_MM),
        edge=LatticeNoise.draw(rng, max(0.55 * half, 4.0), max(0.6 * half, 5.0), EXTENT_MM),
        cysts=LatticeNoise.draw(rng, max(0.4 * half, 4.0), max(0.45 * half, 5.0), EXTENT_MM),
        nodes=draw_nodes(tumour.nodes, _node_places(), rng),
    )


def _duct(pancreas: Tube, share: float, diameter_mm: float) -> Tube:
    """The duct along the gland's axis: dilated upstream of the tumour, towards the tail."""
    points = pancreas.points.copy()
    upstream = pancreas.arc_mm > share * pancreas.length_mm
    points[:, 3] = np.where(upstream, 0.5 * diameter_mm, 0.5 * min(diameter_mm, _NORMAL_DUCT_MM))
    points[-1, 3] = 0.4
    return Tube.of(points)


def _node_places() -> Points:
    """Stations beside the head, the coeliac trunk, the aorta and the splenic hilum."""
    return np.array(
        [
            (-14.0, -32.0, 4.0),
            (2.0, -16.0, 30.0),
            (-40.0, 6.0, -8.0),
            (22.0, 2.0, -2.0),
            (-8.0, 0.0, 34.0),
            (16.0, 4.0, -28.0),
            (62.0, 2.0, 40.0),
        ]
    )


def paint_pancreatic_lesion(
    frame: SliceFrame, lesion: PancreaticLesion, phase: Phase, gain: float
) -> Floats | None:
    """Paint the tumour; return its signed distance (row, column), None where it is not."""
    tumour, canvas = lesion.tumour, frame.canvas
    reach = float(lesion.radii.max()) * 1.3 + 4.0
    if abs(frame.z_mm - lesion.centre[2]) > reach:
        return None
    box = canvas.box(float(lesion.centre[0]), float(lesion.centre[1]), reach, reach)
    if box is None:
        return None
    grid = canvas.grid_x[box[1]], canvas.grid_y[box[0]]
    distance = _distance(frame, lesion, box, lesion.edge.plane(frame.z_mm, *grid))
    if float(distance.min()) > -0.8:
        return None
    halo(frame, box, distance, 1.0)
    depth = np.clip(-distance, 0.0, None)
    value = lesion.texture.inside_hu(phase, frame.z_mm, grid, depth, TUMOUR_PLAIN_HU + 2.0, gain)
    cysts = lesion.cysts.plane(frame.z_mm, *grid)
    if tumour.composition != "solid":
        wet = 1.6 - 0.25 * cysts if tumour.composition == "cystic" else cysts - _MIXED_CYSTS_FROM
        wall = 1.8 if tumour.composition == "cystic" else 2.5
        liquid = np.clip(wet / 0.35, 0.0, 1.0) * np.clip((depth - wall) / 1.2, 0.0, 1.0)
        value = value + liquid * (_CYST_HU + 2.0 * frame.medium[box] - value)
    if tumour.calcified:
        flecks = np.clip((frame.fine[box] + 0.8 * cysts - 2.6) / 0.4, 0.0, 1.0) * np.clip(
            depth / 2.0, 0.0, 1.0
        )
        value = value + 260.0 * flecks
    canvas.paint(box, canvas.cover(distance, 0.5 + tumour.boundary_mm), value.astype(np.float32))
    total: Floats = np.full(canvas.x.shape, 50.0, dtype=np.float32)
    total[box] = distance
    return total


def _distance(frame: SliceFrame, lesion: PancreaticLesion, box: tuple[slice, slice], edge: Floats) -> Floats:
    """Signed distance to the ellipsoid, its edge lobulated by shape and a little rough."""
    dx = frame.canvas.x[box] - np.float32(lesion.centre[0])
    dy = frame.canvas.y[box] - np.float32(lesion.centre[1])
    dz = np.float32(frame.z_mm - lesion.centre[2])
    k0 = np.full(dx.shape, 1e-6, dtype=np.float32)
    k1 = k0.copy()
    for (ax, ay, az), radius in zip(lesion.axes, lesion.radii, strict=True):
        along = np.float32(ax) * dx + np.float32(ay) * dy + np.float32(az) * dz
        k0 += (along / np.float32(radius)) ** 2
        k1 += (along / np.float32(radius * radius)) ** 2
    k0, k1 = np.sqrt(k0), np.sqrt(k1)
    half = float(lesion.radii[0])
    lobes = min(0.16 * half, 4.0) * lesion.tumour.irregularity
    rough = min(0.04 * half, 0.6)
    # Lobes are cut into the ellipsoid rather than added, so that the long diameter holds.
    bumps = lobes * np.clip(edge + 0.3, -0.3, 1.6) + rough * frame.medium[box]
    return np.asarray(k0 * (k0 - 1.0) / k1 + bumps, dtype=np.float32)

"""A tumour of the gastric wall: where it sits, how far it runs, and its fields."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.phantoms.abdomen.anatomy import EXTENT_MM, Abdomen
from models.phantoms.abdomen.gastric_texture import GastricTexture
from models.phantoms.abdomen.nodes import Node, draw_nodes
from models.phantoms.abdomen.parameters import AbdomenCase, GastricTumour
from models.phantoms.abdomen.slice_frame import above_diaphragm, cavity_depth
from models.phantoms.abdomen.tubes import Points, Tube
from models.phantoms.lattice_noise import LatticeNoise
from models.phantoms.shapes import Floats

# Share of the stomach's length, from the fundus to the pylorus, where each site lies.
_SITES = {"upper": (0.16, 0.3), "middle": (0.38, 0.56), "lower": (0.7, 0.84), "whole": (0.48, 0.54)}
# Around here lies the lesser omentum; the lesser curvature faces it.
_LESSER_SIDE_MM = np.array([8.0, -18.0, 34.0])
# Where the diaphragm leaves less of the stomach's radius than this share, a tumour lies lower down.
_LEAST_ROOM = 0.4
_STEP_SHARE, _STEP_MM = 0.01, 0.5
_SHORTEST_RING_MM = 4.0
# A centre off the wall by a quarter of the half diameter costs 3 % of the diameter: such a tumour stays.
_OFF_WALL = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class GastricLesion:
    """Where a tumour sits on the wall, and its fields.

    One that ``runs_around`` takes the wall from ``first_mm`` to ``last_mm`` of the stomach's length, any
    other the wall within its half diameter of ``centre``.
    """

    tumour: GastricTumour
    centre: Points
    runs_around: bool
    first_mm: float
    last_mm: float
    texture: GastricTexture
    edge: LatticeNoise
    nodes: tuple[Node, ...]


def draw_gastric_lesion(case: AbdomenCase, abdomen: Abdomen) -> GastricLesion:
    """Place a case's tumour on its stomach."""
    tumour = case.tumour
    if not isinstance(tumour, GastricTumour):
        raise TypeError("the case has no gastric tumour")
    rng = case.stream("gastric lesion")
    share = float(rng.uniform(*_SITES[tumour.site]))
    half = 0.5 * tumour.long_diameter_mm
    ring = _ring(abdomen.stomach, share, 2.0 * half) if is_diffuse(tumour) else None
    share, centre = (share, _on_wall(abdomen, tumour, share)[0]) if ring else _seat(abdomen, tumour, share)
    if ring:
        first, last = ring
        low, high = _corners(abdomen.stomach, share, first, last)
    else:
        middle = share * abdomen.stomach.length_mm
        first, last = middle - half, middle + half
        low, high = centre - half, centre + half
    return GastricLesion(
        tumour=tumour,
        centre=centre,
        runs_around=ring is not None,
        first_mm=first,
        last_mm=last,
        texture=GastricTexture.draw(tumour.looks, low, high, case.stream("tumour texture")),
        edge=LatticeNoise.draw(rng, 7.0, 9.0, EXTENT_MM),
        nodes=draw_nodes(tumour.nodes, _node_places(abdomen, share), rng),
    )


def is_diffuse(tumour: GastricTumour) -> bool:
    """Borrmann IV and tumours of the whole stomach: they run around it where they are long enough."""
    return tumour.borrmann == 4 or tumour.site == "whole"


def held_back(depth: Floats, above: Floats) -> Floats:
    """How far (mm) places lie beyond what abdominal wall and diaphragm leave to the serosa."""
    return np.maximum(np.float32(1.5) - depth, above + np.float32(2.0))


def _seat(abdomen: Abdomen, tumour: GastricTumour, share: float) -> tuple[float, Points]:
    """The share of the length at or next below the drawn one where there is room, and the centre there."""
    for lower in (share, *np.arange(share + _STEP_SHARE, _SITES[tumour.site][1], _STEP_SHARE)):
        centre, room = _on_wall(abdomen, tumour, float(lower))
        if room >= _LEAST_ROOM:
            return float(lower), centre
    return float(lower), centre


def _on_wall(abdomen: Abdomen, tumour: GastricTumour, share: float) -> tuple[Points, float]:
    """A tumour's centre, half its thickness inside the serosa, and the share of the radius that is free."""
    on_axis, along = abdomen.stomach.at(share), abdomen.stomach.direction(share)
    facing, radius = _facing(tumour, on_axis[:3], along), float(on_axis[3])
    wall = _wall_mm(abdomen, on_axis, facing)
    reach = min(radius, wall + _OFF_WALL * 0.5 * tumour.long_diameter_mm)
    return on_axis[:3] + facing * (reach - 0.25 * min(tumour.thickness_mm, radius)), wall / radius


def _wall_mm(abdomen: Abdomen, on_axis: Points, facing: Points) -> float:
    """How far from the axis (x, y, z, radius) the serosa lies in a direction; negative beyond the axis."""
    radius = float(on_axis[3])
    for away in np.arange(radius, -radius, -_STEP_MM):
        x, y, z = on_axis[:3] + facing * away
        at = np.array([x], dtype=np.float32), np.array([y], dtype=np.float32)
        depth, above = cavity_depth(abdomen, *at, float(z)), above_diaphragm(abdomen, *at, float(z))
        if float(held_back(depth, above)[0]) <= 0.0:
            return float(away)
    return -radius


def _ring(stomach: Tube, share: float, length: float) -> tuple[float, float] | None:
    """Arc range whose wall is ``length`` long in space, bends considered; None where the tube is wider."""
    points, arc, total = stomach.points, stomach.arc_mm, stomach.length_mm
    middle = share * total
    tangents = np.gradient(points[:, :3], arc, axis=0)
    first = last = middle
    for half in np.arange(_SHORTEST_RING_MM, total, 2.0):
        first, last = max(middle - half, 0.03 * total), min(middle + half, 0.95 * total)
        places = np.linspace(first, last, 12)
        held = np.column_stack([np.interp(places, arc, points[:, c]) for c in range(4)])
        along = np.column_stack([np.interp(places, arc, tangents[:, c]) for c in range(3)])
        apart = held[:, None, :3] - held[None, :, :3]
        distance = np.linalg.norm(apart, axis=-1)
        towards = apart / np.maximum(distance, 1e-6)[..., None]
        # A ring of wall around the axis reaches a radius across it and nothing along it.
        across = np.sqrt(np.clip(1.0 - np.einsum("ijk,ik->ij", towards, along) ** 2, 0.0, 1.0))
        reach = held[:, 3][:, None] * across
        if float((distance + reach + reach.T).max()) >= length:
            return None if half == _SHORTEST_RING_MM else (first, last)
    return first, last


def _corners(stomach: Tube, share: float, first: float, last: float) -> tuple[Points, Points]:
    """The box around a ring of wall."""
    on_axis = stomach.at(share)
    held = (stomach.arc_mm >= first) & (stomach.arc_mm <= last)
    axis = stomach.points[held, :3] if held.any() else on_axis[None, :3]
    return axis.min(axis=0) - on_axis[3], axis.max(axis=0) + on_axis[3]


def _facing(tumour: GastricTumour, place: Points, along: Points) -> Points:
    """Unit vector from the axis to the tumour's wall, across the axis."""
    if tumour.wall in ("lesser", "greater"):
        aim = (_LESSER_SIDE_MM - place) * (1.0 if tumour.wall == "lesser" else -1.0)
    else:
        aim = np.array([0.0, -1.0 if tumour.wall == "anterior" else 1.0, 0.0])
    aim = aim - along * float(aim @ along)
    return np.asarray(aim / np.linalg.norm(aim))


def _node_places(abdomen: Abdomen, share: float) -> Points:
    """Regional stations: lesser curvature, left gastric artery, coeliac trunk, below the pylorus."""
    stomach = abdomen.stomach
    places = []
    for s in (share, share - 0.1, share + 0.1, 0.45, 0.6):
        at, along = stomach.at(float(np.clip(s, 0.1, 0.9))), stomach.direction(float(np.clip(s, 0.1, 0.9)))
        aim = _LESSER_SIDE_MM - at[:3]
        aim = aim - along * float(aim @ along)
        places.append(at[:3] + aim / np.linalg.norm(aim) * (at[3] + 11.0))
    places += [np.array(p) for p in ((14.0, -12.0, 32.0), (2.0, -18.0, 30.0), (-14.0, -34.0, -28.0))]
    places += [
        np.array(p) for p in ((20.0, -2.0, 38.0), (-4.0, -14.0, 36.0), (27.0, -8.0, 4.0), (10.0, 2.0, -30.0))
    ]
    return np.array(places)

"""The stomach with its wall, folds, juice and gas, and a tumour of its wall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.anatomy import EXTENT_MM, Abdomen
from models.phantoms.abdomen.enhancement import GAS_HU, TUMOUR_PLAIN_HU
from models.phantoms.abdomen.nodes import Node, draw_nodes
from models.phantoms.abdomen.organs import halo
from models.phantoms.abdomen.parameters import AbdomenCase, GastricTumour
from models.phantoms.abdomen.slice_frame import SliceFrame
from models.phantoms.abdomen.tubes import Points, TubeSlice, tube_slice
from models.phantoms.abdomen.tumour_texture import TumourTexture, aggressive_share
from models.phantoms.lattice_noise import LatticeNoise
from models.phantoms.randomness import random_stream
from models.phantoms.shapes import Floats

# Share of the stomach's length, from the fundus to the pylorus, where each site lies.
_SITES = {"upper": (0.16, 0.3), "middle": (0.38, 0.56), "lower": (0.7, 0.84), "whole": (0.48, 0.54)}
_REACH_MM = 22.0
# Around here lies the lesser omentum; the lesser curvature faces it.
_LESSER_SIDE_MM = np.array([8.0, -18.0, 34.0])
_LEAST_LUMEN_MM = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class GastricLesion:
    """Where a tumour sits on the wall, and its fields."""

    tumour: GastricTumour
    centre: Points
    first_mm: float
    last_mm: float
    texture: TumourTexture
    edge: LatticeNoise
    nodes: tuple[Node, ...]


def draw_gastric_lesion(case: AbdomenCase, abdomen: Abdomen) -> GastricLesion:
    """Place a case's tumour on its stomach."""
    tumour = case.tumour
    if not isinstance(tumour, GastricTumour):
        raise TypeError("the case has no gastric tumour")
    rng = random_stream(case.study, case.cohort, case.seed, case.index, "gastric lesion")
    stomach = abdomen.stomach
    share = float(rng.uniform(*_SITES[tumour.site]))
    on_axis, along = stomach.at(share), stomach.direction(share)
    facing = _facing(tumour, on_axis[:3], along)
    # On the wall: half of the thickness inside the serosa.
    centre = on_axis[:3] + facing * (on_axis[3] - 0.25 * min(tumour.thickness_mm, on_axis[3]))
    half = 0.5 * tumour.long_diameter_mm
    middle = share * stomach.length_mm
    if is_diffuse(tumour):
        first, last = _diffuse_range(stomach.points, stomach.arc_mm, middle, 2.0 * half)
        held = (stomach.arc_mm >= first) & (stomach.arc_mm <= last)
        axis = stomach.points[held, :3] if held.any() else on_axis[None, :3]
        low, high = axis.min(axis=0) - on_axis[3], axis.max(axis=0) + on_axis[3]
    else:
        first, last = middle - half, middle + half
        low, high = centre - half, centre + half
    return GastricLesion(
        tumour=tumour,
        centre=centre,
        first_mm=first,
        last_mm=last,
        texture=TumourTexture.draw(case, low, high),
        edge=LatticeNoise.draw(rng, 7.0, 9.0, EXTENT_MM),
        nodes=draw_nodes(tumour.nodes, _node_places(abdomen, share), rng),
    )


def is_diffuse(tumour: GastricTumour) -> bool:
    """Tumours that run around the stomach: Borrmann IV and those of the whole stomach."""
    return tumour.borrmann == 4 or tumour.site == "whole"


def _diffuse_range(points: Points, arc: Points, middle: float, length: float) -> tuple[float, float]:
    """Arc range around ``middle`` whose stretch of wall is ``length`` long in space, bends considered."""
    total = float(arc[-1])
    tangents = np.gradient(points[:, :3], arc, axis=0)
    first = last = middle
    for half in np.arange(4.0, total, 2.0):
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
            break
    return first, last


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


def paint_stomach(
    frame: SliceFrame, lesion: GastricLesion | None, phase: Phase, gain: float
) -> Floats | None:
    """Paint the stomach; return the signed distance (row, column) to the tumour, None where it is not."""
    canvas, hu, abdomen = frame.canvas, frame.hu, frame.abdomen
    shape = tube_slice(canvas, abdomen.stomach, frame.z_mm, _REACH_MM)
    if shape is None:
        return None
    box, s = shape.box, shape.arc_mm / np.float32(abdomen.stomach.length_mm)
    serosa = shape.distance + 0.6 * frame.coarse[box]
    serosa = np.maximum(serosa, 1.5 - frame.depth[box])
    serosa = np.maximum(serosa, frame.above[box] + 2.0)
    wall = np.interp(s, (0.0, 0.3, 0.65, 0.85, 1.0), (3.0, 3.4, 4.2, 6.0, 6.5)).astype(np.float32)
    empty = float(np.clip(1.12 - abdomen.gastric_fill, 0.02, 0.3)) * 20.0
    ridge = np.clip(1.0 - np.abs(frame.course_a[box] + 0.4 * frame.medium[box]) / 0.55, 0.0, 1.0)
    inner = serosa + wall + empty * ridge * np.clip((0.72 - s) / 0.15, 0.0, 1.0)
    tumour: Floats | None = None
    outer = serosa
    if lesion is not None:
        grown = _grown_wall(frame, shape, lesion, serosa, wall)
        if grown is not None:
            inwards, outwards, tumour = grown
            inner = inner + inwards
            outer = serosa - outwards
    halo(frame, box, outer.astype(np.float32), 1.6)
    if lesion is not None and tumour is not None:
        _paint_strands(frame, lesion, box, outer)
    value = _wall_hu(frame, phase, shape, serosa, inner)
    if lesion is not None and tumour is not None:
        depth = np.clip(np.minimum(-outer, inner), 0.0, None).astype(np.float32)
        grid = canvas.grid_x[box[1]], canvas.grid_y[box[0]]
        look = lesion.texture.inside_hu(phase, frame.z_mm, grid, depth, TUMOUR_PLAIN_HU, gain)
        value = value + canvas.cover(tumour, 1.0) * (look - value)
    canvas.paint(box, canvas.cover(outer.astype(np.float32), 0.6), value.astype(np.float32))
    level = np.float32(abdomen.gas_level_mm)
    gas = np.clip((level - canvas.grid_y[box[0]]) / np.float32(2.0 * canvas.pixel_mm) + 0.5, 0.0, 1.0)[
        :, None
    ]
    juice = (
        hu["juice"]
        + 3.0 * frame.fine[box]
        + 14.0 * np.clip(frame.medium[box] + 0.5 * frame.coarse[box] - 1.3, 0, 1)
    )
    filling = juice + gas * (GAS_HU - juice)
    canvas.paint(box, canvas.cover(inner.astype(np.float32), 0.6), filling.astype(np.float32))
    if tumour is None:
        return None
    total: Floats = np.full(canvas.x.shape, 50.0, dtype=np.float32)
    total[box] = np.maximum(np.maximum(tumour, outer), -inner)
    return total


def _wall_hu(frame: SliceFrame, phase: Phase, shape: TubeSlice, serosa: Floats, inner: Floats) -> Floats:
    """Mucosa bright within two millimetres of the lumen, muscle outside it."""
    hu = frame.hu
    mucosa = np.clip(1.0 - (inner - 1.4) / 1.4, 0.0, 1.0)
    value = hu["gastric_muscle"] + 4.0 * frame.fine[shape.box]
    return np.asarray(value + mucosa * (hu["gastric_mucosa"] - hu["gastric_muscle"]), dtype=np.float32)


def _grown_wall(
    frame: SliceFrame, shape: TubeSlice, lesion: GastricLesion, serosa: Floats, wall: Floats
) -> tuple[Floats, Floats, Floats] | None:
    """Growth into the lumen and outwards (mm), and the signed distance to the tumour's lateral border."""
    tumour, abdomen, box = lesion.tumour, frame.abdomen, shape.box
    canvas = frame.canvas
    half = 0.5 * tumour.long_diameter_mm
    grid = canvas.grid_x[box[1]], canvas.grid_y[box[0]]
    rough = lesion.edge.plane(frame.z_mm, *grid)
    shown = lesion.texture.edge_shown(frame.z_mm)
    roughness = tumour.roughness_mm + 1.3 * aggressive_share(shown)
    if is_diffuse(tumour):
        ends = np.maximum(lesion.first_mm - shape.arc_mm, shape.arc_mm - lesion.last_mm)
        lateral = ends + roughness * rough
        q = np.clip(1.0 + lateral / max(0.5 * (lesion.last_mm - lesion.first_mm), 1.0), 0.0, 2.0)
    else:
        cx, cy, cz = (np.float32(v) for v in lesion.centre)
        away = np.sqrt(
            (canvas.x[box] - cx) ** 2 + (canvas.y[box] - cy) ** 2 + (np.float32(frame.z_mm) - cz) ** 2
        )
        lateral = away - np.float32(half) + np.clip(roughness * rough, -2.5, 2.5)
        q = np.clip(away / np.float32(half), 0.0, 2.0)
    if float(np.where((serosa < 4.0) & (serosa > -45.0), lateral, 9.0).min()) > -1.0:
        return None
    radius = np.interp(shape.arc_mm, abdomen.stomach.arc_mm, abdomen.stomach.points[:, 3]).astype(np.float32)
    added = np.maximum(np.float32(tumour.thickness_mm) - wall, 2.0) * _profile(tumour, q, rough)
    share_out = (0.0, 0.05, 0.15, 0.3)[tumour.ct_stage - 1]
    room = np.maximum(radius - wall - np.float32(_LEAST_LUMEN_MM), 1.0)
    inwards = np.minimum((1.0 - share_out) * added, room)
    outwards = added - inwards
    if tumour.ct_stage >= 3:
        serosal = (0.55 + 0.45 * (tumour.ct_stage - 3)) * roughness
        outwards = outwards + serosal * np.clip(rough + 0.3, -0.6, 1.6) * np.clip(3.0 * (1.0 - q), 0.0, 1.0)
    outwards = np.clip(outwards, -1.0, _REACH_MM - 4.0)
    return (
        np.asarray(inwards, dtype=np.float32),
        np.asarray(outwards, dtype=np.float32),
        # The border lies where the wall is a millimetre thicker than it should be.
        np.asarray(np.maximum(lateral, 1.0 - added), dtype=np.float32),
    )


def _profile(tumour: GastricTumour, q: Floats, rough: Floats) -> Floats:
    """Share of the thickness by distance from the centre (1 at the border), after Borrmann's types."""
    inside = np.clip(1.0 - q, 0.0, 1.0)
    if is_diffuse(tumour):
        return np.clip(inside / 0.18, 0.0, 1.0) * (0.88 + 0.12 * np.clip(rough, -1.0, 1.0))
    if tumour.borrmann == 1:
        return np.sqrt(np.clip(1.0 - q * q, 0.0, 1.0)) * (0.92 + 0.08 * np.clip(rough, -1.0, 1.0))
    if tumour.borrmann == 2:
        raised = np.clip(inside / 0.16, 0.0, 1.0)
        return raised * (1.0 - tumour.ulcer_share * np.exp(-((q / 0.5) ** 4)))
    sloping = np.clip(inside / 0.45, 0.0, 1.0) ** 0.8
    return sloping * (1.0 - tumour.ulcer_share * np.exp(-((q / 0.42) ** 2)))


def _paint_strands(frame: SliceFrame, lesion: GastricLesion, box: tuple[slice, slice], outer: Floats) -> None:
    """Hazy fat and strands outside a serosa that the tumour has reached."""
    if lesion.tumour.ct_stage < 3:
        return
    reach = 5.0 if lesion.tumour.ct_stage == 3 else 11.0
    cx, cy, cz = (np.float32(v) for v in lesion.centre)
    away = np.sqrt((frame.canvas.x[box] - cx) ** 2 + (frame.canvas.y[box] - cy) ** 2 + (frame.z_mm - cz) ** 2)
    near = np.clip(1.0 - outer / reach, 0.0, 1.0) * np.clip(
        1.3 - away / (0.5 * lesion.tumour.long_diameter_mm), 0, 1
    )
    lines = np.clip(1.0 - np.abs(frame.course_b[box] + 0.5 * frame.medium[box]) / 0.3, 0.0, 1.0)
    reaction = 0.3 + 1.2 * aggressive_share(lesion.texture.edge_shown(frame.z_mm))
    opacity = reaction * near * (0.3 + 0.5 * lines) * frame.canvas.cover(1.0 - frame.depth[box])
    frame.canvas.paint(box, np.clip(0.75 * opacity, 0.0, 0.9).astype(np.float32), 18.0)

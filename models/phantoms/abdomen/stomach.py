"""The stomach with its wall, folds, juice and gas, and a tumour of its wall."""

from __future__ import annotations

import numpy as np

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.enhancement import GAS_HU, TUMOUR_PLAIN_HU
from models.phantoms.abdomen.gastric_lesion import GastricLesion, held_back, is_diffuse
from models.phantoms.abdomen.organs import halo
from models.phantoms.abdomen.slice_frame import SliceFrame
from models.phantoms.abdomen.tubes import TubeSlice, tube_slice
from models.phantoms.abdomen.tumour_signal import aggressive_share
from models.phantoms.shapes import Floats

_REACH_MM = 22.0
_LEAST_LUMEN_MM = 3.0
# A small tumour's edge is no rougher than this share of its half diameter.
_ROUGHEST_SHARE = 0.25
# By half diameter, the distance to the border beyond which a sheet shows no tumour: of a tumour of a few
# millimetres the sheet beside it counts, or it would fall between two thick slices.
_ENDS_MM = (5.0, 10.0), (1.5, -1.0)


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
    serosa = np.maximum(serosa, held_back(frame.depth[box], frame.above[box]))
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
    shown = lesion.texture.signal.edge_shown(frame.z_mm)
    roughness = tumour.roughness_mm + 1.3 * aggressive_share(shown)
    if lesion.runs_around:
        ends = np.maximum(lesion.first_mm - shape.arc_mm, shape.arc_mm - lesion.last_mm)
        lateral = ends + roughness * rough
        q = np.clip(1.0 + lateral / max(0.5 * (lesion.last_mm - lesion.first_mm), 1.0), 0.0, 2.0)
    else:
        cx, cy, cz = (np.float32(v) for v in lesion.centre)
        away = np.sqrt(
            (canvas.x[box] - cx) ** 2 + (canvas.y[box] - cy) ** 2 + (np.float32(frame.z_mm) - cz) ** 2
        )
        roughest = min(2.5, _ROUGHEST_SHARE * half)
        lateral = away - np.float32(half) + np.clip(roughness * rough, -roughest, roughest)
        q = np.clip(away / np.float32(half), 0.0, 2.0)
    if float(np.where((serosa < 4.0) & (serosa > -45.0), lateral, 9.0).min()) > np.interp(half, *_ENDS_MM):
        return None
    radius = np.interp(shape.arc_mm, abdomen.stomach.arc_mm, abdomen.stomach.points[:, 3]).astype(np.float32)
    added = np.maximum(np.float32(tumour.thickness_mm) - wall, 2.0) * _profile(lesion, q, rough)
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


def _profile(lesion: GastricLesion, q: Floats, rough: Floats) -> Floats:
    """Share of the thickness by distance from the centre (1 at the border), after Borrmann's types."""
    tumour, inside = lesion.tumour, np.clip(1.0 - q, 0.0, 1.0)
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
    reaction = 0.3 + 1.2 * aggressive_share(lesion.texture.signal.edge_shown(frame.z_mm))
    opacity = reaction * near * (0.3 + 0.5 * lines) * frame.canvas.cover(1.0 - frame.depth[box])
    frame.canvas.paint(box, np.clip(0.75 * opacity, 0.0, 0.9).astype(np.float32), 18.0)

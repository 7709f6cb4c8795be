"""Colon, small bowel, duodenum and oesophagus: walls, folds and what they hold."""

from __future__ import annotations

import numpy as np

from models.phantoms.abdomen.enhancement import DEEP_FAT_HU, GAS_HU
from models.phantoms.abdomen.organs import halo
from models.phantoms.abdomen.slice_frame import SliceFrame
from models.phantoms.abdomen.tubes import Tube, TubeSlice, tube_slice
from models.phantoms.shapes import Floats


def paint_colon(frame: SliceFrame) -> None:
    """Haustra with a thin wall; stool mottled with gas, gas alone in front."""
    canvas = frame.canvas
    for number, tube in enumerate(frame.abdomen.colon):
        shape = tube_slice(canvas, tube, frame.z_mm, 4.0)
        if shape is None:
            continue
        box = shape.box
        distance = shape.distance + 0.8 * frame.coarse[box]
        distance = np.maximum(distance, 1.5 - frame.depth[box]).astype(np.float32)
        halo(frame, box, distance, 2.5)
        canvas.paint(box, canvas.cover(distance, 0.6), frame.hu["colon_wall"])
        lumen = canvas.cover(distance + 2.2, 0.6)
        mottle = frame.fine[box] + 0.7 * frame.medium[box]
        stool = 36.0 + 14.0 * frame.medium[box]
        stool = stool - 330.0 * np.clip((mottle - 1.1) / 1.8, 0.0, 1.0)
        # Solid stool is common on the right, gas in the transverse colon, which lies in front.
        usual = (0.35, 1.3, 0.2)[number]
        gassy = usual + 0.9 * frame.coarse[box]
        level = tube.points[:, 1].mean() - 6.0 + 14.0 * (1.2 - usual)
        gas = np.clip((gassy - 0.3) / 0.2, 0.0, 1.0) * _in_front(frame, shape, float(level))
        value = stool + (GAS_HU - stool) * gas
        canvas.paint(box, lumen, value.astype(np.float32))


def _in_front(frame: SliceFrame, shape: TubeSlice, level_mm: float) -> Floats:
    """Opacity of what floats: before a level, flat on the table."""
    rows = frame.canvas.grid_y[shape.box[0]]
    return np.clip((np.float32(level_mm) - rows) / np.float32(2.0 * frame.canvas.pixel_mm) + 0.5, 0.0, 1.0)[
        :, None
    ]


def paint_small_bowel(frame: SliceFrame) -> None:
    """Loops with an enhancing feathery wall, mostly collapsed or with fluid, here and there gas."""
    _paint_loop(frame, frame.abdomen.small_bowel, gas_share=0.35)


def paint_duodenum(frame: SliceFrame) -> None:
    """From the pylorus around the head of the pancreas and before the aorta."""
    _paint_loop(frame, frame.abdomen.duodenum, gas_share=0.2)


def _paint_loop(frame: SliceFrame, tube: Tube, gas_share: float) -> None:
    canvas, hu = frame.canvas, frame.hu
    shape = tube_slice(canvas, tube, frame.z_mm, 3.0)
    if shape is None:
        return
    box = shape.box
    distance = shape.distance + 0.5 * frame.medium[box] + 0.5 * frame.coarse[box]
    distance = np.maximum(distance, 1.5 - frame.depth[box]).astype(np.float32)
    halo(frame, box, distance, 1.2)
    # What fills the loop changes slowly along it.
    turns = np.sin(shape.arc_mm / 37.0) + 0.8 * np.sin(shape.arc_mm / 83.0 + 1.0)
    folds = np.clip(0.5 + 0.9 * np.sin(shape.arc_mm * 1.55 + 2.0 * frame.medium[box]), 0.0, 1.0)
    wall_mm = 2.3 + 1.7 * folds + 4.0 * np.clip(turns - 0.6, 0.0, 1.0)
    canvas.paint(
        box, canvas.cover(distance, 0.6), (hu["bowel_wall"] + 5.0 * frame.fine[box]).astype(np.float32)
    )
    lumen = canvas.cover((distance + wall_mm).astype(np.float32), 0.9)
    value = hu["juice"] + 9.0 + 8.0 * frame.medium[box]
    gas = np.clip((-turns - 1.75 + gas_share) / 0.1, 0.0, 1.0) * np.clip((-distance - 4.0) / 1.5, 0.0, 1.0)
    value = value + (GAS_HU - value) * gas
    canvas.paint(box, lumen, value.astype(np.float32))


def paint_oesophagus(frame: SliceFrame) -> None:
    """The lower oesophagus down to the cardia: muscle with a trace of air."""
    canvas = frame.canvas
    shape = tube_slice(canvas, frame.abdomen.oesophagus, frame.z_mm)
    if shape is None:
        return
    canvas.paint(shape.box, canvas.cover(shape.distance - 2.0), DEEP_FAT_HU)
    canvas.paint(shape.box, canvas.cover(shape.distance), frame.hu["gastric_muscle"] + 6.0)
    canvas.paint(shape.box, 0.5 * canvas.cover(shape.distance + 6.0), -350.0)

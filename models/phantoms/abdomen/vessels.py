"""Aorta, cava, portal system and their larger branches outside the liver."""

from __future__ import annotations

import numpy as np

from models.phantoms.abdomen.slice_frame import SliceFrame
from models.phantoms.abdomen.tubes import Tube, paint_tubes, tube_slice


def paint_great_vessels(frame: SliceFrame) -> None:
    """Aorta with its lime, cava and renal veins."""
    abdomen, hu = frame.abdomen, frame.hu
    mixed = float(np.clip((frame.z_mm + 15.0) / 50.0, 0.0, 1.0))
    cava = hu["cava_low"] + mixed * (hu["cava_high"] - hu["cava_low"])
    paint_tubes(frame.canvas, abdomen.renal_veins, frame.z_mm, hu["renal_vein"])
    _paint_vessel(frame, abdomen.cava, cava, swirl=0.10 * (hu["renal_vein"] - hu["cava_low"]), lime=0.0)
    _paint_vessel(frame, abdomen.aorta, hu["aorta"], swirl=0.0, lime=abdomen.habitus.age_years - 52.0)


def _paint_vessel(frame: SliceFrame, vessel: Tube, value: float, swirl: float, lime: float) -> None:
    """A wide vessel; unmixed blood swirls in the cava, lime sits in the aorta's wall."""
    canvas = frame.canvas
    shape = tube_slice(canvas, vessel, frame.z_mm)
    if shape is None:
        return
    box = shape.box
    blood = np.float32(value) + np.float32(swirl) * frame.coarse[box]
    if lime > 0.0:
        flecks = np.clip((frame.medium[box] + 0.5 * frame.coarse[box] - 2.2 + 0.028 * lime) / 0.4, 0.0, 1.0)
        wall = np.clip(1.0 - np.abs(shape.distance + 1.2) / 1.2, 0.0, 1.0)
        blood = blood + 700.0 * flecks * wall
    canvas.paint(box, canvas.cover(shape.distance, 0.6), blood.astype(np.float32))


def paint_portal_and_arteries(frame: SliceFrame) -> None:
    """Portal, superior mesenteric and splenic veins, and the arteries beside them."""
    canvas, hu = frame.canvas, frame.hu
    paint_tubes(canvas, frame.abdomen.splenic_vein, frame.z_mm, hu["portal_vein"])
    paint_tubes(canvas, frame.abdomen.portal, frame.z_mm, hu["portal_vein"])
    paint_tubes(canvas, frame.abdomen.arteries, frame.z_mm, 0.94 * hu["aorta"], softness_mm=0.4)

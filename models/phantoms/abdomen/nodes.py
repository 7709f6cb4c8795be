"""Enlarged regional lymph nodes: ovals in fat, placed at their stations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.phantoms.abdomen.parameters import EnlargedNodes
from models.phantoms.abdomen.slice_frame import SliceFrame
from models.phantoms.abdomen.tubes import Points
from models.phantoms.shapes import Floats


@dataclass(frozen=True, slots=True)
class Node:
    """Centre and radii in mm."""

    centre: tuple[float, float, float]
    radii: tuple[float, float, float]


def draw_nodes(asked: EnlargedNodes, places: Points, rng: np.random.Generator) -> tuple[Node, ...]:
    """As many nodes as asked, at the stations in turn, the first the largest."""
    nodes: list[Node] = []
    for k in range(asked.count):
        short = asked.largest_short_axis_mm * (1.0 if k == 0 else float(rng.uniform(0.55, 0.95)))
        radius = 0.5 * short
        longer = rng.uniform(1.05, 1.5, 2)
        centre = places[k % len(places)] + rng.normal(0.0, 2.0 + 3.0 * (k // len(places)), 3)
        radii = (radius * float(longer[0]), radius, radius * float(longer[1]))
        nodes.append(Node((float(centre[0]), float(centre[1]), float(centre[2])), radii))
    return tuple(nodes)


def paint_nodes(frame: SliceFrame, nodes: tuple[Node, ...], value: float) -> Floats | None:
    """Paint the nodes of the slice; return the signed distance (row, column), None where there are none."""
    total: Floats | None = None
    canvas = frame.canvas
    for node in nodes:
        (cx, cy, cz), (rx, ry, rz) = node.centre, node.radii
        w = (frame.z_mm - cz) / rz
        if abs(w) >= 1.0:
            continue
        box = canvas.box(cx, cy, rx, ry)
        if box is None:
            continue
        u, v = (canvas.x[box] - np.float32(cx)) / rx, (canvas.y[box] - np.float32(cy)) / ry
        k0 = np.sqrt(u * u + v * v + np.float32(w * w))
        k1 = np.sqrt((u / rx) ** 2 + (v / ry) ** 2 + np.float32((w / rz) ** 2)) + np.float32(1e-6)
        distance = (k0 * (k0 - 1.0) / k1 + 0.25 * frame.medium[box]).astype(np.float32)
        texture = np.asarray(
            value + 5.0 * frame.fine[box] - 8.0 * np.clip(-distance - 3.0, 0.0, 2.0), np.float32
        )
        canvas.paint(box, canvas.cover(distance, 0.6), texture)
        if total is None:
            total = np.full(canvas.x.shape, 50.0, dtype=np.float32)
        total[box] = np.minimum(total[box], distance)
    return total

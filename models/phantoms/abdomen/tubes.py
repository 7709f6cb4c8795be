"""Curved tubes through the slices: vessels, bowel, stomach, pancreas and ribs are chains of round cones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.phantoms.shapes import Box, Floats, SliceCanvas

Points = NDArray[np.float64]
_FAR_MM = 1e3


@dataclass(frozen=True, slots=True, eq=False)
class Tube:
    """A chain of points (x, y, z, radius) in mm and the arc length of each from the first."""

    points: Points
    arc_mm: Points
    breaks: NDArray[np.bool_]

    @classmethod
    def of(cls, points: Points) -> Tube:
        """The tube straight from point to point."""
        steps = np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1)
        return cls(points, np.concatenate([[0.0], np.cumsum(steps)]), np.zeros(len(steps), dtype=bool))

    @classmethod
    def bundle(cls, tubes: Sequence[Tube]) -> Tube:
        """Several tubes as one, for painting only; nothing joins the end of one to the start of the next."""
        points = np.concatenate([tube.points for tube in tubes])
        one = cls.of(points)
        ends = np.cumsum([len(tube.points) for tube in tubes])[:-1] - 1
        one.breaks[ends] = True
        return one

    @classmethod
    def smooth(cls, control: Sequence[Sequence[float]] | Points, step_mm: float) -> Tube:
        """A smooth tube through control points (x, y, z, radius), sampled about every ``step_mm``."""
        from scipy.interpolate import PchipInterpolator, make_interp_spline

        points = np.asarray(control, dtype=np.float64)
        knots = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1))])
        count = max(round(float(knots[-1]) / step_mm), 2) + 1
        places = np.linspace(0.0, knots[-1], count)
        curve = make_interp_spline(knots, points[:, :3], k=min(3, len(points) - 1))(places)
        radius = PchipInterpolator(knots, points[:, 3])(places)
        return cls.of(np.column_stack([curve, radius]))

    @property
    def length_mm(self) -> float:
        """Arc length."""
        return float(self.arc_mm[-1])

    def at(self, share: float) -> Points:
        """Point (x, y, z, radius) at a share of the length."""
        place = share * self.length_mm
        return np.array([np.interp(place, self.arc_mm, self.points[:, c]) for c in range(4)])

    def direction(self, share: float) -> Points:
        """Unit tangent at a share of the length."""
        ahead, behind = self.at(min(share + 0.03, 1.0)), self.at(max(share - 0.03, 0.0))
        step = (ahead - behind)[:3]
        return np.asarray(step / np.linalg.norm(step))

    def crossing(self, z_mm: float, reach_mm: float) -> NDArray[np.intp]:
        """Segments whose solid, grown by the reach, meets the plane."""
        z, grown = self.points[:, 2], self.points[:, 3] + reach_mm
        low = np.minimum(z[:-1] - grown[:-1], z[1:] - grown[1:])
        high = np.maximum(z[:-1] + grown[:-1], z[1:] + grown[1:])
        return np.flatnonzero((low < z_mm) & (high > z_mm) & ~self.breaks)


@dataclass(frozen=True, slots=True, eq=False)
class TubeSlice:
    """Signed distance (mm, negative inside) to a tube in one slice, and the nearest place's arc length."""

    box: Box
    distance: Floats
    arc_mm: Floats


def tube_slice(canvas: SliceCanvas, tube: Tube, z_mm: float, reach_mm: float = 2.0) -> TubeSlice | None:
    """Distances around a tube, right up to ``reach_mm`` outside and large beyond; None where it is far."""
    active = tube.crossing(z_mm, reach_mm)
    if active.size == 0:
        return None
    boxes = [(k, box) for k in active if (box := _segment_box(canvas, tube, int(k), z_mm, reach_mm))]
    if not boxes:
        return None
    rows = slice(min(b[0].start for _, b in boxes), max(b[0].stop for _, b in boxes))
    columns = slice(min(b[1].start for _, b in boxes), max(b[1].stop for _, b in boxes))
    shape = (rows.stop - rows.start, columns.stop - columns.start)
    distance: Floats = np.full(shape, _FAR_MM, dtype=np.float32)
    arc: Floats = np.zeros(shape, dtype=np.float32)
    for k, box in boxes:
        inner = (
            slice(box[0].start - rows.start, box[0].stop - rows.start),
            slice(box[1].start - columns.start, box[1].stop - columns.start),
        )
        one, along = _segment_distance(canvas, tube, int(k), z_mm, box)
        nearer = one < distance[inner]
        np.copyto(distance[inner], one, where=nearer)
        along *= np.float32(tube.arc_mm[k + 1] - tube.arc_mm[k])
        along += np.float32(tube.arc_mm[k])
        np.copyto(arc[inner], along, where=nearer)
    return TubeSlice((rows, columns), distance, arc)


def paint_tubes(
    canvas: SliceCanvas, tube: Tube, z_mm: float, value: float, opacity: float = 1.0, softness_mm: float = 0.6
) -> None:
    """Paint every segment of a tube by itself: enough for vessels."""
    for k in tube.crossing(z_mm, 1.0):
        box = _segment_box(canvas, tube, int(k), z_mm, 1.0)
        if box is None:
            continue
        distance, _ = _segment_distance(canvas, tube, int(k), z_mm, box)
        canvas.paint(box, canvas.cover(distance, softness_mm) * np.float32(opacity), value)


def _segment_box(canvas: SliceCanvas, tube: Tube, k: int, z_mm: float, reach_mm: float) -> Box | None:
    """Pixels that the part of a grown segment near the plane can cover."""
    a, b = tube.points[k], tube.points[k + 1]
    grown = float(max(a[3], b[3])) + reach_mm
    rise = float(b[2] - a[2])
    low, high = 0.0, 1.0
    if abs(rise) > 1e-6:
        ends = sorted(((z_mm - grown - a[2]) / rise, (z_mm + grown - a[2]) / rise))
        low, high = max(0.0, float(ends[0])), min(1.0, float(ends[1]))
        if low > high:
            return None
    gap = max(min(a[2], b[2]) - z_mm, z_mm - max(a[2], b[2]), 0.0)
    across = float(np.sqrt(max(grown * grown - gap * gap, 1.0)))
    p, q = a[:2] + low * (b[:2] - a[:2]), a[:2] + high * (b[:2] - a[:2])
    middle, half = 0.5 * (p + q), 0.5 * np.abs(q - p) + across
    return canvas.box(float(middle[0]), float(middle[1]), float(half[0]), float(half[1]))


def _segment_distance(
    canvas: SliceCanvas, tube: Tube, k: int, z_mm: float, box: Box
) -> tuple[Floats, Floats]:
    """Signed distance to a segment's round cone, and the share of its length of the nearest place."""
    a, b = tube.points[k], tube.points[k + 1]
    dx, dy, dz = (float(v) for v in (b - a)[:3])
    x, y, z = canvas.x[box] - np.float32(a[0]), canvas.y[box] - np.float32(a[1]), z_mm - float(a[2])
    scale = 1.0 / max(dx * dx + dy * dy + dz * dz, 1e-6)
    t = np.float32(dx * scale) * x
    t += np.float32(dy * scale) * y
    t += np.float32(z * dz * scale)
    np.clip(t, 0.0, 1.0, out=t)
    x -= t * np.float32(dx)
    y -= t * np.float32(dy)
    away = np.float32(z) - t * np.float32(dz)
    np.multiply(x, x, out=x)
    x += y * y
    x += away * away
    np.sqrt(x, out=x)
    x -= np.float32(a[3])
    x -= t * np.float32(b[3] - a[3])
    return x, t

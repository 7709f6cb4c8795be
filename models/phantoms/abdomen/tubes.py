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
        points = np.asarray(control, dtype=np.float64)
        knots = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1))])
        count = max(round(float(knots[-1]) / step_mm), 2) + 1
        places = np.linspace(0.0, knots[-1], count)
        through = _through_three if len(points) == 3 else _through_points
        return cls.of(through(knots, points, places))

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


def _through_points(knots: Points, points: Points, places: Points) -> Points:
    """Cubic spline of the course, monotone cubic of the radius (Fritsch and Butland 1984)."""
    from scipy.interpolate import PchipInterpolator, make_interp_spline

    curve = make_interp_spline(knots, points[:, :3], k=min(3, len(points) - 1))(places)
    return np.column_stack([curve, PchipInterpolator(knots, points[:, 3])(places)])


def _through_three(knots: Points, points: Points, places: Points) -> Points:
    """The same written out: a liver has two hundred branches of three points, and SciPy takes its time."""
    _, middle, end = knots
    first, second = np.diff(points, axis=0) / np.diff(knots)[:, None]
    bend = (second - first) / end
    t = places[:, None]
    course = points[0] + t * (first + (t - middle) * bend)
    h, g, a, b = float(middle), float(end - middle), float(first[3]), float(second[3])
    slopes = (
        _end_slope(h, g, a, b),
        3.0 * (h + g) / ((2.0 * g + h) / a + (g + 2.0 * h) / b) if a * b > 0.0 else 0.0,
        _end_slope(g, h, b, a),
    )
    course[:, 3] = _hermite(knots, points[:, 3], np.array(slopes), places)
    return course


def _end_slope(near_mm: float, far_mm: float, near: float, far: float) -> float:
    """Slope of a monotone cubic at its end, from the steps and secants next to it."""
    slope = ((2.0 * near_mm + far_mm) * near - near_mm * far) / (near_mm + far_mm)
    if slope * near <= 0.0:
        return 0.0
    return 3.0 * near if near * far <= 0.0 and abs(slope) > 3.0 * abs(near) else slope


def _hermite(knots: Points, values: Points, slopes: Points, places: Points) -> Points:
    """Cubic Hermite interpolation."""
    piece = (places > knots[1]).astype(np.intp)
    step = np.diff(knots)[piece]
    u = (places - knots[piece]) / step
    low, high = values[piece], values[piece + 1]
    rise = u * u * (3.0 - 2.0 * u)
    bent = step * u * (1.0 - u) * ((1.0 - u) * slopes[piece] - u * slopes[piece + 1])
    return np.asarray(low + rise * (high - low) + bent)


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

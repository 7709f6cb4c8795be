"""Soft-edged implicit shapes painted on one slice, inside their bounding boxes.

Coordinates are millimetres in the head frame: x to the patient's left, y to posterior, z to superior.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Box = tuple[slice, slice]

# Boxes follow the warp at their centre and grow by this, for soft edges, plus a share of their size, for the
# warp's change across them.
_MARGIN_MM, _MARGIN_SHARE = 3.5, 0.12


@dataclass(frozen=True, slots=True)
class Section:
    """A superellipse: centre and radii in mm, rotation in degrees, exponent (2 is an ellipse)."""

    x: float
    y: float
    rx: float
    ry: float
    rotation_deg: float = 0.0
    exponent: float = 2.0

    def mirrored(self) -> Section:
        """The same section on the other side of the midline."""
        return Section(-self.x, self.y, self.rx, self.ry, -self.rotation_deg, self.exponent)

    def grown(self, mm: float) -> Section:
        """The section with both radii larger by ``mm``."""
        return Section(self.x, self.y, self.rx + mm, self.ry + mm, self.rotation_deg, self.exponent)


@dataclass(frozen=True, slots=True)
class Loft:
    """A solid whose axial sections are interpolated between levels.

    ``levels`` are (z, x, y, rx, ry, rotation) from low z to high z; the solid ends at the first and last.
    """

    levels: tuple[tuple[float, float, float, float, float, float], ...]
    exponent: float = 2.0

    def section(self, z: float) -> Section | None:
        """The section at ``z``, or None outside the solid."""
        table = np.asarray(self.levels)
        if not table[0, 0] <= z <= table[-1, 0]:
            return None
        x, y, rx, ry, rotation = (float(np.interp(z, table[:, 0], table[:, c])) for c in range(1, 6))
        return Section(x, y, rx, ry, rotation, self.exponent)


class SliceCanvas:
    """One slice being painted: pixel grid, warped head coordinates and the signal so far."""

    def __init__(self, grid_x: Floats, grid_y: Floats, x: Floats, y: Floats) -> None:
        """``grid_x``, ``grid_y``: nominal column and row positions; ``x``, ``y`` (row, column): warped."""
        self.grid_x, self.grid_y, self.x, self.y = grid_x, grid_y, x, y
        self.pixel_mm = float(grid_x[1] - grid_x[0])
        self.image: Floats = np.zeros(x.shape, dtype=np.float32)
        # Depth (mm) below the skin, set when the outline is painted; parts stay inside it.
        self.depth: Floats = np.zeros(x.shape, dtype=np.float32)

    def box(self, x: float, y: float, half_x: float, half_y: float) -> Box | None:
        """Rows and columns that can hold the given rectangle, or None off the grid."""
        count_y, count_x = self.x.shape
        x0, y0 = float(self.grid_x[0]), float(self.grid_y[0])
        row = min(max(round((y - y0) / self.pixel_mm), 0), count_y - 1)
        column = min(max(round((x - x0) / self.pixel_mm), 0), count_x - 1)
        centre_x = x - (float(self.x[row, column]) - float(self.grid_x[column])) - x0
        centre_y = y - (float(self.y[row, column]) - float(self.grid_y[row])) - y0
        margin = _MARGIN_MM + _MARGIN_SHARE * max(half_x, half_y)
        left = max(int((centre_x - half_x - margin) / self.pixel_mm), 0)
        right = min(int((centre_x + half_x + margin) / self.pixel_mm) + 2, count_x)
        top = max(int((centre_y - half_y - margin) / self.pixel_mm), 0)
        bottom = min(int((centre_y + half_y + margin) / self.pixel_mm) + 2, count_y)
        if left >= right or top >= bottom:
            return None
        return slice(top, bottom), slice(left, right)

    def section_box(self, section: Section) -> Box | None:
        """The box of a section."""
        turn = np.deg2rad(section.rotation_deg)
        c, s = abs(np.cos(turn)), abs(np.sin(turn))
        if section.exponent > 2.0:
            reach_x, reach_y = c * section.rx + s * section.ry, s * section.rx + c * section.ry
        else:
            reach_x = float(np.hypot(c * section.rx, s * section.ry))
            reach_y = float(np.hypot(s * section.rx, c * section.ry))
        return self.box(section.x, section.y, reach_x, reach_y)

    def distance(self, section: Section, box: Box) -> Floats:
        """Approximate signed distance (mm, negative inside) to the section's outline."""
        return section_distance(section, self.x[box], self.y[box])

    def chain_distance(self, points: Sequence[tuple[float, float]], box: Box) -> Floats:
        """Distance (mm) to a polyline."""
        x, y = self.x[box], self.y[box]
        best: Floats = np.full(x.shape, 1e6, dtype=np.float32)
        for (ax, ay), (bx, by) in pairwise(points):
            dx, dy = bx - ax, by - ay
            along = np.clip(((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-6), 0.0, 1.0)
            np.minimum(best, (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2, out=best)
        return np.sqrt(best)

    def cover(self, distance: Floats, softness_mm: float = 1.0) -> Floats:
        """Opacity in [0, 1] of a shape from its signed distance; the edge is about a pixel wide."""
        width = self.pixel_mm + softness_mm
        return np.clip(0.5 - distance / width, 0.0, 1.0)

    def paint(self, box: Box, opacity: Floats, value: Floats | float) -> None:
        """Blend a value over the slice."""
        target = self.image[box]
        target += opacity * (value - target)


def section_distance(section: Section, x: Floats, y: Floats) -> Floats:
    """Approximate signed distance (mm, negative inside) of points to a section's outline."""
    turn = np.deg2rad(section.rotation_deg)
    c, s = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    dx, dy = x - np.float32(section.x), y - np.float32(section.y)
    u = (c * dx + s * dy) * np.float32(1.0 / section.rx)
    v = (c * dy - s * dx) * np.float32(1.0 / section.ry)
    slope = np.sqrt((u * np.float32(1.0 / section.rx)) ** 2 + (v * np.float32(1.0 / section.ry)) ** 2)
    if section.exponent == 2.0:
        k = np.sqrt(u * u + v * v)
    else:
        p = np.float32(section.exponent)
        k = (np.abs(u) ** p + np.abs(v) ** p) ** (1.0 / p)
    return np.asarray(k * (k - 1.0) / (slope + np.float32(1e-6)), dtype=np.float32)


def smooth_union(a: Floats, b: Floats, blend_mm: float) -> Floats:
    """Union of two signed distances whose seam is rounded over ``blend_mm``."""
    h = np.clip(0.5 + 0.5 * (b - a) / blend_mm, 0.0, 1.0)
    return np.asarray(b + h * (a - b) - blend_mm * h * (1.0 - h), dtype=np.float32)

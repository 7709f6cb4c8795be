"""The scanner's table: a shallow trough of foam in a thin shell, under the patient's back."""

from __future__ import annotations

import numpy as np

from models.phantoms.abdomen.parameters import HabitusParameters
from models.phantoms.shapes import SliceCanvas

_SHELL_HU, _FOAM_HU = -180.0, -955.0
_HALF_WIDTH_MM = 205.0


def paint_table(canvas: SliceCanvas, habitus: HabitusParameters) -> None:
    """Paint the table below the back, straight on the scanner's grid."""
    top = 112.0 + 0.75 * habitus.subcutaneous_fat_mm + 24.0 * (habitus.muscle - 0.9)
    x, y = canvas.grid_x[None, :], canvas.grid_y[:, None]
    surface = top + 3.0 - (x / 205.0) ** 2 * 34.0
    below = y - surface
    thick = 22.0 - (x / 205.0) ** 2 * 10.0
    within = np.clip((_HALF_WIDTH_MM - np.abs(x)) / 2.0, 0.0, 1.0)
    pixel = np.float32(canvas.pixel_mm)
    slab = np.clip(below / pixel + 0.5, 0.0, 1.0) * np.clip((thick - below) / pixel + 0.5, 0.0, 1.0) * within
    edge = np.minimum(np.abs(below - 0.9), np.abs(below - thick + 0.9))
    shell = np.clip((1.2 - edge) / pixel + 0.5, 0.0, 1.0) * slab
    canvas.image += (slab * (_FOAM_HU - canvas.image)).astype(np.float32)
    canvas.image += (shell * (_SHELL_HU - canvas.image)).astype(np.float32)

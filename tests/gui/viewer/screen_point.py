"""Where a place in the patient lies on the screen, written apart from the code that draws there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF

from gui.viewer.plane_transform import PlaneTransform
from gui.viewer.viewport import Viewport


def screen_point(transform: PlaneTransform, index: tuple[float, ...]) -> NDArray[np.float64]:
    """Screen mm (x, y) of a voxel (slice, row, column), by way of patient space."""
    axes = np.stack([transform.right, transform.down], axis=1)
    point: NDArray[np.float64] = transform.geometry.index_to_lps(index) @ axes
    return point


def point_of(viewport: Viewport, voxel: tuple[int, int, int]) -> QPointF:
    """Where the centre of a voxel lies in the view."""
    assert viewport.transform_ is not None
    return viewport.stage.mapToScene(QPointF(*screen_point(viewport.transform_, voxel)))

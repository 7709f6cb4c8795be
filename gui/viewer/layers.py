"""What lies on one picture, from bottom to top: grey values, heat map, mask with its outline."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsRectItem

from gui.viewer.contour import outline
from gui.viewer.display_window import DisplayWindow
from gui.viewer.plane_transform import PlaneTransform
from gui.viewer.slice_source import SliceSource
from inference.masks.layer import MaskLayer
from inference.outcome import HeatMap

_OUTLINE_PX: Final = 1.8
_FRAME_PX: Final = 1.0
_HEAT_STOPS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_HEAT_COLOURS: Final = ((43, 16, 90), (139, 26, 104), (214, 66, 62), (249, 142, 8), (252, 250, 164))


class Picture(pg.ImageItem):
    """An ImageItem placed by its own transform alone: it stands in a scene without a ViewBox."""

    def __init__(self, parent: QGraphicsItem) -> None:
        super().__init__(axisOrder="row-major")
        self.setParentItem(parent)

    def getViewBox(self) -> None:
        """There is none; pan and zoom belong to the viewport."""


class ImageLayer:
    """Grey values: stored integers with levels, so that a new window costs no new picture."""

    def __init__(self, parent: QGraphicsItem) -> None:
        self.item = Picture(parent)
        self._rescale = (1.0, 0.0)

    def show(self, source: SliceSource, transform: PlaneTransform, index: int, window: DisplayWindow) -> bool:
        """Show the plane at ``index``; False when there is nothing to show yet."""
        plane = source.plane(transform.axis, index)
        self.item.setVisible(plane is not None)
        if plane is None:
            return False
        self._rescale = source.rescale(transform.axis, index)
        self.item.setTransform(QTransform(*transform.pixel_affine(index)))
        self.item.setImage(
            transform.arrange(plane), autoLevels=False, levels=window.stored_levels(*self._rescale)
        )
        return True

    def show_window(self, window: DisplayWindow) -> None:
        """Show the same plane with other levels."""
        self.item.setLevels(window.stored_levels(*self._rescale))


class MaskOverlay:
    """The tumour mask as a translucent fill under a crisp outline."""

    def __init__(self, parent: QGraphicsItem) -> None:
        self.fill = Picture(parent)
        self.line = QGraphicsPathItem(parent)
        self.line.setBrush(Qt.BrushStyle.NoBrush)

    def show(self, layer: MaskLayer, transform: PlaneTransform, index: int) -> None:
        """Show the mask on the plane at ``index``."""
        plane = transform.arrange(mask_plane(layer, transform.axis, index))
        marked = bool(plane.any())
        self.set_visible(marked)
        if not marked:
            return
        self.fill_plane(plane, transform, index)
        segments = outline(plane).reshape(-1, 2)
        self.line.setTransform(QTransform(*transform.pixel_affine(index)))
        self.line.setPath(pg.arrayToQPath(segments[:, 0], segments[:, 1], connect="pairs"))

    def fill_plane(self, plane: NDArray[np.bool_], transform: PlaneTransform, index: int) -> None:
        """Fill what is marked of (vertical, horizontal) ``plane`` and leave the outline as it is."""
        self.fill.setVisible(True)
        self.fill.setTransform(QTransform(*transform.pixel_affine(index)))
        self.fill.setImage(np.ascontiguousarray(plane).view(np.uint8), autoLevels=False, levels=(0, 1))

    def set_look(self, colour: str, opacity: float) -> None:
        """Colour of fill and outline, and opacity of the fill in [0, 1]."""
        tint = QColor(colour)
        table = np.zeros((2, 4), dtype=np.uint8)
        table[1] = (tint.red(), tint.green(), tint.blue(), round(255 * opacity))
        self.fill.setLookupTable(table)
        pen = QPen(tint, _OUTLINE_PX)
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self.line.setPen(pen)

    def set_visible(self, visible: bool) -> None:
        """Show or hide fill and outline."""
        self.fill.setVisible(visible)
        self.line.setVisible(visible)


class HeatOverlay:
    """Grad-CAM of one treatment: more opaque and brighter where the networks looked, in a dashed frame."""

    def __init__(self, parent: QGraphicsItem) -> None:
        self.item = Picture(parent)
        self.item.setLookupTable(heat_table())
        self.frame = QGraphicsRectItem(parent)
        pen = QPen(QColor(*_HEAT_COLOURS[-1]), _FRAME_PX, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        self.frame.setPen(pen)

    def show(self, heat: HeatMap | None, transform: PlaneTransform, index: int, opacity: float) -> bool:
        """Show the map on the plane at ``index``; False where the networks did not look."""
        plane = heat.plane(index) if heat is not None and transform.axis == 0 else None
        visible = plane is not None and opacity > 0
        self.item.setVisible(visible)
        self.frame.setVisible(visible)
        if plane is None or heat is None or not visible:
            return plane is not None
        self.item.setOpacity(opacity)
        placing = QTransform(*transform.pixel_affine(index, heat.geometry))
        for item in (self.item, self.frame):
            item.setTransform(placing)
        columns, rows = (heat.geometry.shape[axis] for axis in (transform.horizontal, transform.vertical))
        self.frame.setRect(0, 0, columns, rows)
        levels = np.round(np.clip(transform.arrange(plane), 0, 1) * 255).astype(np.uint8)
        self.item.setImage(levels, autoLevels=False, levels=(0, 255))
        return True

    def hide(self) -> None:
        """Show nothing."""
        self.item.setVisible(False)
        self.frame.setVisible(False)


def mask_plane(layer: MaskLayer, axis: int, index: int) -> NDArray[np.bool_]:
    """The plane of a mask at ``index`` of ``axis``, the remaining axes in array order."""
    planes = np.moveaxis(layer.voxels, axis, 0)
    plane: NDArray[np.bool_] = planes[index]
    return plane


@cache
def heat_table() -> NDArray[np.uint8]:
    """256 × RGBA: dark violet to pale yellow, brightness rising steadily, opacity rising with the value."""
    position = np.linspace(0, 1, 256)
    table = np.empty((256, 4), dtype=np.uint8)
    for channel in range(3):
        table[:, channel] = np.interp(position, _HEAT_STOPS, [colour[channel] for colour in _HEAT_COLOURS])
    table[:, 3] = np.round(255 * np.clip((position - 0.1) / 0.5, 0, 1))
    table.flags.writeable = False
    return table

"""A small picture of a stack's middle slice, upright and in proportion."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

from gui.viewer.plane_transform import PlaneTransform
from inference.scan import Stack

SIZE_PX: Final = 40
_SCALE: Final = 2


def coarsened(pixels: NDArray[np.int16]) -> NDArray[np.int16]:
    """A slice (row, column) by the means of its blocks, so that thousands of them can be kept."""
    step = max(1, min(pixels.shape) // (SIZE_PX * _SCALE))
    if step == 1:
        return pixels.copy()
    rows, columns = (side // step * step for side in pixels.shape)
    blocks = pixels[:rows, :columns].reshape(rows // step, step, columns // step, step)
    return np.asarray(blocks.mean(axis=(1, 3)), dtype=np.int16)


def thumbnail(pixels: NDArray[np.int16], stack: Stack, side: int = SIZE_PX * _SCALE) -> QImage:
    """Draw one slice, whole or coarsened, as the viewer would, on a black square of ``side`` pixels."""
    low, high = np.percentile(pixels, (1, 99.5))
    grey = np.clip((pixels.astype(np.float32) - low) / max(high - low, 1) * 255, 0, 255).astype(np.uint8)
    transform = PlaneTransform.of(stack.geometry, 0)
    grey = np.ascontiguousarray(transform.arrange(grey))
    rows, columns = grey.shape
    source = QImage(grey.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
    picture = QImage(side, side, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.black)
    middle = stack.geometry.shape[0] // 2
    x, y, width, height = transform.bounds_mm(middle)
    scale = side / max(width, height)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    placing = QTransform().translate(side / 2, side / 2)
    placing.scale(scale, scale)
    placing.translate(-(x + width / 2), -(y + height / 2))
    painter.setTransform(QTransform(*transform.pixel_affine(middle)) * placing)
    # A first reduction keeps the smooth transform from skipping pixels.
    width, height = (stack.geometry.shape[axis] for axis in (transform.horizontal, transform.vertical))
    painter.drawImage(QRectF(0, 0, width, height), _reduced(source, side))
    painter.end()
    return picture


def _reduced(source: QImage, side: int) -> QImage:
    if max(source.width(), source.height()) <= 2 * side:
        return source.copy()
    return source.scaled(
        2 * side, 2 * side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )

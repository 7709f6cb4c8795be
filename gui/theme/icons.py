"""Small SVG icons, tinted by the tokens of the theme that is shown."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gui.theme.palette import current_tokens

FOLDER = Path(__file__).parent / "icons"
_PIXEL_SIZES = (16, 20, 24, 32, 48, 64)


def icon(name: str, colour: str = "") -> QIcon:
    """The icon called ``name`` in the muted text colour, brighter when on, fainter when disabled."""
    tokens = current_tokens()
    drawn = QIcon()
    for mode, state, tint in (
        (QIcon.Mode.Normal, QIcon.State.Off, colour or tokens.muted),
        (QIcon.Mode.Active, QIcon.State.Off, colour or tokens.text),
        (QIcon.Mode.Normal, QIcon.State.On, colour or tokens.text),
        (QIcon.Mode.Disabled, QIcon.State.Off, tokens.disabled),
        (QIcon.Mode.Disabled, QIcon.State.On, tokens.disabled),
    ):
        for size in _PIXEL_SIZES:
            drawn.addPixmap(QPixmap.fromImage(_image(name, tint, size)), mode, state)
    return drawn


def pixmap(name: str, size_px: int, colour: str = "", device_pixel_ratio: float = 1.0) -> QPixmap:
    """The icon as a picture of ``size_px`` device-independent pixels."""
    image = _image(name, colour or current_tokens().muted, round(size_px * device_pixel_ratio))
    picture = QPixmap.fromImage(image)
    picture.setDevicePixelRatio(device_pixel_ratio)
    return picture


@cache
def _image(name: str, colour: str, size_px: int) -> QImage:
    source = (FOLDER / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(source.encode()))
    image = QImage(QSize(size_px, size_px), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return image

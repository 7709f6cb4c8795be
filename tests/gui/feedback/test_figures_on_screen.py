"""The window's renderer of SVG draws every figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from inference.messages.catalogue import load_catalogue
from reports.figures.drawing import to_svg
from reports.figures.style import SCREEN_DARK
from tools.figure_specimens import SPECIMENS, Specimen


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.name)
def test_a_figure_leaves_ink_from_left_to_right(specimen: Specimen, qapp: Any) -> None:
    drawing = specimen.make(360.0, SCREEN_DARK, load_catalogue("zh_CN"))
    renderer = QSvgRenderer(QByteArray(to_svg(drawing).encode()))
    assert renderer.isValid()
    image = QImage(360, round(drawing.height), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(image.height(), image.width())
    inked = np.flatnonzero(pixels.any(axis=0))
    assert len(inked) > 120 and inked[0] < 110 and inked[-1] > 250

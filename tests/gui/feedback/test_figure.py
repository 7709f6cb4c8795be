"""Figures and marks on screen are the report's drawings."""

from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from gui.feedback.figure import Figure, grey_style, screen_style
from gui.feedback.verdict_mark import VerdictMark
from gui.theme.tokens import DARK, LIGHT
from inference.findings import Verdict
from reports.figures.drawing import Drawing, Rect
from reports.figures.style import FigureStyle
from tests.gui.contrast import contrast


def whole(width: float, style: FigureStyle) -> Drawing:
    return Drawing(width, 20.0, (Rect(0, 0, width, 20.0, fill=style.accent),), "all of it")


def test_a_figure_fills_its_width_after_a_resize(qtbot: Any) -> None:
    figure = Figure(20.0)
    qtbot.addWidget(figure)
    figure.show_figure(whole)
    figure.show()
    for width in (120, 333):
        figure.resize(width, figure.height())
        picture = figure.grab().toImage()
        right = picture.pixelColor(picture.width() - 3, picture.height() // 2)
        assert right == QColor(DARK.accent)
    assert figure.accessibleName() == "all of it"


def test_a_stale_figure_has_lost_its_colour(qtbot: Any) -> None:
    figure = Figure(20.0)
    qtbot.addWidget(figure)
    figure.resize(100, 31)
    figure.show_figure(whole, stale=True)
    colour = figure.grab().toImage().pixelColor(50, 10)
    assert colour == QColor(DARK.muted)


def test_texts_of_figures_can_be_read_on_their_ground() -> None:
    for tokens in (DARK, LIGHT):
        for style in (screen_style(tokens), grey_style(tokens)):
            for text in (style.ink, style.quiet):
                assert contrast(text, style.ground) >= 4.5
            assert contrast(style.accent, style.track) >= 3


def test_verdicts_differ_in_shape_and_not_in_colour_alone(qtbot: Any) -> None:
    shapes = set()
    for verdict in (*Verdict, None):
        mark = VerdictMark()
        qtbot.addWidget(mark)
        mark.show_verdict(verdict)
        picture = QImage(mark.size(), QImage.Format.Format_Grayscale8)
        picture.fill(0)
        mark.render(picture, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
        ink = tuple(
            (picture.pixel(x, y) & 255) > 60 for y in range(picture.height()) for x in range(picture.width())
        )
        assert any(ink)
        shapes.add(ink)
    assert len(shapes) == 4

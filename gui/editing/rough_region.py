"""A rough region by hand: four corners on the top, the largest and the bottom slice become a cuboid."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsPathItem, QWidget

from gui.commands.mask_commands import ReplaceMask
from gui.editing.brush_tool import Canvas
from gui.notice import NoticeKind
from gui.session import Session
from gui.viewer.view_state import ViewState
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.masks.rough_roi import Cuboid, Quadrilateral
from inference.messages.message import Message

CORNERS: Final = 4
SLICES: Final = ("top", "largest", "bottom")
_INK: Final = QColor("#ffffff")
_EDGE: Final = QColor(0, 0, 0, 170)
_CORNER_PX: Final = 3.5
_DASHES: Final = [4.0, 3.0]


class RoughRegion(QObject):
    """What has been drawn so far of three quadrilaterals; the third closes the cuboid, which can be undone.

    Corners are (row, column) in voxels.  A quadrilateral lies on one slice: a corner on another one begins
    it anew there.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.is_active = False
        self.drawn: list[Quadrilateral] = []
        self.slice_index = -1
        self.corners: list[tuple[float, float]] = []
        session.stack_changed.connect(self.stop)
        session.study_changed.connect(self.stop)

    @property
    def hint(self) -> Message:
        """Which corner of which quadrilateral is next."""
        return Message(
            f"gui.region.{SLICES[len(self.drawn)]}",
            {"number": len(self.drawn) + 1, "of": len(SLICES), "corner": len(self.corners) + 1},
        )

    def start(self) -> None:
        """Begin with the top slice of the tumour."""
        self._reset(is_active=True)

    def stop(self) -> None:
        """Leave the region; nothing is marked."""
        if self.is_active:
            self._reset(is_active=False)

    def add_corner(self, slice_index: int, corner: tuple[float, float]) -> None:
        """Set the next corner on a slice."""
        if slice_index != self.slice_index:
            self.slice_index, self.corners = slice_index, []
        self.corners.append(corner)
        if len(self.corners) == CORNERS:
            first, second, third, fourth = self.corners
            self.drawn.append(Quadrilateral(slice_index, (first, second, third, fourth)))
            self.slice_index, self.corners = -1, []
            if len(self.drawn) == len(SLICES):
                self._close()
                return
        self.changed.emit()

    def take_back(self) -> None:
        """Take back the last corner, or the last quadrilateral where none has been begun."""
        if self.corners:
            self.corners.pop()
        elif self.drawn:
            last = self.drawn.pop()
            self.slice_index, self.corners = last.slice, list(last.corners[:-1])
        self.changed.emit()

    def polygon_on(self, slice_index: int) -> list[tuple[float, float]]:
        """The corners on a slice, of a whole quadrilateral or of the one that is drawn."""
        if slice_index == self.slice_index:
            return list(self.corners)
        return next((list(one.corners) for one in self.drawn if one.slice == slice_index), [])

    def _close(self) -> None:
        session, (top, largest, bottom) = self._session, self.drawn
        self._reset(is_active=False)
        if session.volume is None or session.is_busy:
            session.raise_notice(NoticeKind.REFUSED, Message("gui.brush.busy"))
            return
        geometry = session.volume.geometry
        try:
            cuboid = Cuboid.around((top, largest, bottom), geometry.shape)
        except ValueError:
            session.raise_notice(NoticeKind.REFUSED, Message("gui.region.outside"))
            return
        layer = MaskLayer("mask.tumour", MaskOrigin.HUMAN, cuboid.mask(geometry.shape), geometry)
        session.undo_stack.push(ReplaceMask(session, layer, "box"))

    def _reset(self, *, is_active: bool) -> None:
        self.is_active = is_active
        self.drawn, self.corners, self.slice_index = [], [], -1
        self.changed.emit()


class RegionTool(QObject):
    """Takes the left button of the acquired slices while a region is drawn, and draws its corners."""

    def __init__(self, region: RoughRegion, state: ViewState, canvas: QObject) -> None:
        super().__init__(canvas)
        self._region = region
        self._canvas = cast(Canvas, canvas)
        self._surface = self._canvas.viewport()
        self._was_active = False
        self._lines = [QGraphicsPathItem(self._canvas.stage) for _ in range(2)]
        for line, (colour, width) in zip(self._lines, ((_EDGE, 3.4), (_INK, 1.4)), strict=True):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            if colour is _INK:
                pen.setDashPattern(_DASHES)
            line.setPen(pen)
            line.setZValue(1)
        self._dots = QGraphicsPathItem(self._canvas.stage)
        self._dots.setBrush(QBrush(_INK))
        self._dots.setZValue(1)
        canvas.installEventFilter(self)
        self._surface.installEventFilter(self)
        for changed in (region.changed, state.position_changed, state.source_changed):
            changed.connect(self._draw)
        self._draw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self._region.is_active:
            return False
        if isinstance(event, QKeyEvent):
            return watched is self.parent() and self._take_key(event)
        if watched is not self._surface or not isinstance(event, QMouseEvent):
            return False
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.type() == QEvent.Type.MouseButtonRelease:
            cast(QWidget, self._canvas).setFocus(Qt.FocusReason.MouseFocusReason)
            self._set_corner(event.position())
        return True

    def _take_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key not in (Qt.Key.Key_Escape, Qt.Key.Key_Backspace):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() == QEvent.Type.KeyPress:
            if key == Qt.Key.Key_Escape:
                self._region.stop()
            else:
                self._region.take_back()
            return True
        return False

    def _set_corner(self, at: QPointF) -> None:
        place = self._canvas.index_at(at)
        if place is not None:
            self._region.add_corner(self._canvas.index, (place[1], place[2]))

    def _draw(self) -> None:
        transform = self._canvas.transform_
        corners = self._region.polygon_on(self._canvas.index) if self._region.is_active else []
        outline, dots = QPainterPath(), QPainterPath()
        if transform is not None and corners:
            placing = QTransform(*transform.pixel_affine(self._canvas.index))
            across, along = transform.horizontal - 1, transform.vertical - 1
            points = [placing.map(QPointF(one[across] + 0.5, one[along] + 0.5)) for one in corners]
            scale = self._canvas.stage.transform().m11() or 1.0
            outline.moveTo(points[0])
            for point in points[1:]:
                outline.lineTo(point)
            if len(points) == CORNERS:
                outline.closeSubpath()
            for point in points:
                dots.addEllipse(point, _CORNER_PX / scale, _CORNER_PX / scale)
        for line in self._lines:
            line.setPath(outline)
        self._dots.setPath(dots)
        if self._region.is_active != self._was_active:
            self._was_active = self._region.is_active
            if self._was_active:
                self._surface.setCursor(Qt.CursorShape.CrossCursor)
            else:
                self._surface.unsetCursor()

"""The hands on a rough region: clicks, drags and keys on the acquired slices, and its corners drawn there."""

from __future__ import annotations

from math import hypot
from typing import Final, cast

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsPathItem, QWidget

from gui.editing.brush_tool import Canvas
from gui.editing.region_draft import CORNERS, Corner
from gui.editing.rough_region import RoughRegion
from gui.theme.tokens import OKABE_ITO
from gui.viewer.view_state import ViewState

_INK: Final = QColor("#ffffff")
_EDGE: Final = QColor(0, 0, 0, 170)
_CHOSEN: Final = QColor(OKABE_ITO["sky"])
_CORNER_PX: Final = 3.5
_CHOSEN_PX: Final = 6.0
_GRIP_PX: Final = 9.0
_DASHES: Final = [4.0, 3.0]
_BIG_STEP: Final = 10
_Key = Qt.Key
_STEPS: Final = {_Key.Key_Left: (-1, 0), _Key.Key_Right: (1, 0), _Key.Key_Up: (0, -1), _Key.Key_Down: (0, 1)}
_SLICE_STEPS: Final = {_Key.Key_PageUp: -1, _Key.Key_PageDown: 1}
_TABS: Final = {_Key.Key_Tab: 1, _Key.Key_Backtab: -1}
_OTHERS: Final = frozenset({_Key.Key_Return, _Key.Key_Enter, _Key.Key_Backspace, _Key.Key_Escape})


class RegionTool(QObject):
    """Takes the left button and the keys of one picture while a region is drawn on it."""

    def __init__(self, region: RoughRegion, state: ViewState, canvas: QObject) -> None:
        super().__init__(canvas)
        self._region = region
        self._state = state
        self._canvas = cast(Canvas, canvas)
        self._surface = self._canvas.viewport()
        self._was_active = False
        self._is_by_keys = False
        self._dragged: int | None = None
        stage = self._canvas.stage
        self._lines = [QGraphicsPathItem(stage) for _ in range(2)]
        for line, (colour, width) in zip(self._lines, ((_EDGE, 3.4), (_INK, 1.4)), strict=True):
            pen = _pen(colour, width)
            if colour is _INK:
                pen.setDashPattern(_DASHES)
            line.setPen(pen)
        self._dots = QGraphicsPathItem(stage)
        self._dots.setBrush(QBrush(_INK))
        self._chosen = [QGraphicsPathItem(stage) for _ in range(2)]
        for ring, (colour, width) in zip(self._chosen, ((_EDGE, 4.4), (_CHOSEN, 2.2)), strict=True):
            ring.setPen(_pen(colour, width))
        for item in (*self._lines, self._dots, *self._chosen):
            item.setZValue(1)
        canvas.installEventFilter(self)
        self._surface.installEventFilter(self)
        state.position_changed.connect(self._on_slice_changed)
        for changed in (region.changed, state.source_changed):
            changed.connect(self._draw)
        self._draw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self._region.is_active:
            return False
        if isinstance(event, QKeyEvent):
            return watched is self.parent() and self._take_key(event)
        if watched is not self._surface or not isinstance(event, QMouseEvent):
            return False
        if event.type() == QEvent.Type.MouseMove:
            if self._dragged is not None:
                self._move_to(event.position())
            return self._dragged is not None
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            self._dragged = self._corner_under(event.position())
        elif event.type() == QEvent.Type.MouseButtonRelease:
            cast(QWidget, self._canvas).setFocus(Qt.FocusReason.MouseFocusReason)
            self._is_by_keys = False
            self._let_go(event.position())
        return True

    # Keys

    def _take_key(self, event: QKeyEvent) -> bool:
        key = _Key(event.key())
        if key not in _STEPS and key not in _SLICE_STEPS and key not in _TABS and key not in _OTHERS:
            return False
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return False
        return event.type() == QEvent.Type.KeyPress and self._press(key, event)

    def _press(self, key: _Key, event: QKeyEvent) -> bool:
        """False for Tab beyond the last corner: it goes on to the next control."""
        region = self._region
        if key == _Key.Key_Escape:
            region.leave()
        elif key == _Key.Key_Backspace:
            region.take_back()
        elif key in _TABS:
            self._is_by_keys = True
            return region.choose_beside(self._canvas.index, _TABS[key])
        elif key in _SLICE_STEPS:
            self._state.go_to(self._canvas.axis, self._canvas.index + _SLICE_STEPS[key])
        elif key in _STEPS:
            is_big = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(*_STEPS[key], _BIG_STEP if is_big else 1)
        elif region.chosen is not None:
            region.choose(None)
        else:
            self._is_by_keys = True
            region.add_corner(self._canvas.index, region.next_corner)
        return True

    def _step(self, right: int, down: int, pixels: int) -> None:
        """Move the chosen corner, or the next one, as the eye sees right and down."""
        transform, region = self._canvas.transform_, self._region
        if transform is None:
            return
        self._is_by_keys = True
        m11, _, _, m22, *_ = transform.pixel_affine(self._canvas.index)
        at = self._at()
        moved = [at[0], at[1]]
        for axis, step in (
            (transform.horizontal, right if m11 > 0 else -right),
            (transform.vertical, down if m22 > 0 else -down),
        ):
            last = transform.geometry.shape[axis] - 1
            moved[axis - 1] = min(max(moved[axis - 1] + step * pixels, 0.0), float(last))
        corner = (moved[0], moved[1])
        if region.chosen is None:
            region.move_next(corner)
        else:
            region.move_corner(self._canvas.index, region.chosen, corner)

    def _at(self) -> Corner:
        """Where the corner that keys move lies."""
        region, corners = self._region, self._region.draft.corners_on(self._canvas.index)
        return region.next_corner if region.chosen is None else corners[region.chosen]

    # The mouse

    def _corner_under(self, at: QPointF) -> int | None:
        placing = self._placing()
        if placing is None:
            return None
        to_view = self._canvas.stage.transform()
        for number, corner in enumerate(self._region.draft.corners_on(self._canvas.index)):
            off = to_view.map(self._point(placing, corner)) - at
            if hypot(off.x(), off.y()) <= _GRIP_PX:
                return number
        return None

    def _move_to(self, at: QPointF) -> None:
        place = self._canvas.index_at(at)
        if place is not None and self._dragged is not None:
            self._region.move_corner(self._canvas.index, self._dragged, (place[1], place[2]))

    def _let_go(self, at: QPointF) -> None:
        dragged, self._dragged = self._dragged, None
        place = self._canvas.index_at(at)
        if dragged is not None:
            self._region.choose(dragged)
        elif place is not None:
            self._region.add_corner(self._canvas.index, (place[1], place[2]))

    # What is shown

    def _on_slice_changed(self) -> None:
        """Corners are numbered on their slice: none is chosen on another one."""
        self._dragged = None
        count = len(self._region.draft.corners_on(self._canvas.index))
        if self._region.chosen is not None and self._region.chosen >= count:
            self._region.choose(None)
        else:
            self._draw()

    def _placing(self) -> QTransform | None:
        transform = self._canvas.transform_
        return None if transform is None else QTransform(*transform.pixel_affine(self._canvas.index))

    def _point(self, placing: QTransform, corner: Corner) -> QPointF:
        transform = self._canvas.transform_
        assert transform is not None
        return placing.map(
            QPointF(corner[transform.horizontal - 1] + 0.5, corner[transform.vertical - 1] + 0.5)
        )

    def _draw(self) -> None:
        region, placing = self._region, self._placing()
        outline, dots, chosen = QPainterPath(), QPainterPath(), QPainterPath()
        if placing is not None and region.is_active:
            scale = self._canvas.stage.transform().m11() or 1.0
            points = [self._point(placing, one) for one in region.draft.corners_on(self._canvas.index)]
            if points:
                outline.moveTo(points[0])
            for point in points[1:]:
                outline.lineTo(point)
            if len(points) == CORNERS:
                outline.closeSubpath()
            for point in points:
                dots.addEllipse(point, _CORNER_PX / scale, _CORNER_PX / scale)
            if region.chosen is not None:
                chosen.addEllipse(points[region.chosen], _CHOSEN_PX / scale, _CHOSEN_PX / scale)
            elif self._is_by_keys:
                _add_cross(chosen, self._point(placing, region.next_corner), _CHOSEN_PX / scale)
        for line in self._lines:
            line.setPath(outline)
        self._dots.setPath(dots)
        for ring in self._chosen:
            ring.setPath(chosen)
        self._canvas.tell(region.place_text(self._canvas.index) if region.is_active else "")
        self._show_cursor()

    def _show_cursor(self) -> None:
        if self._region.is_active == self._was_active:
            return
        self._was_active = self._region.is_active
        self._is_by_keys = False
        if self._was_active:
            self._surface.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self._surface.unsetCursor()


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen


def _add_cross(path: QPainterPath, centre: QPointF, half: float) -> None:
    for across in (QPointF(2 * half, 0), QPointF(0, 2 * half)):
        path.moveTo(centre - across)
        path.lineTo(centre + across)

"""One picture: a plane of the open stack with its overlays, moved, windowed and zoomed as radiologists do."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsRectItem, QGraphicsScene, QGraphicsView, QWidget

from gui.session import Session
from gui.theme.palette import current_tokens
from gui.viewer.annotations import Annotations, frame, hatch, paint_annotations, paint_drop_target
from gui.viewer.captions import describe, probe_text, write_captions
from gui.viewer.known_grid import has_planes_across
from gui.viewer.layers import HeatOverlay, ImageLayer, MaskOverlay
from gui.viewer.plane_transform import PlaneTransform
from gui.viewer.view_state import Tool, ViewState

_WHEEL_STEP: Final = 120
_ZOOM_STEP: Final = 1.2
_ZOOM_LIMITS: Final = (0.2, 40.0)
_SCROLL_DRAG_PX: Final = 6.0
_FIT_SHARE: Final = 0.98
_PAGE: Final = 5
_STEP_BY_KEY: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_PageUp: -_PAGE,
    Qt.Key.Key_PageDown: _PAGE,
    Qt.Key.Key_Home: -(10**6),
    Qt.Key.Key_End: 10**6,
}


class Viewport(QGraphicsView):
    """Shows the planes across one index axis of the stack (0 slice, 1 row, 2 column).

    The scene's unit is a device-independent pixel; ``stage`` carries the one transform from screen mm, so
    that zoom and pan are exact and the picture is never stretched.
    """

    maximise_requested = Signal(int)
    probed = Signal(str)

    def __init__(self, session: Session, state: ViewState, axis: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis = axis
        self.transform_: PlaneTransform | None = None
        self.zoom = 1.0
        self.pan_px = QPointF(0, 0)
        self._session = session
        self._state = state
        self._pending_steps = 0
        self._wheel_rest = 0
        self._pointer: QPointF | None = None
        self._drag: tuple[Tool, QPointF] | None = None
        self._drag_rest = 0.0
        self._probe: tuple[float, float, float] | None = None
        self._captions = Annotations()
        self._of_tool = ""
        self._is_drop_target = False

        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Measured: costs nothing (4.4 ms with or without), and a reduced picture keeps its thin structures.
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(120, 100)
        self.setScene(QGraphicsScene(self))
        self.setBackgroundBrush(QColor(0, 0, 0))
        self.stage = QGraphicsRectItem()
        self.stage.setPen(QPen(Qt.PenStyle.NoPen))
        self.scene().addItem(self.stage)
        self._image = ImageLayer(self.stage)
        self._heat = HeatOverlay(self.stage)
        self._mask = MaskOverlay(self.stage)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._take_steps)

        state.source_changed.connect(self._on_source_changed)
        state.position_changed.connect(self.draw)
        state.window_changed.connect(self._on_window_changed)
        state.overlay_changed.connect(self._on_overlay_changed)
        state.tool_changed.connect(self._on_texts_changed)
        session.volume_changed.connect(self.draw)
        session.slice_ready.connect(self.draw)
        session.mask_changed.connect(self._on_overlay_changed)
        session.heat_map_changed.connect(self._on_overlay_changed)
        session.identity_changed.connect(self._on_texts_changed)
        session.language_changed.connect(self._on_texts_changed)
        self._on_source_changed()

    # What is shown

    @property
    def index(self) -> int:
        """Index of the plane that is shown."""
        return self._state.position[self.axis]

    @property
    def mm_per_px(self) -> float:
        """Millimetres per device-independent pixel, or 0 when nothing is shown."""
        scale = self.stage.transform().m11()
        return 1 / scale if self.transform_ is not None and scale > 0 else 0.0

    def draw(self, _slice: int = -1) -> None:
        """Draw the plane of the shared position with everything on it."""
        source, transform = self._state.source, self.transform_
        if source is None or transform is None:
            self._image.item.setVisible(False)
            self._mask.set_visible(False)
            self._heat.hide()
        else:
            self._image.show(source, transform, self.index, self._state.window)
            self._draw_overlays(transform)
        self._on_texts_changed()

    def fit(self) -> None:
        """Show the whole picture."""
        self.zoom, self.pan_px = 1.0, QPointF(0, 0)
        self._place()

    def zoom_at(self, factor: float, at: QPointF) -> None:
        """Zoom about a point of the view."""
        low, high = _ZOOM_LIMITS
        wanted = min(max(self.zoom * factor, low), high)
        factor = wanted / self.zoom
        centre = QPointF(self.width() / 2, self.height() / 2)
        self.pan_px = (self.pan_px - (at - centre)) * factor + (at - centre)
        self.zoom = wanted
        self._place()

    def index_at(self, at: QPointF) -> tuple[float, float, float] | None:
        """Continuous (slice, row, column) under a point of the view."""
        if self.transform_ is None:
            return None
        inverse, can_be_inverted = self.stage.transform().inverted()
        if not can_be_inverted:
            return None
        mm = inverse.map(at)
        return self.transform_.screen_to_index(mm.x(), mm.y(), self.index)

    def preview_mask(self, plane: NDArray[np.bool_] | None) -> None:
        """Show ``plane`` (row, column) in the place of the mask, without an outline; None ends it."""
        if self.transform_ is not None and plane is not None:
            self._mask.fill_plane(self.transform_.arrange(plane), self.transform_, self.index)
        elif self.transform_ is not None:
            self._draw_overlays(self.transform_)

    def tell(self, of_tool: str) -> None:
        """Say to a screen reader where the tool in hand stands; empty says nothing."""
        self._of_tool = of_tool
        self._on_texts_changed()

    def show_drop_target(self, is_target: bool) -> None:
        """Say that a series held over the picture can be let go."""
        self._is_drop_target = is_target
        self.viewport().update()

    # Signals of session and state

    def _on_source_changed(self) -> None:
        source = self._state.source
        # Across slices of unknown place there is no plane: it would look like anatomy, and be none.
        has_plane = source is not None and (self.axis == 0 or has_planes_across(source.stack))
        self.transform_ = PlaneTransform.of(source.geometry, self.axis) if source and has_plane else None
        self._probe = None
        (self._place if self._state.keeps_place else self.fit)()
        self.draw()

    def _on_window_changed(self) -> None:
        if self._image.item.isVisible():
            self._image.show_window(self._state.window)
        self._on_texts_changed()

    def _on_overlay_changed(self) -> None:
        if self.transform_ is not None:
            self._draw_overlays(self.transform_)
        self._on_texts_changed()

    def _on_texts_changed(self) -> None:
        self._captions = write_captions(self._session, self._state, self.transform_, self.index, self._probe)
        name, description = describe(self._session, self._state, self.transform_, self.index, self._probe)
        description = ", ".join(part for part in (description, self._of_tool) if part)
        self.setAccessibleName(name)
        if description != self.accessibleDescription():
            self.setAccessibleDescription(description)
            changed = QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
            QAccessible.updateAccessibility(changed)
        self.viewport().update()

    def _draw_overlays(self, transform: PlaneTransform) -> None:
        state, session = self._state, self._session
        shown = state.overlay_visible
        chosen = [m for m in session.heat_maps if m.treatment == state.heat_treatment] if shown else []
        self._heat.show(chosen[0] if chosen else None, transform, self.index, state.heat_opacity)
        self._mask.set_look(state.mask_colour, state.mask_opacity)
        if shown and session.mask is not None and session.mask.geometry.shape == transform.geometry.shape:
            self._mask.show(session.mask, transform, self.index)
        else:
            self._mask.set_visible(False)

    # Placing and painting

    def _place(self) -> None:
        if self.transform_ is None or self.width() < 2 or self.height() < 2:
            return
        x, y, width, height = self.transform_.bounds_mm((self.transform_.count - 1) / 2)
        scale = self.zoom * _FIT_SHARE * min(self.width() / width, self.height() / height)
        placing = QTransform()
        placing.translate(self.width() / 2 + self.pan_px.x(), self.height() / 2 + self.pan_px.y())
        placing.scale(scale, scale)
        placing.translate(-(x + width / 2), -(y + height / 2))
        self.stage.setTransform(placing)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setSceneRect(QRectF(0, 0, self.width(), self.height()))
        self._place()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        width, height = float(self.width()), float(self.height())
        if self.transform_ is not None and self._state.source is not None:
            self._hatch_gaps(painter, self.transform_)
            self._draw_reference_lines(painter, self.transform_)
        paint_annotations(painter, width, height, self._captions, self.mm_per_px)
        if self._is_drop_target:
            paint_drop_target(painter, width, height, self._session.tr("gui.series.drop_here"))
        elif self.hasFocus():
            frame(painter, width, height, QColor(current_tokens().accent))

    def _hatch_gaps(self, painter: QPainter, transform: PlaneTransform) -> None:
        assert self._state.source is not None
        if transform.axis == 0:
            if self._state.source.is_missing(self.index):
                box = QRectF(*transform.bounds_mm(self.index))
                hatch(painter, self.stage.transform().map(QPolygonF(box)))
            return
        width = transform.geometry.shape[transform.horizontal]
        height = transform.geometry.shape[transform.vertical]
        placing = QTransform(*transform.pixel_affine(self.index)) * self.stage.transform()
        for gap in self._state.source.missing_slices:
            across = transform.horizontal == 0
            box = QRectF(gap, 0, 1, height) if across else QRectF(0, gap, width, 1)
            hatch(painter, placing.map(QPolygonF(box)))

    def _draw_reference_lines(self, painter: QPainter, transform: PlaneTransform) -> None:
        source = self._state.source
        if not self._state.reference_lines or source is None or not has_planes_across(source.stack):
            return
        columns = transform.geometry.shape[transform.horizontal]
        rows = transform.geometry.shape[transform.vertical]
        across = self._state.position[transform.horizontal] + 0.5
        along = self._state.position[transform.vertical] + 0.5
        placing = QTransform(*transform.pixel_affine(self.index)) * self.stage.transform()
        colour = QColor(current_tokens().accent)
        colour.setAlpha(120)
        painter.setPen(QPen(colour, 1, Qt.PenStyle.DotLine))
        painter.drawLine(placing.map(QPointF(across, 0)), placing.map(QPointF(across, rows)))
        painter.drawLine(placing.map(QPointF(0, along)), placing.map(QPointF(columns, along)))

    # Hands

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_at(_ZOOM_STEP ** (delta / _WHEEL_STEP), event.position())
        else:
            self._wheel_rest += delta
            steps = int(self._wheel_rest / _WHEEL_STEP)
            self._wheel_rest -= steps * _WHEEL_STEP
            self.step(-steps)
        event.accept()

    def step(self, steps: int) -> None:
        """Move by planes; several requests before the next picture become one."""
        self._pending_steps += steps
        if self._pending_steps and not self._timer.isActive():
            self._timer.start(0)

    def _take_steps(self) -> None:
        steps, self._pending_steps = self._pending_steps, 0
        self._state.go_to(self.axis, self.index + steps)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        tool = {
            Qt.MouseButton.LeftButton: self._state.tool,
            Qt.MouseButton.RightButton: Tool.WINDOW,
            Qt.MouseButton.MiddleButton: Tool.PAN,
        }.get(event.button())
        if tool is not None:
            self._drag, self._drag_rest = (tool, event.position()), 0.0
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            self.probe(event.position())
            return
        tool, before = self._drag
        moved = event.position() - before
        self._drag = (tool, event.position())
        if tool is Tool.WINDOW:
            self._state.set_window(self._state.window.dragged(moved.x(), moved.y()))
        elif tool is Tool.PAN:
            self.pan_px += moved
            self._place()
        elif tool is Tool.ZOOM:
            self.zoom_at(_ZOOM_STEP ** (-moved.y() / 20), QPointF(self.width() / 2, self.height() / 2))
        else:
            self._drag_rest += moved.y()
            steps = int(self._drag_rest / _SCROLL_DRAG_PX)
            self._drag_rest -= steps * _SCROLL_DRAG_PX
            self.step(steps)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None and self._drag[0] is Tool.SCROLL and self._state.reference_lines:
            self._drag = None
            self._link_others(event.position())
        self._drag = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.maximise_requested.emit(self.axis)

    def leaveEvent(self, event: object) -> None:
        self._probe = None
        self.probed.emit("")
        self._on_texts_changed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEP_BY_KEY and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.step(_STEP_BY_KEY[key])
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and self._state.choose_preset(key - Qt.Key.Key_0):
            pass
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 1 / _ZOOM_STEP if key == Qt.Key.Key_Minus else _ZOOM_STEP
            self.zoom_at(factor, QPointF(self.width() / 2, self.height() / 2))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.maximise_requested.emit(self.axis)
        else:
            event.ignore()
            return
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def contextMenuEvent(self, event: object) -> None:
        """The right button windows; there is no menu."""

    def probe(self, at: QPointF) -> None:
        """Read the value under a point of the view."""
        self._probe = self.index_at(at)
        self._on_texts_changed()
        self.probed.emit(probe_text(self._session, self._state, self._probe))

    def _link_others(self, at: QPointF) -> None:
        """Take the other planes to the point that was clicked."""
        found = self.index_at(at)
        if found is None:
            return
        for axis in range(3):
            if axis != self.axis and 0 <= found[axis] < self._state.position_limit(axis):
                self._state.go_to(axis, int(np.floor(found[axis] + 0.5)))

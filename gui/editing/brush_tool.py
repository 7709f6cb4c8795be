"""The brush: a drag on an acquired slice becomes one undoable edit of the tumour mask."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGraphicsItem, QWidget

from gui.commands.mask_commands import EditMask, draw_mask
from gui.editing.ring import BrushRing
from gui.notice import NoticeKind
from gui.session import Session
from gui.viewer.plane_transform import PlaneTransform
from gui.viewer.view_state import Tool, ViewState
from inference.geometry import Geometry
from inference.masks.brush import Point, stroke, touched
from inference.masks.layer import MaskLayer
from inference.messages.message import Message


class Canvas(Protocol):
    """What a brush needs of a picture; ``stage`` carries the scene's millimetres."""

    axis: int
    transform_: PlaneTransform | None
    stage: QGraphicsItem

    @property
    def index(self) -> int:
        """Index of the plane that is shown."""

    def viewport(self) -> QWidget:
        """The widget under the pointer."""

    def index_at(self, at: QPointF) -> tuple[float, float, float] | None:
        """Continuous (slice, row, column) under a point of the view."""

    def preview_mask(self, plane: NDArray[np.bool_] | None) -> None:
        """Show ``plane`` (row, column) in the place of the mask; None shows the mask again."""

    def tell(self, of_tool: str) -> None:
        """Say to a screen reader where the tool in hand stands; empty says nothing."""


@dataclass(slots=True)
class _Stroke:
    """A drag that has not ended: its path so far, and the slice as it will be."""

    layer: MaskLayer
    slice_index: int
    is_erasing: bool
    radius_mm: float
    plane: NDArray[np.bool_]
    path: list[Point]

    def extend(self, point: Point) -> None:
        piece = touched(self.layer.geometry, [*self.path[-1:], point], self.radius_mm)
        if self.is_erasing:
            self.plane &= ~piece
        else:
            self.plane |= piece
        self.path.append(point)


class BrushTool(QObject):
    """Takes the left button of one picture while the brush or the eraser is chosen.

    It listens before the picture does; what it does not use goes on to the picture.
    """

    def __init__(self, session: Session, state: ViewState, canvas: QObject) -> None:
        super().__init__(canvas)
        self._session = session
        self._state = state
        self._canvas = cast(Canvas, canvas)
        self._surface = self._canvas.viewport()
        self._stroke: _Stroke | None = None
        self._at: QPointF | None = None
        self._is_shifted = False
        self.ring = BrushRing(self._canvas.stage)
        canvas.installEventFilter(self)
        self._surface.installEventFilter(self)
        for changed in (session.mask_changed, state.source_changed):
            changed.connect(self.abandon)
        state.position_changed.connect(self._on_position_changed)
        for changed in (
            session.mask_changed,
            session.volume_changed,
            session.job_changed,
            state.source_changed,
            state.tool_changed,
        ):
            changed.connect(self._show_brush)

    @property
    def is_drawing(self) -> bool:
        """True between press and release."""
        return self._stroke is not None

    @property
    def is_erasing(self) -> bool:
        """True for the eraser, and for the brush while Shift is held."""
        return self._state.tool is Tool.ERASE or (self._state.tool is Tool.BRUSH and self._is_shifted)

    def obstacle(self) -> Message | None:
        """Why nothing can be drawn on this picture now, or None."""
        session, source = self._session, self._state.source
        if self._canvas.axis != 0:
            return Message("gui.brush.acquired_only")
        if session.volume is None or source is None:
            return Message("gui.why_not.volume")
        if session.is_busy:
            return Message("gui.brush.busy")
        if source.is_missing(self._canvas.index):
            return Message("gui.brush.gap")
        if self.is_erasing and session.mask is None:
            return Message("gui.why_not.mask")
        return None

    def abandon(self) -> None:
        """End a stroke without any effect."""
        if self._stroke is not None:
            self._stroke = None
            self._canvas.preview_mask(None)

    # Events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self._state.tool.edits_mask:
            return False
        if isinstance(event, QKeyEvent):
            return watched is self.parent() and self._take_key(event)
        if watched is not self._surface:
            return False
        if isinstance(event, QMouseEvent):
            return self._take_mouse(event)
        if event.type() == QEvent.Type.Leave and self._at is not None:
            self._at = None
            self._show_brush()
        return False

    def _take_key(self, event: QKeyEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            # While a stroke is drawn, Escape is its own and cancels nothing else.
            if event.key() == Qt.Key.Key_Escape and self.is_drawing:
                event.accept()
            return False
        if event.key() == Qt.Key.Key_Escape and self.is_drawing:
            self.abandon()
            return True
        if event.key() == Qt.Key.Key_Shift:
            self._is_shifted = event.type() == QEvent.Type.KeyPress
            self._show_brush()
        return False

    def _take_mouse(self, event: QMouseEvent) -> bool:
        self._at = event.position()
        self._is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        is_left = event.button() == Qt.MouseButton.LeftButton
        if event.type() == QEvent.Type.MouseMove:
            if self._stroke is not None:
                self._extend(event.position())
        elif is_left and event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            cast(QWidget, self._canvas).setFocus(Qt.FocusReason.MouseFocusReason)
            self._begin(event.position())
        elif is_left and event.type() == QEvent.Type.MouseButtonRelease:
            self._finish()
        self._show_brush()
        return self.is_drawing or is_left

    def _on_position_changed(self) -> None:
        """A stroke belongs to one slice: it ends where the next begins."""
        if self._stroke is not None and self._stroke.slice_index != self._canvas.index:
            self._finish()
        self._show_brush()

    # Strokes

    def _begin(self, at: QPointF) -> None:
        obstacle = self.obstacle()
        if obstacle is not None:
            self._session.raise_notice(NoticeKind.REFUSED, obstacle)
            return
        if self._session.mask is None:
            self._session.undo_stack.push(draw_mask(self._session))
        layer, place = self._session.mask, self._canvas.index_at(at)
        if layer is None or place is None:
            return
        if not self._state.overlay_visible:
            self._state.set_overlay(visible=True)
        index = self._canvas.index
        self._stroke = _Stroke(
            layer, index, self.is_erasing, self.radius_mm(layer.geometry), layer.voxels[index].copy(), []
        )
        self._extend(at)

    def _extend(self, at: QPointF) -> None:
        place = self._canvas.index_at(at)
        if self._stroke is not None and place is not None:
            self._stroke.extend((place[1], place[2]))
            self._canvas.preview_mask(self._stroke.plane)

    def _finish(self) -> None:
        drawn, self._stroke = self._stroke, None
        if drawn is None:
            return
        edit = stroke(drawn.layer, drawn.slice_index, drawn.path, drawn.radius_mm, erase=drawn.is_erasing)
        if self._session.is_busy:
            self._session.raise_notice(NoticeKind.REFUSED, Message("gui.brush.busy"))
            edit = None
        if edit is None:
            self._canvas.preview_mask(None)
        else:
            self._session.undo_stack.push(EditMask(self._session, edit))

    # What is shown

    def radius_mm(self, geometry: Geometry) -> float:
        """Half the brush's size, but never so small that it could fall between the pixels' centres."""
        return max(self._state.brush_mm / 2, hypot(*geometry.spacing_mm[1:]) / 2)

    def _show_brush(self) -> None:
        transform = self._canvas.transform_
        if not self._state.tool.edits_mask or transform is None:
            self._surface.unsetCursor()
            self.ring.hide()
            return
        can_draw = self.obstacle() is None
        self._surface.setCursor(Qt.CursorShape.CrossCursor if can_draw else Qt.CursorShape.ForbiddenCursor)
        if self._at is None or not can_draw:
            self.ring.hide()
            return
        is_erasing = self._stroke.is_erasing if self._stroke is not None else self.is_erasing
        self.ring.show_at(
            self._canvas.stage.mapFromScene(self._at),
            self.radius_mm(transform.geometry),
            is_erasing=is_erasing,
        )

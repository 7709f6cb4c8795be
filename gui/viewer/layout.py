"""The viewer: three planes and the findings in two by two, or one plane alone; linked by the one position."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.actions import Actions
from gui.commands.mask_commands import draw_mask
from gui.editing.brush_tool import BrushTool
from gui.editing.region_hint import RegionHint
from gui.editing.region_tool import RegionTool
from gui.editing.rough_region import RoughRegion
from gui.intake.problem_panel import ProblemPanel
from gui.intake.stack_drag import StackDrop
from gui.session import Session
from gui.viewer.drop_hint import DropHint
from gui.viewer.known_grid import has_planes_across
from gui.viewer.stop_page import StopPage, stop_of
from gui.viewer.toolbar import ViewerToolbar
from gui.viewer.view_state import Tool, ViewState
from gui.viewer.viewport import Viewport

_VIEWER_KEYS = (
    "tool_scroll",
    "tool_window",
    "tool_zoom",
    "tool_pan",
    "tool_brush",
    "tool_erase",
    "brush_smaller",
    "brush_larger",
    "draw",
    "rough_region",
    "fit",
    "layout_toggle",
    "overlay",
    "go_tumour",
)


class Viewer(QWidget):
    """The middle of the case page: an invitation while nothing is open, the patient afterwards."""

    stack_dropped = Signal(str)

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._actions = actions
        self.state = ViewState(self)
        self.toolbar = ViewerToolbar(session, self.state, actions, self)
        self.viewports = tuple(Viewport(session, self.state, axis) for axis in range(3))
        self.brushes = tuple(BrushTool(session, self.state, viewport) for viewport in self.viewports)
        self.region = RoughRegion(session, self)
        self.region_tool = RegionTool(self.region, self.state, self.viewports[0])
        self.region_hint = RegionHint(session, self.region, self)
        self.problems = ProblemPanel(session)
        self.hint = DropHint(session, actions)
        self.stop = StopPage(session, actions)
        self._maximised: int | None = None
        self._had_mask = False
        self._grid_box = QWidget()
        self._grid_box.setObjectName("ground")
        self._grid = QGridLayout(self._grid_box)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(1)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.hint)
        self._pages.addWidget(self.stop)
        self._pages.addWidget(self._grid_box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self.region_hint)
        column.addWidget(self._pages, 1)
        for name in _VIEWER_KEYS:
            actions[name].setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            # Not on the toolbar: there Space presses the button that has the focus.
            self._pages.addAction(actions[name])
        actions["overlay"].setChecked(True)
        actions["overlay"].toggled.connect(self._on_overlay_toggled)
        actions["fit"].triggered.connect(self._on_fit)
        actions["layout_toggle"].triggered.connect(self._on_layout_toggled)
        actions["go_tumour"].triggered.connect(self.go_to_tumour)
        actions["draw"].triggered.connect(self.draw_by_hand)
        actions["rough_region"].triggered.connect(self.draw_region)
        actions["brush_smaller"].triggered.connect(self._on_brush_smaller)
        actions["brush_larger"].triggered.connect(self._on_brush_larger)
        self.state.overlay_changed.connect(self._on_overlay_changed)
        self.state.tool_changed.connect(self._on_tool_changed)
        self._drops = tuple(StackDrop(viewport.viewport(), self) for viewport in self.viewports)
        for viewport, drop in zip(self.viewports, self._drops, strict=True):
            drop.hovered.connect(viewport.show_drop_target)
            drop.dropped.connect(self.stack_dropped)
            viewport.maximise_requested.connect(self._on_maximise_requested)
        session.stack_changed.connect(self._on_stack_changed)
        session.slice_ready.connect(self._on_pixels_arrived)
        session.volume_changed.connect(self._on_pixels_arrived)
        session.plan_changed.connect(self._on_stack_changed)
        session.slice_requested.connect(self.go_to_slice)
        session.mask_changed.connect(self._on_mask_changed)
        self._on_stack_changed()

    @property
    def maximised(self) -> int | None:
        """Axis of the plane that is shown alone, or None."""
        return self._maximised

    def go_to_slice(self, index: int) -> None:
        """Show one slice as it was acquired."""
        self.state.go_to(0, index)

    def go_to_tumour(self) -> None:
        """Show the slice on which the mask is largest, and its centre in the other planes."""
        mask = self._session.mask
        if mask is None or not mask.voxels.any():
            return
        areas = mask.voxels.sum(axis=(1, 2))
        largest = int(areas.argmax())
        rows, columns = mask.voxels[largest].nonzero()
        for axis, index in ((0, largest), (1, int(rows.mean())), (2, int(columns.mean()))):
            self.state.go_to(axis, index)

    def draw_by_hand(self) -> None:
        """Begin a mask and take the brush to the acquired slices."""
        if self._session.volume is None or self._session.mask is not None:
            return
        self._session.undo_stack.push(draw_mask(self._session))
        if self._maximised not in (None, 0):
            self.maximise(0)
        self.state.set_tool(Tool.BRUSH)
        self.viewports[0].setFocus()

    def draw_region(self) -> None:
        """Take three quadrilaterals on the acquired slices in the place of an outline."""
        if self._session.volume is None or self._session.mask is not None:
            return
        if self._maximised not in (None, 0):
            self.maximise(0)
        self.state.set_tool(Tool.SCROLL)
        self.region.start((float(self.state.position[1]), float(self.state.position[2])))
        self.viewports[0].setFocus()

    def maximise(self, axis: int | None) -> None:
        """Show one plane alone, or all."""
        self._maximised = axis
        self._arrange()
        self.state.set_tiled(axis is None)

    def _arrange(self) -> None:
        """All planes and the findings in two by two; where there is one plane only, side by side."""
        stack, alone = self._session.stack, self._maximised
        is_flat = stack is not None and not has_planes_across(stack)
        if is_flat and alone is not None:
            alone = 0
        height = 2 if is_flat else 1
        places = [(0, 0, height, 1), (0, 1, 1, 1), (1, 0, 1, 1)]
        for viewport, place in zip(self.viewports, places, strict=True):
            self._grid.addWidget(viewport, *place)
            is_shown = viewport.axis == 0 or not is_flat
            viewport.setVisible(is_shown and alone in (None, viewport.axis))
        stop = stop_of(self._session)
        if stop is None:
            self._grid.addWidget(self.problems, *((0, 1, 2, 1) if is_flat else (1, 1, 1, 1)))
        else:
            self.stop.take(self.problems)
        # Among the pictures it may be hidden behind one that is shown alone.
        self.problems.setVisible(stop is not None or alone is None)
        for side in range(2):
            is_row = alone is None or alone // 2 == side or is_flat
            self._grid.setRowStretch(side, 1 if is_row else 0)
            self._grid.setColumnStretch(side, 1 if alone is None or alone % 2 == side else 0)

    def _on_stack_changed(self) -> None:
        source = self._session.slice_source
        if source is not self.state.source:
            self.state.open(source)
        self._arrange()
        if self._session.plan is None:
            self._pages.setCurrentWidget(self.hint)
        else:
            is_stopped = stop_of(self._session) is not None
            self._pages.setCurrentWidget(self.stop if is_stopped else self._grid_box)
        self.toolbar.setEnabled(source is not None)

    def _on_mask_changed(self) -> None:
        """A mask where there was none is shown at once."""
        has_mask = self._session.mask is not None
        if has_mask and not self._had_mask:
            self.go_to_tumour()
        self._had_mask = has_mask

    def _on_pixels_arrived(self, _slice: int = -1) -> None:
        self.state.refresh_presets()

    def _on_overlay_toggled(self, is_on: bool) -> None:
        self.state.set_overlay(visible=is_on)

    def _on_overlay_changed(self) -> None:
        self._actions["overlay"].setChecked(self.state.overlay_visible)

    def _on_tool_changed(self) -> None:
        """Nobody draws on what cannot be seen, nor in two ways at once."""
        if self.state.tool.edits_mask:
            self.region.leave()
        if self.state.tool.edits_mask and not self.state.overlay_visible:
            self.state.set_overlay(visible=True)

    def _on_brush_smaller(self) -> None:
        self.state.resize_brush(-1)

    def _on_brush_larger(self) -> None:
        self.state.resize_brush(1)

    def _on_fit(self) -> None:
        for viewport in self.viewports:
            viewport.fit()

    def _on_layout_toggled(self) -> None:
        focused = next((viewport.axis for viewport in self.viewports if viewport.hasFocus()), 0)
        self.maximise(focused if self._maximised is None else None)

    def _on_maximise_requested(self, axis: int) -> None:
        self.maximise(axis if self._maximised is None else None)
        self.viewports[axis].setFocus()

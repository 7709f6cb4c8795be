"""How the open stack is looked at: position, window, overlays, tool; shared by all its viewports."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, Signal

from gui.theme.tokens import OKABE_ITO
from gui.viewer.display_window import DisplayWindow, WindowPreset, presets
from gui.viewer.same_place import kept_window, same_place
from gui.viewer.slice_source import SliceSource

BRUSH_SIZES_MM: Final = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50)
_FIRST_BRUSH_MM: Final = 8


class Tool(StrEnum):
    """What dragging with the left button does."""

    SCROLL = "scroll"
    WINDOW = "window"
    ZOOM = "zoom"
    PAN = "pan"
    BRUSH = "brush"
    ERASE = "erase"

    @property
    def edits_mask(self) -> bool:
        """True for the tools that change the tumour mask."""
        return self in (Tool.BRUSH, Tool.ERASE)


class ViewState(QObject):
    """The shared state of the viewports; ``position`` is the (slice, row, column) that they go through."""

    source_changed = Signal()
    position_changed = Signal()
    window_changed = Signal()
    overlay_changed = Signal()
    tool_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.source: SliceSource | None = None
        self.position: tuple[int, int, int] = (0, 0, 0)
        self.window = DisplayWindow(0.0, 1.0)
        self.presets: tuple[WindowPreset, ...] = ()
        self.overlay_visible = True
        self.mask_colour = OKABE_ITO["orange"]
        self.mask_opacity = 0.25
        self.heat_opacity = 0.0
        self.heat_treatment = ""
        self.tool = Tool.SCROLL
        self.brush_mm = _FIRST_BRUSH_MM
        self.is_tiled = True
        self.keeps_place = False
        self._kept_window: DisplayWindow | None = None

    def open(self, source: SliceSource | None) -> None:
        """Look at another stack, where the former one showed the same place of the patient.

        Else it begins at the slice nearest to its middle that has a picture.
        """
        former, self.source = self.source, source
        self._kept_window, self.keeps_place = None, False
        if source is not None:
            _, rows, columns = source.geometry.shape
            kept = same_place(former, self.position, source)
            self.keeps_place = kept is not None
            self.position = kept or (source.first_index, rows // 2, columns // 2)
            if self.keeps_place:
                self._kept_window = kept_window(former, self.presets, self.window, source)
        self.presets = ()
        self.source_changed.emit()
        self.refresh_presets()
        if self.tool.edits_mask:
            # Nobody's first click on another patient shall draw.
            self.set_tool(Tool.SCROLL)

    def refresh_presets(self) -> None:
        """Take the presets anew once pixels have been read; an unkept window follows the first of them."""
        source = self.source
        if source is not None and (source.is_complete or source.plane(0, self.position[0]) is not None):
            self.presets = presets(source)
            self.window = self._kept_window or self.presets[0].window
            # Told even where the values are those of the scan before: the presets are this one's.
            self.window_changed.emit()

    def go_to(self, axis: int, index: int) -> None:
        """Move to a plane; beyond the ends is the end."""
        if self.source is None:
            return
        index = min(max(index, 0), self.source.geometry.shape[axis] - 1)
        if index != self.position[axis]:
            moved = list(self.position)
            moved[axis] = index
            self.position = (moved[0], moved[1], moved[2])
            self.position_changed.emit()

    def set_window(self, window: DisplayWindow) -> None:
        """Show other values as black and white."""
        if window != self.window:
            self.window = window
            self.window_changed.emit()

    def choose_preset(self, number: int) -> bool:
        """Use the preset of a number key, from 1; False when there is none."""
        if not 1 <= number <= len(self.presets):
            return False
        self.set_window(self.presets[number - 1].window)
        return True

    def set_overlay(
        self,
        *,
        visible: bool | None = None,
        mask_colour: str | None = None,
        mask_opacity: float | None = None,
        heat_opacity: float | None = None,
        heat_treatment: str | None = None,
    ) -> None:
        """Change how mask and heat map are laid over the picture; opacities in [0, 1]."""
        if visible is not None:
            self.overlay_visible = visible
        if mask_colour is not None:
            self.mask_colour = mask_colour
        if mask_opacity is not None:
            self.mask_opacity = mask_opacity
        if heat_opacity is not None:
            self.heat_opacity = heat_opacity
        if heat_treatment is not None:
            self.heat_treatment = heat_treatment
        self.overlay_changed.emit()

    def set_tool(self, tool: Tool) -> None:
        """Choose what dragging with the left button does."""
        self.tool = tool
        self.tool_changed.emit()

    def resize_brush(self, steps: int) -> None:
        """Take the next larger or smaller brush; ``brush_mm`` is its diameter in the patient."""
        place = BRUSH_SIZES_MM.index(self.brush_mm) + steps
        self.brush_mm = BRUSH_SIZES_MM[min(max(place, 0), len(BRUSH_SIZES_MM) - 1)]
        self.tool_changed.emit()

    @property
    def reference_lines(self) -> bool:
        """True while several planes are shown, each of which marks where the others cut it."""
        return self.is_tiled

    def set_tiled(self, is_tiled: bool) -> None:
        """Show one plane or all."""
        self.is_tiled = is_tiled
        self.overlay_changed.emit()

    def position_limit(self, axis: int) -> int:
        """How many planes there are across ``axis``."""
        return self.source.geometry.shape[axis] if self.source is not None else 0

"""Above the pictures: what dragging does, window presets, layout, and how the overlays are laid on."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QFrame, QHBoxLayout, QMenu, QSlider, QToolButton, QWidget

from gui.actions import Actions
from gui.feedback.text import label
from gui.pathway.heat_maps import gives_heat_maps
from gui.session import Session
from gui.theme.tokens import GRID_PX
from gui.viewer.view_state import Tool, ViewState
from reports.wording import model_name

_ROOM_FOR_TEXT_PX: Final = 1060
_ROOM_FOR_HEAT_LABEL_PX: Final = 780
_TREATMENT_LETTERS: Final = 7
_HEAT_SLIDER_PX: Final = 80
_FIRST_HEAT_OPACITY: Final = 0.5


class ViewerToolbar(QFrame):
    """Buttons of the actions plus the controls of one heat map."""

    def __init__(
        self, session: Session, state: ViewState, actions: Actions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._state = state
        self.setProperty("role", "bar")
        self._buttons: list[QToolButton] = []
        self._halves = (QWidget(self), QWidget(self))
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(8, 4, 8, 4)
        self._rows.setSpacing(2)
        for half, stretch in zip(self._halves, (0, 1), strict=True):
            self._rows.addWidget(half, stretch)
        row = _row_of(self._halves[0])
        group = QActionGroup(self)
        for tool in Tool:
            action = actions[f"tool_{tool}"]
            group.addAction(action)
            action.toggled.connect(self._on_tool_toggled)
            row.addWidget(self._button(action, with_text=True))
        self._divide(row)
        row.addWidget(self._button(actions["fit"]))
        row.addWidget(self._button(actions["layout_toggle"]))
        row.addStretch(1)
        row = _row_of(self._halves[1])
        self._between = self._divide(row)
        row.addWidget(self._button(actions["overlay"]))
        row.addWidget(self._button(actions["go_tumour"]))
        self.presets = QToolButton(self)
        self.presets.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.presets.setMenu(QMenu(self.presets))
        row.addWidget(self.presets)
        row.addStretch(1)
        self.heat_label = label("small", self)
        self.heat_label.hide()
        self.treatment = QComboBox(self)
        self.treatment.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.treatment.setMinimumContentsLength(_TREATMENT_LETTERS)
        self.treatment.activated.connect(self._on_treatment_chosen)
        self.heat = QSlider(Qt.Orientation.Horizontal, self)
        self.heat.setRange(0, 100)
        self.heat.setMinimumWidth(_HEAT_SLIDER_PX // 2)
        self.heat.setMaximumWidth(_HEAT_SLIDER_PX)
        self.heat.valueChanged.connect(self._on_heat_moved)
        for widget in (self.heat_label, self.treatment, self.heat):
            row.addWidget(widget)
            row.addSpacing(GRID_PX)
        session.language_changed.connect(self._on_language_changed)
        session.heat_map_changed.connect(self._on_heat_maps_changed)
        session.pack_changed.connect(self._on_heat_maps_changed)
        session.currency_changed.connect(self._on_heat_maps_changed)
        state.window_changed.connect(self._on_presets_changed)
        state.source_changed.connect(self._on_presets_changed)
        state.tool_changed.connect(self._on_tool_changed)
        self._actions = actions
        self._on_tool_changed()
        self._on_language_changed()

    def _button(self, action: QAction, *, with_text: bool = False) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if with_text:
            self._buttons.append(button)
        return button

    def _divide(self, row: QHBoxLayout) -> QFrame:
        line = QFrame(self)
        line.setProperty("role", "divider")
        line.setFixedSize(1, 18)
        row.addSpacing(6)
        row.addWidget(line)
        row.addSpacing(6)
        return line

    def minimumSizeHint(self) -> QSize:
        """As wide as the wider half: where both have no room beside each other they stand in two rows."""
        margins = self._rows.contentsMargins()
        widest = max(half.minimumSizeHint().width() for half in self._halves)
        return QSize(widest + margins.left() + margins.right(), self._rows.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_halves()
        style = Qt.ToolButtonStyle
        wide = event.size().width() >= _ROOM_FOR_TEXT_PX
        for button in self._buttons:
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if wide else style.ToolButtonIconOnly)
        self._show_opacity()

    def _place_halves(self) -> None:
        margins = self._rows.contentsMargins()
        side_by_side = sum(half.minimumSizeHint().width() for half in self._halves) + self._rows.spacing()
        has_room = self.width() >= side_by_side + margins.left() + margins.right()
        direction = QBoxLayout.Direction
        wanted = direction.LeftToRight if has_room else direction.TopToBottom
        if self._rows.direction() != wanted:
            self._rows.setDirection(wanted)
            self._between.setVisible(has_room)

    def _on_tool_toggled(self, is_on: bool) -> None:
        action = self.sender()
        if is_on and isinstance(action, QAction):
            self._state.set_tool(Tool(action.objectName().removeprefix("tool_")))

    def _on_tool_changed(self) -> None:
        self._actions[f"tool_{self._state.tool}"].setChecked(True)

    def _on_language_changed(self) -> None:
        tr = self._session.tr
        self.heat.setAccessibleName(tr("gui.heat_map.opacity"))
        self.heat.setToolTip(tr("gui.heat_map.caveat"))
        self.treatment.setAccessibleName(tr("gui.heat_map.treatment"))
        self.treatment.setToolTip(tr("gui.heat_map.caveat"))
        self._on_presets_changed()
        self._on_heat_maps_changed()

    def _on_presets_changed(self) -> None:
        tr, menu = self._session.tr, self.presets.menu()
        menu.clear()
        current = tr("gui.preset.own")
        for number, preset in enumerate(self._state.presets, start=1):
            action = menu.addAction(f"{tr(preset.name)}\t{number}")
            action.setData(number)
            action.setCheckable(True)
            is_current = preset.window == self._state.window
            action.setChecked(is_current)
            action.triggered.connect(self._on_preset_chosen)
            if is_current:
                current = tr(preset.name)
        self.presets.setText(current if self._state.presets else tr("gui.preset"))
        self.presets.setEnabled(bool(self._state.presets))
        self.presets.setToolTip(tr("gui.preset.tip"))
        self.presets.setAccessibleName(tr("gui.preset"))

    def _on_preset_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._state.choose_preset(int(action.data()))

    def _on_heat_maps_changed(self) -> None:
        tr = self._session.tr
        treatments = [heat.treatment for heat in self._session.heat_maps]
        chosen = self._state.heat_treatment if self._state.heat_treatment in treatments else ""
        self.treatment.clear()
        self.treatment.addItem(tr("gui.heat_map.off"), "")
        for treatment in treatments:
            self.treatment.addItem(model_name(treatment, self._session.catalogue), treatment)
        self.treatment.setCurrentIndex(self.treatment.findData(chosen))
        self.treatment.setEnabled(bool(treatments))
        self.treatment.setVisible(gives_heat_maps(self._session))
        if chosen != self._state.heat_treatment:
            self._state.set_overlay(heat_treatment=chosen, heat_opacity=0.0)
        self._show_opacity()

    def _on_treatment_chosen(self, row: int) -> None:
        treatment = str(self.treatment.itemData(row))
        opacity = (self._state.heat_opacity or _FIRST_HEAT_OPACITY) if treatment else 0.0
        self._state.set_overlay(heat_treatment=treatment, heat_opacity=opacity, visible=True)
        self._actions["overlay"].setChecked(True)
        self._show_opacity()

    def _on_heat_moved(self, percent: int) -> None:
        if self._state.heat_treatment:
            self._state.set_overlay(heat_opacity=percent / 100)
        self._show_opacity()

    def _show_opacity(self) -> None:
        percent = round(100 * self._state.heat_opacity)
        self.heat.blockSignals(True)
        self.heat.setValue(percent)
        self.heat.blockSignals(False)
        self.heat_label.setText(self._session.tr("gui.heat_map.at", percent=percent))
        self.heat.setVisible(bool(self._state.heat_treatment))
        has_room = self.width() >= _ROOM_FOR_HEAT_LABEL_PX
        self.heat_label.setVisible(has_room and bool(self._state.heat_treatment))
        self._place_halves()


def _row_of(half: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(half)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2)
    return row

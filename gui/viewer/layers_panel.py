"""The layers of the case: the tumour mask with where it came from and how large it is, or how to get one."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.actions import Actions, needs_segmenter
from gui.feedback.elided_link import ElidedLink
from gui.feedback.text import label
from gui.intake.mask_candidates import mask_candidates
from gui.pathway.region import marks_cuboid
from gui.session import Session
from gui.theme.palette import set_look
from gui.theme.tokens import OKABE_ITO
from gui.viewer.known_grid import known_grid
from gui.viewer.view_state import ViewState
from inference.masks.layer import MaskOrigin
from inference.masks.measures import summarise

_SWATCH_PX: Final = 14
_MOST_FOUND: Final = 20


class LayersPanel(QWidget):
    """One row per mask: visibility, colour, name, measures, opacity."""

    def __init__(
        self, session: Session, state: ViewState, actions: Actions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._state = state
        self.heading = label("heading", self)
        self.hint = label("small", self, wraps=True)
        self.segment_button = QPushButton(self)
        self.segment_button.clicked.connect(actions["segment"].trigger)
        self.draw_button = QPushButton(self)
        self.draw_button.clicked.connect(actions["draw"].trigger)
        self.import_button = QPushButton(self)
        self.import_button.clicked.connect(actions["import_mask"].trigger)
        self.region_button = QPushButton(self)
        self.region_button.clicked.connect(actions["rough_region"].trigger)
        self.found_button = ElidedLink(self)
        self.found_button.clicked.connect(self._on_found_chosen)
        self._found: tuple[Path, ...] = ()
        self._actions = actions
        self.row = QWidget(self)
        self.colour = QToolButton(self.row)
        self.colour.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.colour.setIconSize(QSize(_SWATCH_PX, _SWATCH_PX))
        self.colour.setProperty("role", "swatch")
        self.colour.setMenu(QMenu(self.colour))
        self.name = label("", self.row)
        self.details = label("small", self.row, wraps=True)
        self.eye = QToolButton(self.row)
        self.eye.setDefaultAction(actions["overlay"])
        self.eye.setIconSize(QSize(16, 16))
        self.opacity = QSlider(Qt.Orientation.Horizontal, self.row)
        self.opacity.setRange(0, 100)
        self.opacity.setValue(round(100 * state.mask_opacity))
        self.opacity.valueChanged.connect(self._on_opacity_moved)
        self._arrange()
        session.mask_changed.connect(self._on_changed)
        session.volume_changed.connect(self._on_changed)
        session.language_changed.connect(self._on_changed)
        session.pack_changed.connect(self._on_changed)
        session.study_changed.connect(self._on_changed)
        session.pick_changed.connect(self._on_changed)
        state.overlay_changed.connect(self._on_changed)
        for name in ("segment", "draw", "rough_region", "import_mask"):
            actions[name].changed.connect(self._on_actions_changed)
        self._on_changed()
        self._on_actions_changed()

    def _arrange(self) -> None:
        grid = QGridLayout(self.row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        grid.addWidget(self.colour, 0, 0)
        grid.addWidget(self.name, 0, 1)
        grid.addWidget(self.eye, 0, 2)
        grid.addWidget(self.details, 1, 1, 1, 2)
        grid.addWidget(self.opacity, 2, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        drawn = QHBoxLayout()
        drawn.setSpacing(6)
        drawn.addWidget(self.segment_button, 1)
        drawn.addWidget(self.draw_button, 1)
        buttons = QVBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.region_button)
        buttons.addLayout(drawn)
        buttons.addWidget(self.import_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.heading)
        column.addWidget(self.row)
        column.addWidget(self.hint)
        column.addWidget(self.found_button)
        column.addLayout(buttons)

    def _on_changed(self) -> None:
        session, tr = self._session, self._session.tr
        mask = session.mask
        served = session.input_of_viewed
        is_several = len(session.named_inputs) > 1 and served is not None
        heading = tr("gui.heading.layers").upper()
        if is_several and served is not None:
            heading = tr("gui.layers.of_scan", heading=heading, input=served.title)
        self.heading.setText(heading)
        self.row.setVisible(mask is not None)
        self.hint.setVisible(mask is None)
        self._offer_found()
        can_segment = needs_segmenter(session) != "gui.why_not.no_segmenter"
        is_rough = marks_cuboid(session.study)
        self.segment_button.setVisible(mask is None and can_segment)
        self.draw_button.setVisible(mask is None)
        self.import_button.setVisible(mask is None)
        self.region_button.setVisible(mask is None and is_rough)
        # Where the pack proposes none, a mask is what comes next.
        is_next = session.volume is not None and not can_segment
        set_look(self.region_button, role="primary" if is_next and is_rough else "")
        set_look(self.draw_button, role="primary" if is_next and not is_rough else "")
        self.hint.setText(tr(self._hint()))
        self.opacity.setAccessibleName(tr("gui.layers.opacity"))
        self.opacity.setToolTip(tr("gui.layers.opacity"))
        self.colour.setAccessibleName(tr("gui.layers.colour"))
        self.colour.setToolTip(tr("gui.layers.colour"))
        self._fill_colours()
        if mask is None:
            return
        by_another = mask.is_edited and mask.origin is not MaskOrigin.HUMAN
        edited = " " + tr("gui.layers.edited") if by_another else ""
        self.name.setText(tr(f"gui.layer.origin.{mask.origin}") + edited)
        made_by = tr("gui.layers.maker", maker=mask.maker or tr("gui.layers.reader"))
        self.name.setToolTip(made_by)
        self.details.setToolTip(made_by)
        summary = summarise(mask)
        if summary is None:
            self.details.setText(tr("gui.layers.empty"))
        elif session.stack is not None and not known_grid(session.stack).is_volume:
            self.details.setText(tr("gui.layers.unmeasured"))
        else:
            across_mm = sorted(summary.extent_mm, reverse=True)
            self.details.setText(
                tr(
                    "gui.layers.measures",
                    volume=f"{summary.volume_ml:.1f}",
                    longest=f"{across_mm[0]:.0f}",
                    second=f"{across_mm[1]:.0f}",
                    third=f"{across_mm[2]:.0f}",
                    first=summary.first_slice + 1,
                    last=summary.last_slice + 1,
                )
            )

    def _hint(self) -> str:
        """What to do while there is no mask."""
        if self._session.stack is None:
            return "gui.layers.no_case"
        if self._session.pack is None or needs_segmenter(self._session) != "gui.why_not.no_segmenter":
            return "gui.layers.none"
        is_rough = marks_cuboid(self._session.study)
        return "gui.layers.none_rough" if is_rough else "gui.layers.none_by_hand"

    def _offer_found(self) -> None:
        """Offer the mask files that lie beside the pictures: one at once, several as a choice."""
        session = self._session
        self._found = mask_candidates(session.plan) if session.volume is not None else ()
        self.found_button.setVisible(bool(self._found) and session.mask is None)
        if len(self._found) == 1:
            self.found_button.say(session.tr("gui.layers.use_found", file=self._found[0].name))
        elif self._found:
            self.found_button.say(session.tr("gui.layers.use_one_of", count=len(self._found)))

    def _on_found_chosen(self) -> None:
        if len(self._found) == 1:
            self._session.import_mask(self._found[0])
        elif self._found:
            self.found_menu().popup(self.found_button.mapToGlobal(self.found_button.rect().bottomLeft()))

    def found_menu(self) -> QMenu:
        """The mask files that were found, to choose one of."""
        menu = QMenu(self.found_button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for path in self._found[:_MOST_FOUND]:
            action = menu.addAction(path.name.replace("&", "&&"))
            action.triggered.connect(partial(self._take_found, path))
        return menu

    def _take_found(self, path: Path, _checked: bool = False) -> None:
        self._session.import_mask(path)

    def _on_actions_changed(self) -> None:
        tr = self._session.tr
        for name, button in (
            ("segment", self.segment_button),
            ("draw", self.draw_button),
            ("rough_region", self.region_button),
            ("import_mask", self.import_button),
        ):
            action = self._actions[name]
            button.setText(tr(f"gui.layers.{name}"))
            button.setEnabled(action.isEnabled())
            button.setToolTip(action.toolTip())

    def _fill_colours(self) -> None:
        self.colour.setIcon(_swatch(self._state.mask_colour))
        menu = self.colour.menu()
        menu.clear()
        for name, colour in OKABE_ITO.items():
            action = menu.addAction(_swatch(colour), self._session.tr(f"gui.colour.{name}"))
            action.setData(colour)
            action.triggered.connect(self._on_colour_chosen)

    def _on_colour_chosen(self) -> None:
        colour = self.sender().data()  # type: ignore[attr-defined]
        self._state.set_overlay(mask_colour=str(colour))

    def _on_opacity_moved(self, percent: int) -> None:
        self._state.set_overlay(mask_opacity=percent / 100)


def _swatch(colour: str) -> QIcon:
    picture = QPixmap(2 * _SWATCH_PX, 2 * _SWATCH_PX)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(1, 1, _SWATCH_PX - 2, _SWATCH_PX - 2, 3, 3)
    painter.end()
    return QIcon(picture)

"""The order in which Tab goes through the window: as the eye does, whatever was built last."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSlider, QTreeView, QWidget

from gui.clinical.choice_buttons import ChoiceButtons
from gui.session import Session

_ROW_PX: Final = 10
"""Widgets whose middles lie this close stand in one row."""
_SETTLING_MS: Final = 50
_KINDS: Final = (QAbstractButton, QLineEdit, QComboBox, QSlider, QTreeView, ChoiceButtons)
"""Asking for all widgets would wrap menus anew, and PySide then forgets the actions in them."""


class TabOrder(QObject):
    """Puts the sections one after another, and the widgets of each by row and column.

    Panels that are rebuilt add their widgets at the end of Qt's chain; each change puts them back.
    """

    def __init__(self, session: Session, sections: Sequence[QWidget], parent: QObject) -> None:
        super().__init__(parent)
        self._sections = tuple(sections)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SETTLING_MS)
        self._later.timeout.connect(self.refresh)
        for signal in (
            session.plan_changed,
            session.stack_changed,
            session.volume_changed,
            session.mask_changed,
            session.stated_changed,
            session.outcome_changed,
            session.pick_changed,
            session.study_changed,
            session.language_changed,
            session.inputs.changed,
        ):
            signal.connect(self._later.start)

    def widgets(self) -> list[QWidget]:
        """Everything that Tab can reach, in the order of the eye."""
        found: list[QWidget] = []
        for section in self._sections:
            inside = [section, *(one for kind in _KINDS for one in section.findChildren(kind))]
            reachable = [one for one in inside if _takes_tab(one, section)]
            found += sorted(reachable, key=lambda one: _place(one, section))
        return found

    def refresh(self) -> None:
        """Chain the widgets anew."""
        widgets = self.widgets()
        for before, after in pairwise(widgets):
            QWidget.setTabOrder(before, after)


def _takes_tab(widget: QWidget, section: QWidget) -> bool:
    # The inside of a scroll area stands for it; the list of a box has a window of its own.
    if widget.focusProxy() is not None or widget.window() is not section.window():
        return False
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _place(widget: QWidget, section: QWidget) -> tuple[int, int]:
    if widget is section:
        return -1, 0
    at = widget.mapTo(section, QPoint(0, widget.height() // 2))
    return at.y() // _ROW_PX, at.x()

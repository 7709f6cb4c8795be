"""Fields under one heading that folds, with the count of what is missing in it and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QPushButton, QVBoxLayout, QWidget

from gui.clinical.field_editor import FieldEditor
from gui.clinical.missing_lines import MissingLine
from gui.feedback.text import label, say
from gui.theme.palette import set_look
from gui.theme.tokens import GRID_PX, Tone
from inference.clinical.record import MissingReason

if TYPE_CHECKING:
    from gui.session import Session

_LABEL_WIDTH_PX: Final = 64
_WIDEST_LABEL_PX: Final = 78
_UNIT_WIDTH_PX: Final = 56
_UNIT_LIST_PX: Final = 64
_ROWS_PER_FIELD: Final = 5
_UNBOUNDED_PX: Final = 16_777_215
_FOLDED, _OPEN = "\u25b8", "\u25be"


class FieldGroup(QWidget):
    """A heading over the editors of one ``group`` of the form."""

    def __init__(self, session: Session, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.name = name
        self.editors: dict[str, FieldEditor] = {}
        self._missing = 0
        self._costs: tuple[str, ...] = ()
        self._cost_tone = Tone.PLAIN
        self.head = QPushButton(self)
        self.head.setCheckable(True)
        self.head.setProperty("role", "group")
        self.head.toggled.connect(self._on_toggled)
        self.body = QWidget(self)
        self._grid = QGridLayout(self.body)
        self._grid.setContentsMargins(0, 0, 0, 2 * GRID_PX)
        self._grid.setHorizontalSpacing(GRID_PX)
        self._grid.setVerticalSpacing(GRID_PX)
        self._grid.setColumnStretch(1, 1)
        self.cost = label("small", self, wraps=True)
        self.cost.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        column.addWidget(self.head)
        column.addWidget(self.body)
        column.addWidget(self.cost)
        self.body.hide()

    @property
    def is_open(self) -> bool:
        """True while the fields are shown."""
        return self.head.isChecked()

    def unfold(self, is_open: bool = True) -> None:
        """Show or hide the fields."""
        self.head.setChecked(is_open)

    def add(self, editor: FieldEditor) -> None:
        """Place one more editor at the end."""
        editor.noted.connect(self._on_noted)
        editor.unit.setMinimumWidth(_UNIT_LIST_PX if isinstance(editor.unit, QComboBox) else _UNIT_WIDTH_PX)
        editor.unit.setVisible(editor.has_unit)
        self.editors[editor.schema.id] = editor

    def _place(self) -> None:
        """Labels beside their controls where both have room, else above them."""
        grid, middle = self._grid, Qt.AlignmentFlag.AlignVCenter
        widths = {name: _label_width(editor) for name, editor in self.editors.items()}
        beside = max((width for width in widths.values() if width), default=0)
        column = min(max(beside, _LABEL_WIDTH_PX), _WIDEST_LABEL_PX)
        for number, (name, editor) in enumerate(self.editors.items()):
            row = number * _ROWS_PER_FIELD
            start = 1 if widths[name] else 0
            if widths[name]:
                editor.label.setFixedWidth(column)
                grid.addWidget(editor.label, row + 1, 0, middle)
            else:
                editor.label.setMinimumWidth(0)
                editor.label.setMaximumWidth(_UNBOUNDED_PX)
                grid.addWidget(editor.label, row, 0, 1, 3)
            span = 3 - start - int(editor.has_unit)
            grid.addWidget(editor.control, row + 1, start, 1, span)
            if editor.has_unit:
                grid.addWidget(editor.unit, row + 1, 2, middle)
            for place, told in enumerate((editor.note, editor.hint), start=2):
                grid.addWidget(told, row + place, start, 1, 3 - start)
            grid.addWidget(editor.offer, row + _ROWS_PER_FIELD - 1, 0, 1, 3)

    def show_missing(self, costs: Mapping[str, MissingLine], is_active: bool) -> None:
        """Count what is missing, and say in one line each what that costs."""
        missing = [
            name
            for name, editor in self.editors.items()
            if editor.value.missing not in (None, MissingReason.NOT_APPLICABLE)
        ]
        self._missing = len(missing) if is_active else 0
        mine = [name for name in missing if name in costs] if is_active else []
        lines: dict[str, list[str]] = {}
        for name in mine:
            lines.setdefault(costs[name].key, []).append(name)
        urgent = any(costs[name].is_urgent for name in mine)
        weighed = sorted(lines.values(), key=lambda names: not costs[names[0]].is_urgent)
        self._costs = tuple(costs[names[0]].text(self._session, names) for names in weighed)
        self._cost_tone = Tone.WARN if urgent else Tone.PLAIN
        self._say_costs()
        set_look(self.head, tone=(Tone.WARN if urgent else Tone.PLAIN).value)
        self._say_head()

    def retranslate(self) -> None:
        """Take all words from the present catalogue."""
        for editor in self.editors.values():
            editor.retranslate()
        self._place()
        self._say_head()

    def _say_head(self) -> None:
        tr = self._session.tr
        name = tr(f"clinical.group.{self.name}")
        missing = tr("panel.clinical.group.missing", count=self._missing) if self._missing else ""
        mark = _OPEN if self.is_open else _FOLDED
        self.head.setText(f"{mark}  {name}" + (f"  ·  {missing}" if missing else ""))
        state = tr("panel.clinical.group.open" if self.is_open else "panel.clinical.group.folded")
        self.head.setAccessibleName(", ".join(part for part in (name, missing, state) if part))

    def _say_costs(self) -> None:
        """All costs beneath the open fields; beneath a folded heading the heaviest alone."""
        shown = self._costs if self.is_open else self._costs[:1]
        say(self.cost, "\n".join(shown), self._cost_tone)
        self.cost.setToolTip("\n".join(self._costs))

    def _on_toggled(self, is_open: bool) -> None:
        self.body.setVisible(is_open)
        self._say_head()
        self._say_costs()

    def _on_noted(self) -> None:
        """What is wrong with a field is never hidden."""
        self.unfold()


def _label_width(editor: FieldEditor) -> int:
    """How wide the label wants to be beside its control; 0 where it stands above it."""
    metrics, text = editor.label.fontMetrics(), editor.label.text()
    longest_word = max((metrics.horizontalAdvance(word) for word in text.split()), default=0)
    whole = metrics.horizontalAdvance(text)
    # Chinese has no spaces and breaks anywhere.
    bound = longest_word if " " in text or text.isascii() else whole // 2
    if editor.needs_own_row or bound > _WIDEST_LABEL_PX or whole > 1.8 * _WIDEST_LABEL_PX:
        return 0
    return whole + 2

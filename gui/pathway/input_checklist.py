"""What the guard says about the inputs before anything runs, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.feedback.text import label, say
from gui.pathway.check_line import CheckLine
from gui.pathway.readiness import guard_lines
from gui.pathway.required_list import RequiredList
from gui.pathway.stated_fact_menu import StatedFactMenu, stateable_lines
from gui.pathway.study_input_list import StudyInputList
from gui.theme.tokens import GRID_PX

if TYPE_CHECKING:
    from gui.session import Session
    from inference.assessment import GuardLine


class InputChecklist(QWidget):
    """What the study needs and which scans could be it; then each condition of the pack, mark and word."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.lines: dict[str, CheckLine] = {}
        self.scans: dict[str, QLabel] = {}
        self.state_controls: dict[str, StatedFactMenu] = {}
        self._heading = label("heading", self)
        self.hint = label("small", self, wraps=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID_PX // 2)
        self.inputs = StudyInputList(session, session.inputs, self)
        self._column.addWidget(self.inputs)
        self.required = RequiredList(session, self)
        self._column.addSpacing(2 * GRID_PX)
        self._column.addWidget(self.required)
        self._column.addSpacing(3 * GRID_PX)
        self._column.addWidget(self._heading)
        self._column.addWidget(self.hint)
        for signal in (
            session.stack_changed,
            session.volume_changed,
            session.mask_changed,
            session.stated_changed,
            session.pack_changed,
            session.pick_changed,
            session.language_changed,
        ):
            signal.connect(self._on_changed)
        self._on_changed()

    def _on_changed(self) -> None:
        session = self._session
        self._heading.setText(session.tr("panel.check.heading"))
        self.setAccessibleName(self._heading.text())
        lines = guard_lines(session)
        say(self.hint, "" if lines else self._why_empty())
        case, served = session.viewed_case, session.input_of_viewed
        viewed = None if served is None else "" if served is session.named_inputs[0] else served.id
        stateable = stateable_lines(case) if lines and case is not None else frozenset()
        keys, scans = _keys(lines), self._scans_of(lines)
        if (
            keys == list(self.lines)
            and scans == list(self.scans)
            and not stateable
            and not self.state_controls
        ):
            # The same rows stay: a brush stroke must not make the column jump.
            for name, heading in self.scans.items():
                heading.setText(session.tr(f"input.{name}"))
            for line, shown in zip(lines, self.lines.values(), strict=True):
                shown.show_line(line, session)
            return
        self._clear()
        for key, line in zip(keys, lines, strict=True):
            name = line.scan or session.named_inputs[0].id
            if name in scans and name not in self.scans:
                self.scans[name] = label("muted", self)
                self.scans[name].setText(session.tr(f"input.{name}"))
                self._column.addWidget(self.scans[name])
            shown = CheckLine(self)
            shown.show_line(line, session)
            self._column.addWidget(shown)
            self.lines[key] = shown
            if line.name in stateable and line.scan == viewed:
                control = StatedFactMenu(session, line.name, shown)
                shown.grid.addWidget(control, 2, 1, 1, 2, Qt.AlignmentFlag.AlignLeft)
                self.state_controls[line.name] = control

    def _clear(self) -> None:
        for shown in (*self.lines.values(), *self.scans.values()):
            self._column.removeWidget(shown)
            shown.hide()
            shown.deleteLater()
        self.lines, self.scans, self.state_controls = {}, {}, {}

    def _scans_of(self, lines: Sequence[GuardLine]) -> list[str]:
        """The inputs whose lines stand under a heading of their own: where there are several."""
        first = self._session.named_inputs[0].id
        found = list(dict.fromkeys(line.scan or first for line in lines))
        return found if len(found) > 1 else []

    def _why_empty(self) -> str:
        session = self._session
        if session.stack is None:
            return session.tr("panel.check.no_scan")
        if session.volume is None:
            return session.tr("panel.check.loading")
        if session.scan_of(session.named_inputs[0].id) is None:
            return session.tr("panel.check.no_first", input=session.named_inputs[0].title)
        if session.pack_problem is not None:
            return session.render(session.pack_problem)
        return session.tr("panel.check.no_pack")


def _keys(lines: Sequence[GuardLine]) -> list[str]:
    """The name of each line, numbered where a name comes again."""
    names = [line.name for line in lines]
    return [name if name not in names[:number] else f"{name}.{number}" for number, name in enumerate(names)]

"""Whose the offered values are: both identifiers, and where they differ, who confirms one person and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from gui.feedback.text import label, say
from gui.theme.tokens import GRID_PX, Tone
from inference.clinical.importing.whose import Comparison, Whose
from inference.clinical.taken_over import OTHER_PATIENT
from inference.errors import InputError
from inference.release import LONGEST_NAME, LONGEST_REASON, Release

if TYPE_CHECKING:
    from gui.session import Session

_TONES: Final = {Comparison.SAME: Tone.GOOD, Comparison.OTHER: Tone.BAD}


class PatientCheck(QWidget):
    """Shows one comparison; ``changed`` comes with each letter, ``entered`` with Enter in the reason."""

    changed = Signal()
    entered = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._whose: Whose | None = None
        self.told = label("value", self, wraps=True)
        self.explanation = label("small", self, wraps=True)
        self.name = QLineEdit(self)
        self.name.setMaxLength(LONGEST_NAME)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(LONGEST_REASON)
        self.problem = label("small", self, wraps=True)
        self.name.returnPressed.connect(self.reason.setFocus)
        self.reason.returnPressed.connect(self.entered)
        for line in (self.name, self.reason):
            line.textChanged.connect(self._on_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        for widget in (self.told, self.explanation, self.name, self.reason, self.problem):
            column.addWidget(widget)

    @property
    def is_open(self) -> bool:
        """True while somebody has still to confirm that both identifiers are one person's."""
        if self._whose is None or not self._whose.is_other:
            return False
        return not (self.name.text().strip() and self.reason.text().strip())

    def forget(self) -> None:
        """Nothing has been confirmed yet."""
        self.name.clear()
        self.reason.clear()

    def show_whose(self, whose: Whose | None) -> None:
        """Say what was compared; a reason that was given for another patient does not hold for this one."""
        if whose != self._whose:
            self.reason.clear()
        self._whose = whose
        tr, is_other = self._session.tr, whose is not None and whose.is_other
        if whose is None:
            say(self.told, "")
        else:
            say(self.told, self._session.render(whose.message), _TONES.get(whose.comparison, Tone.WARN))
        say(self.explanation, tr("panel.import.whose.explanation") if is_other else "")
        say(self.problem, "")
        for line, name in ((self.name, "gui.release.name"), (self.reason, "panel.import.whose.reason")):
            line.setPlaceholderText(tr(name))
            line.setAccessibleName(tr(name))
            line.setVisible(is_other)
        self.setVisible(whose is not None)

    def release(self) -> Release | None:
        """Who confirmed it and why; None where nothing had to be confirmed.

        Raises
        ------
        InputError
            When name or reason cannot be used; said beneath them as well.
        """
        if self._whose is None or not self._whose.is_other:
            return None
        try:
            return Release(OTHER_PATIENT, self.name.text(), self.reason.text())
        except InputError as error:
            say(self.problem, self._session.render(error.message), Tone.BAD)
            raise

    def _on_changed(self) -> None:
        say(self.problem, "")
        self.changed.emit()

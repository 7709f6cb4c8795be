"""A day of the patient's course, such as the start of treatment."""

from __future__ import annotations

from gui.clinical.typed_editor import TypedEditor


class DateEditor(TypedEditor):
    """A day, year first; shown as ``YYYY-MM-DD`` however it was typed."""

    def _display(self) -> None:
        super()._display()
        if isinstance(self.value.canonical, str):
            self.edit.setText(self.value.canonical)
            self.edit.setModified(False)

    def _limits(self) -> str:
        return self._session.tr("panel.clinical.date_form")

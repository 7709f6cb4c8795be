"""A clinical number: typed with its unit, within its range, or missing for a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from gui.clinical.calm_combo_box import CalmComboBox
from gui.clinical.typed_editor import TypedEditor
from inference.clinical.importing.written_number import read_number
from inference.clinical.quantity import NO_UNIT, quantity
from inference.clinical.record import ClinicalValue
from inference.clinical.schema import FieldSchema, parse_value
from reports.wording import text_or_code

if TYPE_CHECKING:
    from gui.session import Session


class NumberEditor(TypedEditor):
    """A number typed with its unit."""

    def __init__(self, session: Session, schema: FieldSchema, parent: QWidget) -> None:
        super().__init__(session, schema, parent)
        self.has_unit = schema.units[0].code != NO_UNIT
        self.units: QComboBox | None = None
        if len(schema.units) > 1:
            self.units = CalmComboBox(parent)
            self.units.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            self.units.activated.connect(self._on_unit_chosen)
            self.unit.deleteLater()
            self.unit = self.units

    @property
    def unit_code(self) -> str:
        return str(self.units.currentData()) if self.units is not None else self.schema.units[0].code

    def retranslate(self) -> None:
        if self.units is not None:
            kept = self.units.currentIndex()
            self.units.clear()
            for unit in self.schema.units:
                self.units.addItem(self._unit_text(unit.code), unit.code)
            self.units.setCurrentIndex(max(kept, 0))
            self.units.setAccessibleName(
                self._session.tr("panel.clinical.unit_of", field=f"clinical.{self.schema.id}")
            )
        elif isinstance(self.unit, QLabel) and self.has_unit:
            self.unit.setText(self._unit_text(self.schema.units[0].code))
        super().retranslate()

    def _display(self) -> None:
        if self.units is not None and self.value.typed_unit:
            self.units.setCurrentIndex(self.units.findData(self.value.typed_unit))
        super()._display()

    def _limits(self) -> str:
        factor = next(unit.factor for unit in self.schema.units if unit.code == self.unit_code)
        assert self.schema.minimum is not None and self.schema.maximum is not None
        return self._session.tr(
            "panel.clinical.range",
            minimum=f"{self.schema.minimum / factor:,.10g}",
            maximum=quantity(f"{self.schema.maximum / factor:,.10g}", self.unit_code),
        )

    def _parsed(self, text: str, unit: str) -> ClinicalValue:
        """A unit written behind the number takes the place of the chosen one, in sight."""
        written = read_number(self.schema, text)
        return parse_value(self.schema, written.number, written.unit or unit)

    def _unit_text(self, code: str) -> str:
        return text_or_code("report.unit", code, self._session.catalogue)

    def _on_unit_chosen(self) -> None:
        """Show the same quantity in the other unit; what was refused is read again in it."""
        if self.problem or not isinstance(self.value.canonical, float):
            self._accept(self.edit.text(), self.unit_code)
            return
        factor = next(unit.factor for unit in self.schema.units if unit.code == self.unit_code)
        text = f"{self.value.canonical / factor:.10g}"
        self.entered.emit(parse_value(self.schema, text, self.unit_code))

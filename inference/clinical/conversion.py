"""A typed quantity in the form's own unit, with the factor between them and where that comes from."""

from __future__ import annotations

from inference.clinical.record import ClinicalValue
from inference.clinical.schema import FieldSchema
from inference.messages.message import FieldValue, Message


def conversion(field: FieldSchema, value: ClinicalValue) -> Message | None:
    """How ``value`` was converted: ``2 kIU/L = 2.42 ng/mL``; None where it was typed in the form's unit."""
    if field.kind != "number" or not isinstance(value.canonical, float) or not value.typed_unit:
        return None
    canonical = field.units[0]
    typed = next((unit for unit in field.units if unit.code == value.typed_unit), canonical)
    if typed.code == canonical.code:
        return None
    fields: dict[str, FieldValue] = {
        "typed": value.typed_value,
        "typed_unit": f"report.unit.{typed.code}",
        "value": f"{value.canonical:.6g}",
        "unit": f"report.unit.{canonical.code}",
        "factor": f"{typed.factor:g}",
    }
    if not typed.source:
        return Message("clinical.conversion", fields)
    return Message("clinical.conversion.sourced", fields | {"source": typed.source})

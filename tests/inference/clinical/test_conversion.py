"""Every conversion is shown with its factor, and with its source where that is no power of ten."""

import pytest

from inference.clinical.conversion import conversion
from inference.clinical.schema import FieldSchema, UnitChoice, load_form, parse_value
from inference.messages.catalogue import load_catalogue
from tests.inference.clinical.all_forms import FIELDS

CONVERTED = [
    pytest.param(field, unit, id=f"{study}-{field.id}-{unit.code}")
    for study, field in FIELDS
    for unit in field.units[1:]
]


@pytest.mark.parametrize(("field", "unit"), CONVERTED)
def test_a_converted_quantity_is_shown_in_both_units(field: FieldSchema, unit: UnitChoice) -> None:
    assert field.minimum is not None and field.maximum is not None
    typed = f"{(field.minimum + field.maximum) / 2 / unit.factor:.6g}"
    message = conversion(field, parse_value(field, typed, unit.code))
    assert message is not None
    for language in ("en", "zh_CN"):
        text = load_catalogue(language).render(message)
        assert typed in text and unit.source in text and "report.unit" not in text and "⟦" not in text


def test_afp_and_glucose_as_laboratories_report_them() -> None:
    afp = load_form("gc-recurrence").field("afp")
    glucose = load_form("lagc-response").field("glucose")
    english = load_catalogue("en")
    for field, typed, unit, shown in (
        (afp, "2", "k[iU]/L", "2 kIU/l = 2.42 ng/ml"),
        (afp, "2", "[iU]/mL", "2 IU/ml = 2.42 ng/ml"),
        (glucose, "100", "mg/dL", "100 mg/dl = 5.55074 mmol/l"),
    ):
        message = conversion(field, parse_value(field, typed, unit))
        assert message is not None and english.render(message).startswith(shown)


def test_the_forms_own_unit_and_a_missing_value_need_no_conversion() -> None:
    cea = load_form("gc-recurrence").field("cea")
    assert conversion(cea, parse_value(cea, "2", "ng/mL")) is None
    assert conversion(cea, parse_value(cea, "")) is None

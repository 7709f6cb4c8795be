"""What no field of any form takes, and what is said then, in both languages."""

import pytest

from inference.clinical.schema import FieldSchema, UnitChoice, parse_value
from inference.errors import InputError
from inference.messages.catalogue import load_catalogue
from tests.inference.clinical.all_forms import FIELD_IDS, FIELDS, of_kind

NUMBERS = [
    pytest.param(field, unit, id=f"{study}-{field.id}-{unit.code}")
    for study, field in FIELDS
    if field.kind == "number"
    for unit in field.units
]


def refusal(field: FieldSchema, text: str, unit: str = "") -> InputError:
    with pytest.raises(InputError) as caught:
        parse_value(field, text, unit)
    return caught.value


def said(error: InputError) -> list[str]:
    """The sentence in each language; every one names the field in its words."""
    texts = []
    for language in ("en", "zh_CN"):
        catalogue = load_catalogue(language)
        text = catalogue.render(error.message)
        assert "⟦" not in text and "{" not in text
        assert catalogue.text(str(error.message.fields["field"])) in text
        texts.append(text)
    return texts


@pytest.mark.parametrize(("field", "unit"), NUMBERS)
def test_a_number_outside_its_range_is_refused_with_the_range(field: FieldSchema, unit: UnitChoice) -> None:
    assert field.minimum is not None and field.maximum is not None
    for outside in (field.minimum - 1.0, field.maximum + 1.0):
        typed = f"{outside / unit.factor:.10g}"
        for text in said(refusal(field, typed, unit.code)):
            assert typed in text
            for end in (field.minimum, field.maximum):
                assert f"{float(f'{end / unit.factor:.6g}'):,.10g}" in text


@pytest.mark.parametrize("field", of_kind("number"))
def test_a_unit_of_something_else_is_refused_with_those_that_fit(field: FieldSchema) -> None:
    for text in said(refusal(field, "20", "furlong")):
        assert "furlong" in text and all(unit.code in text for unit in field.units)


@pytest.mark.parametrize(("study", "field"), FIELDS, ids=FIELD_IDS)
def test_a_text_that_the_field_cannot_mean_is_refused_with_what_can_be(
    study: str, field: FieldSchema
) -> None:
    for typed in ("about 5", "3,5", "2026-13-01", "03/04/2026"):
        for text in said(refusal(field, typed)):
            assert typed in text
            if field.kind == "choice":
                assert all(choice in text for choice in field.choices)
            elif field.kind == "number":
                assert f"{field.minimum:,.10g}" in text
            else:
                assert "2026-03-09" in text


@pytest.mark.parametrize("field", of_kind("date"))
def test_a_day_outside_the_calendar_of_patients_is_refused(field: FieldSchema) -> None:
    for typed in ("1899-12-31", "2200-01-01"):
        for text in said(refusal(field, typed)):
            assert typed in text and "1900-01-01" in text

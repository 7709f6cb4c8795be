"""Values are read as typed, in their unit and range, or refused by field; none is filled in."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from inference.clinical.record import ClinicalValue, MissingReason, Provenance
from inference.clinical.record_json import record_from_json, record_to_json
from inference.clinical.schema import FieldSchema, UnitChoice, load_form, parse_value
from inference.errors import InputError
from inference.messages.catalogue import load_catalogue
from tests.inference.synthetic_case import record

FORM = load_form("npc-residual")
TUMOUR_LENGTH = FieldSchema(
    id="length",
    group="tumour",
    kind="number",
    source="test",
    units=(UnitChoice(code="cm", factor=1), UnitChoice(code="mm", factor=0.1)),
    minimum=0.5,
    maximum=20,
)


def refusal(field_id: str, text: str, unit: str = "") -> InputError:
    with pytest.raises(InputError) as caught:
        parse_value(FORM.field(field_id), text, unit)
    return caught.value


def test_a_number_keeps_what_was_typed() -> None:
    value = parse_value(FORM.field("age"), " 52 ")
    assert value == ClinicalValue("age", "52", "a", 52.0, Provenance.TYPED)


def test_units_convert_visibly() -> None:
    value = parse_value(TUMOUR_LENGTH, "37", "mm")
    assert (value.typed_value, value.typed_unit) == ("37", "mm")
    assert value.canonical == pytest.approx(3.7)


@pytest.mark.parametrize("text", ["17", "101", "200", "-5", "inf", "nan", "1e3"])
def test_an_age_out_of_range_is_refused_with_its_limits(text: str) -> None:
    error = refusal("age", text)
    assert error.message.id == "error.clinical.out_of_range"
    assert (error.message.fields["minimum"], error.message.fields["maximum"]) == (
        "18",
        "100\u00a0report.unit.a",
    )


def test_limits_are_told_in_the_unit_that_was_typed() -> None:
    with pytest.raises(InputError) as caught:
        parse_value(TUMOUR_LENGTH, "300", "mm")
    fields = caught.value.message.fields
    assert (fields["minimum"], fields["maximum"]) == ("5", "200\u00a0report.unit.mm")


@pytest.mark.parametrize("text", ["18", "100"])
def test_the_ends_of_a_range_belong_to_it(text: str) -> None:
    assert parse_value(FORM.field("age"), text).canonical == float(text)


def test_a_fraction_is_no_whole_number_of_years() -> None:
    error = refusal("age", "52.5")
    assert error.message.id == "error.clinical.not_whole" and "52.5" in str(error.message.fields["value"])


def test_digits_of_full_width_are_digits() -> None:
    assert parse_value(TUMOUR_LENGTH, "３．７", "cm").canonical == pytest.approx(3.7)


@pytest.mark.parametrize("text", ["fifty", "52 a", "5_2", "0x34"])
def test_a_text_that_is_no_number_is_refused(text: str) -> None:
    assert refusal("age", text).message.id == "error.clinical.not_a_number"


def test_an_unknown_unit_is_refused_with_the_known_ones() -> None:
    error = refusal("age", "52", "mo")
    assert error.message.id == "error.clinical.unit" and error.message.fields["allowed"] == "a"


@pytest.mark.parametrize("text", ["T5", "t3", "III"])
def test_a_choice_outside_the_list_is_refused(text: str) -> None:
    assert refusal("t_stage", text).message.fields["allowed"] == "T1, T2, T3, T4"


@pytest.mark.parametrize("field", FORM.fields, ids=lambda field: field.id)
def test_an_empty_text_is_a_missing_value_and_never_a_default(field: FieldSchema) -> None:
    value = parse_value(field, "  ")
    assert value.canonical is None and value.missing is MissingReason.NOT_RECORDED


@given(st.floats(18, 100))
def test_no_number_is_changed_on_the_way(age: float) -> None:
    field = FORM.field("age").model_copy(update={"integer": False})
    assert parse_value(field, repr(age)).canonical == age


def test_an_unknown_field_and_study_are_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        FORM.field("smoking")
    assert "age" in str(caught.value.message.fields["allowed"])
    with pytest.raises(InputError):
        load_form("../npc-residual")


def test_the_form_holds_the_papers_factors_and_what_it_asks_of_future_work() -> None:
    asked = [field.id for field in FORM.fields if field.group not in ("eligibility", "course")]
    assert asked == ["age", "sex", "t_stage", "n_stage", "stage", "ebv_dna"]
    assert {field.id for field in FORM.fields if field.required} == {"age", "sex", "t_stage", "n_stage"}


@pytest.mark.parametrize(
    "field",
    [
        {"id": "a", "group": "tumour", "kind": "number", "source": "s"},
        {
            "id": "a",
            "group": "tumour",
            "kind": "number",
            "source": "s",
            "units": [{"code": "a", "factor": 1}],
        },
        {"id": "a", "group": "tumour", "kind": "choice", "source": "s"},
        {"id": "a", "group": "tumour", "kind": "text", "source": "s"},
        {"id": "a", "group": "tumour", "kind": "choice", "source": "s", "choices": ["x"], "default": "x"},
        {
            "id": "a",
            "group": "tumour",
            "kind": "choice",
            "source": "s",
            "choices": ["x"],
            "may_be_typed": True,
        },
        {
            "id": "a",
            "group": "tumour",
            "kind": "choice",
            "source": "s",
            "choices": ["x"],
            "derived_from": ["b"],
        },
        {
            "id": "a",
            "group": "tumour",
            "kind": "choice",
            "source": "s",
            "choices": ["x"],
            "may_lie_ahead": True,
        },
    ],
)
def test_a_field_without_what_its_kind_needs_is_no_field(field: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FieldSchema.model_validate(field)


def test_a_record_survives_its_document() -> None:
    before = record(ebv_dna="")
    document = json.loads(json.dumps(record_to_json(before)))
    after = record_from_json(FORM, document)
    assert {name: value.canonical for name, value in after.values.items()} == {
        name: value.canonical for name, value in before.values.items()
    }
    assert after.values["age"].provenance is Provenance.IMPORTED
    assert after.values["ebv_dna"].missing is MissingReason.NOT_RECORDED


def document(**changes: Any) -> dict[str, Any]:
    return {
        "schema": "concilium.clinical",
        "schema_version": 1,
        "study": "npc-residual",
        "values": {"age": {"value": 52, "unit": "a"}, "ebv_dna": {"missing": "not measured"}},
        **changes,
    }


def test_a_document_may_leave_fields_out_and_say_why_one_is_missing() -> None:
    read = record_from_json(FORM, document())
    assert read.canonical("age") == 52.0
    assert read.values["ebv_dna"].missing is MissingReason.NOT_MEASURED
    assert read.values["sex"].missing is MissingReason.NOT_RECORDED


@pytest.mark.parametrize(
    ("changes", "message_id"),
    [
        ({"schema": "other"}, "error.clinical.not_a_record"),
        ({"values": []}, "error.clinical.not_a_record"),
        ({"values": {"age": 52}}, "error.clinical.not_a_record"),
        ({"schema_version": 2}, "error.clinical.version"),
        ({"study": "gnen-os"}, "error.clinical.study"),
        ({"values": {"smoking": {"value": "yes"}}}, "error.clinical.unknown_field"),
        ({"values": {"age": {"value": 200}}}, "error.clinical.out_of_range"),
        ({"values": {"age": {"missing": "because"}}}, "error.clinical.not_allowed"),
    ],
)
def test_a_document_that_cannot_be_trusted_is_refused_whole(changes: dict[str, Any], message_id: str) -> None:
    with pytest.raises(InputError) as caught:
        record_from_json(FORM, document(**changes))
    assert caught.value.message.id == message_id
    for language in ("en", "zh_CN"):
        text = load_catalogue(language).render(caught.value.message)
        assert "⟦" not in text and "{" not in text


def test_forms_are_files_beside_the_code(repository: Path) -> None:
    assert (repository / "inference" / "clinical" / "forms" / "npc-residual.yaml").is_file()

"""A value is there or missing with a reason; the record's hash follows what it means."""

import pytest

from inference.clinical.entries import clinical_entries
from inference.clinical.record import ClinicalRecord, ClinicalValue, MissingReason, Provenance
from inference.clinical.schema import load_form, parse_value
from inference.errors import InputError
from tests.inference.synthetic_case import record

FORM = load_form("npc-residual")


def test_a_value_is_never_both_there_and_missing() -> None:
    with pytest.raises(ValueError, match="missing with a reason"):
        ClinicalValue("age", "52", "a", 52.0, Provenance.TYPED, MissingReason.UNKNOWN)
    with pytest.raises(ValueError, match="missing with a reason"):
        ClinicalValue("age", "", "", None, Provenance.TYPED)


def test_replacing_a_value_leaves_the_old_record_alone() -> None:
    before = record()
    after = before.with_value(ClinicalValue.absent("age"))
    assert before.canonical("age") == 52.0 and after.canonical("age") is None
    assert after.canonical("sex") == "male"


def test_the_hash_follows_values_and_reasons_but_not_the_unit_typed() -> None:
    base = record()
    assert base.sha256() == record().sha256()
    older = record(age="53")
    unknown = base.with_value(ClinicalValue.absent("age", MissingReason.UNKNOWN))
    unmeasured = base.with_value(ClinicalValue.absent("age", MissingReason.NOT_MEASURED))
    assert len({base.sha256(), older.sha256(), unknown.sha256(), unmeasured.sha256()}) == 4
    in_months = base.with_value(ClinicalValue("age", "624", "mo", 52.0, Provenance.TYPED))
    assert in_months.sha256() == base.sha256()


def test_entries_list_every_field_with_value_or_reason() -> None:
    entries = {entry.field_id: entry for entry in clinical_entries(FORM, record(sex=""))}
    assert list(entries) == [field.id for field in FORM.fields]
    assert (entries["age"].value, entries["age"].unit, entries["age"].provenance) == ("52", "a", "typed")
    assert (entries["sex"].value, entries["sex"].missing) == ("", "not_recorded")
    assert (entries["stage"].value, entries["stage"].provenance) == ("III", "derived")


def test_a_field_that_the_record_forgot_is_listed_as_missing() -> None:
    entries = clinical_entries(FORM, ClinicalRecord("npc-residual"))
    assert [entry.missing for entry in entries] == ["not_recorded"] * len(FORM.fields)


def test_height_and_weight_are_not_missing_where_the_body_mass_index_is_stated() -> None:
    form = load_form("lagc-response")
    stated = form.empty_record().with_value(parse_value(form.field("bmi"), "24.2"))
    listed = [
        {entry.field_id for entry in clinical_entries(form, made)} for made in (stated, form.empty_record())
    ]
    assert {"height", "weight"}.isdisjoint(listed[0]) and "bmi" in listed[0]
    assert {"height", "weight", "bmi"} <= listed[1]


def test_the_record_of_another_study_is_refused() -> None:
    with pytest.raises(InputError):
        clinical_entries(FORM, ClinicalRecord("gnen-os"))


def test_a_measured_value_names_who_confirmed_it_and_the_hash_follows() -> None:
    with pytest.raises(ValueError, match="who confirmed"):
        ClinicalValue("age", "52", "a", 52.0, Provenance.MEASURED, confirmed_by="Dr A")
    with pytest.raises(ValueError, match="who confirmed"):
        ClinicalValue("age", "52", "a", 52.0, Provenance.TYPED, confirmed_by="Dr A")
    hashes = (
        record()
        .with_value(ClinicalValue("age", "52", "a", 52.0, Provenance.MEASURED, None, name, outline))
        .sha256()
        for name, outline in (("Dr A", "1"), ("Dr B", "1"), ("Dr B", "2"))
    )
    assert len({*hashes, record().sha256()}) == 4

"""A day that cannot be is refused with a sentence; the day of treatment reaches the scans."""

from datetime import date

import pytest

from inference.cases.identity import PatientIdentity
from inference.clinical.days import birth_day, impossible_days, refuse_impossible_days, treatment_day
from inference.clinical.schema import FieldSchema, load_form
from inference.errors import InputError
from inference.inputs.reasons import Fit
from inference.inputs.scan_dates import date_reasons
from inference.inputs.study_inputs import load_study_inputs
from inference.messages.catalogue import load_catalogue
from tests.inference.clinical.all_forms import FIELDS, FORMS, filled, of_kind

TODAY = date(2026, 3, 10)


def said(study: str, born: date | None = None, **days: str) -> list[tuple[str, ...]]:
    found = impossible_days(load_form(study), filled(study, **days), today=TODAY, born=born)
    texts = [tuple(load_catalogue(language).render(one) for language in ("en", "zh_CN")) for one in found]
    assert all("⟦" not in text and "{" not in text for pair in texts for text in pair)
    return texts


@pytest.mark.parametrize("field", of_kind("date"))
def test_a_day_ahead_is_refused_where_nothing_can_be_planned(field: FieldSchema) -> None:
    (study,) = {study for study, known in FIELDS if known is field}
    found = said(study, **{field.id: "2026-03-11"})
    assert bool(found) != field.may_lie_ahead
    assert all("2026-03-11" in text and "2026-03-10" in text for pair in found for text in pair)
    assert said(study, **{field.id: "2026-03-10"}) == []


@pytest.mark.parametrize("field", of_kind("date"))
def test_a_day_before_birth_is_refused_and_the_birthday_not_repeated(field: FieldSchema) -> None:
    (study,) = {study for study, known in FIELDS if known is field}
    ((english, chinese),) = said(study, born=date(1960, 5, 2), **{field.id: "1960-05-01"})
    assert "1960-05-01" in english and "1960-05-02" not in english + chinese


def test_follow_up_cannot_end_before_surgery() -> None:
    ((english, chinese),) = said("gc-recurrence", surgery_day="2026-01-05", follow_up_day="2026-01-04")
    for text in (english, chinese):
        assert "2026-01-05" in text and "2026-01-04" in text
    assert said("gc-recurrence", surgery_day="2026-01-05", follow_up_day="2026-01-05") == []


def test_the_first_impossible_day_stops_the_record() -> None:
    record = filled("gc-recurrence", surgery_day="2026-04-01")
    with pytest.raises(InputError) as caught:
        refuse_impossible_days(load_form("gc-recurrence"), record, today=TODAY)
    assert caught.value.message.id == "error.clinical.day_ahead"
    refuse_impossible_days(load_form("gc-recurrence"), record, today=date(2026, 4, 1))


def test_the_day_of_birth_is_that_of_the_files() -> None:
    assert birth_day(PatientIdentity(birth_date="1960-05-02")) == date(1960, 5, 2)
    assert birth_day(PatientIdentity()) is None and birth_day(None) is None


def test_the_planned_treatment_holds_against_the_scan() -> None:
    form = load_form("lagc-response")
    dates = load_study_inputs("lagc-response").dates
    treatment = treatment_day(form, filled("lagc-response", treatment_day="2026-03-12"))
    assert treatment == date(2026, 3, 12)
    assert list(date_reasons(dates, date(2026, 3, 5), today=TODAY, treatment=treatment)) == []
    (late,) = date_reasons(dates, date(2026, 3, 4), today=TODAY, treatment=treatment)
    assert late.fit is Fit.RED and late.message.id == "finding.inputs.too_long_before"
    assert treatment_day(form, form.empty_record()) is None
    assert treatment_day(form, load_form("gnen-os").empty_record()) is None


def test_a_form_names_its_day_of_treatment_among_its_days() -> None:
    named = {form.study: form.treatment_day for form in FORMS}
    assert all(load_form(study).field(day).kind == "date" for study, day in named.items() if day is not None)
    assert None not in named.values()

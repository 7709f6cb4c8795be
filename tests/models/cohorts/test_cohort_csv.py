"""The table of a cohort: what is wrong with it is said at once, row by row."""

import csv

import numpy as np
import pytest

from inference.messages.catalogue import LANGUAGES, load_catalogue
from models.cohorts.cohort_csv import read_cohort_table
from models.cohorts.cohort_schema import load_cohort_schema
from models.cohorts.problems import CohortError

GNEN = load_cohort_schema("gnen-os")
PNEN = load_cohort_schema("pnen-recurrence")
ROW = {
    "patient_id": "P1",
    "cohort": "training",
    "age_years": "61",
    "sex": "female",
    "location": "antrum",
    "long_diameter_mm": "32.5",
    "ct_lymph_node": "yes",
    "m_stage": "M0",
    "ki67_percent": "70",
    "grade": "NET G3",
    "os_months": "14.5",
    "death_observed": "1",
}


def write(path, *rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def problems_of(path, *changes):
    rows = [{**ROW, "patient_id": f"P{k}"} | change for k, change in enumerate(changes)]
    return read_cohort_table(write(path / "cohort.csv", *rows), GNEN)[2]


def test_a_sound_table_is_read_as_numbers_words_and_follow_up(tmp_path):
    rows = (ROW, ROW | {"patient_id": "P2", "cohort": "external", "death_observed": "no", "os_months": "60"})
    table, sha256, problems = read_cohort_table(write(tmp_path / "cohort.csv", *rows), GNEN)
    assert problems == ()
    assert len(sha256) == 64
    assert table.numbers("long_diameter_mm").tolist() == [32.5, 32.5]
    assert table.words("grade") == ("NET G3", "NET G3")
    assert table.follow_up("os").time.tolist() == [14.5, 60.0]
    assert table.follow_up("os").event.tolist() == [True, False]
    assert table.part("external").patient_ids == ("P2",)


def test_every_problem_of_every_row_is_listed_at_once(tmp_path):
    found = problems_of(
        tmp_path,
        {"sex": "f", "grade": "G3"},
        {"age_years": "6_1", "ki67_percent": "170"},
        {"os_months": "", "death_observed": "0"},
        {"death_observed": ""},
        {"os_months": "", "death_observed": ""},
        {"patient_id": "p0"},
        {"patient_id": "../P9"},
        {"cohort": "test", "location": ""},
        {"os_months": "nan"},
    )
    assert [
        (one.row, one.message.id.removeprefix("cohort.")) for one in sorted(found, key=lambda p: p.row)
    ] == [
        (1, "unknown_value"),
        (1, "unknown_value"),
        (2, "unknown_value"),
        (2, "unknown_value"),
        (3, "outcome_without_follow_up"),
        (4, "follow_up_without_outcome"),
        (5, "no_outcome"),
        (6, "duplicate_patient"),
        (7, "patient_id"),
        (8, "unknown_value"),
        (8, "empty_cell"),
        (9, "unknown_value"),
    ]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_problem_names_row_column_value_and_what_is_allowed(tmp_path, language):
    (found,) = problems_of(tmp_path, {}, {"ki67_percent": "170"})
    text = found.text(load_catalogue(language))
    assert all(part in text for part in ("2", "ki67_percent", "170", "0–100 %"))


def test_missing_columns_are_named_together(tmp_path):
    with pytest.raises(CohortError) as raised:
        read_cohort_table(write(tmp_path / "cohort.csv", {"patient_id": "P1", "age_years": "60"}), GNEN)
    named = {one.message.fields["column"] for one in raised.value.problems}
    assert named == set(ROW) - {"patient_id", "age_years"}


def test_a_file_that_is_no_table_is_refused(tmp_path):
    with pytest.raises(CohortError) as raised:
        read_cohort_table(tmp_path / "cohort.csv", GNEN)
    assert raised.value.problems[0].message.id == "table.cannot_be_read"


def pnen_row(k, event, months):
    row = {
        "patient_id": f"P{k}",
        "cohort": "training",
        "recurrence_observed": event,
        "recurrence_free_months": months,
    }
    for column in PNEN.columns:
        middle = 50.0 if column.maximum is None or column.maximum > 60 else column.maximum / 2
        row[column.id] = column.choices[0] if column.kind == "choice" else middle
    return row


def test_recurrence_by_five_years_is_unknown_for_short_follow_up(tmp_path):
    rows = [
        pnen_row(0, 1, 12),
        pnen_row(1, 1, 70),
        pnen_row(2, 0, 60),
        pnen_row(3, 0, 59.9),
        pnen_row(4, 1, 60),
    ]
    table, _, problems = read_cohort_table(write(tmp_path / "cohort.csv", *rows), PNEN)
    assert problems == ()
    name = "recurrence_by_60_months"
    assert table.is_known(name).tolist() == [True, True, True, False, True]
    assert table.with_known(name).events(name).tolist() == [True, False, False, False]
    assert len(table.follow_up("recurrence").time) == 5
    with pytest.raises(ValueError, match="known of every patient"):
        table.events(name)


def test_a_finding_that_was_not_read_is_a_problem_before_anything_is_trained(tmp_path):
    rows = [pnen_row(0, 1, 12), pnen_row(1, 0, 70) | {"ct_ratio_venous": "", "calcification": ""}]
    _, _, problems = read_cohort_table(write(tmp_path / "cohort.csv", *rows), PNEN)
    assert {(one.row, one.message.id, one.message.fields["column"]) for one in problems} == {
        (2, "cohort.empty_cell", "ct_ratio_venous"),
        (2, "cohort.empty_cell", "calcification"),
    }


def test_empty_cells_that_are_lawful_are_not_a_number(tmp_path):
    schema = load_cohort_schema("lagc-response")
    row = {
        "patient_id": "P1",
        "cohort": "training",
        "good_response": 1,
        "os_months": "",
        "death_observed": "",
    }
    for column in schema.columns:
        row[column.id] = column.choices[0] if column.kind == "choice" else column.maximum
    table, _, problems = read_cohort_table(write(tmp_path / "cohort.csv", row | {"trg": ""}), schema)
    assert problems == ()
    assert np.isnan(table.numbers("trg")).all()


def test_pathological_stage_is_given_before_or_after_chemotherapy_not_both(tmp_path):
    schema = load_cohort_schema("gc-recurrence")
    row = {"cohort": "training", "relapse": 0, "os_months": "", "death_observed": ""}
    for column in schema.columns:
        row[column.id] = column.choices[0] if column.kind == "choice" else max(column.minimum, 20)
    rows = [
        row | {"patient_id": "P1", "ptnm_stage": "", "yptnm_stage": "II"},
        row | {"patient_id": "P2"},
        row | {"patient_id": "P3", "ptnm_stage": "", "yptnm_stage": ""},
    ]
    table, _, problems = read_cohort_table(write(tmp_path / "cohort.csv", *rows), schema)
    assert [(one.row, one.message.id) for one in problems] == [(2, "cohort.one_of"), (3, "cohort.one_of")]
    assert not table.is_known("os").any()

"""Clinical values of the command line, from a table or a FHIR bundle, whole or not at all."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from headless.read_case import AssessRequest, read_case
from headless.read_record import ImportRefusedError, read_record
from inference.errors import InputError
from inference.jobs import ignore_progress, never_stop
from inference.messages.catalogue import load_catalogue
from tests.headless.conftest import Ran
from tests.headless.test_assess import arguments

STUDY = "npc-residual"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_of_one_patient_is_taken_with_what_follows(tmp_path: Path) -> None:
    record = read_record(STUDY, written(tmp_path / "a.csv", "age,t_stage,n_stage\n61,T3,N2\n"))
    assert record.canonical("age") == 61.0 and record.canonical("stage") == "III"


def test_the_age_of_a_bundle_counts_on_the_day_of_the_scan(tmp_path: Path) -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"resource": {"resourceType": "Patient", "gender": "female", "birthDate": "1970-06-01"}},
        ],
    }
    file = written(tmp_path / "a.json", json.dumps(bundle))
    assert read_record(STUDY, file, awaits_scan=True).canonical("age") is None
    assert read_record(STUDY, file, date(2020, 5, 31)).canonical("age") == 49.0


TWO = "patient,age\nP-7,61\nP-9,62\n"


def test_of_two_patients_none_is_chosen_silently(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_record(STUDY, written(tmp_path / "a.csv", TWO))
    said = load_catalogue("en").render(caught.value.message)
    assert "2 patients: #1 P-7, #2 P-9" in said and "--clinical-patient" in said


@pytest.mark.parametrize(("named", "age"), [("P-9", 62.0), ("#1", 61.0)])
def test_the_named_patient_of_a_file_is_taken(named: str, age: float, tmp_path: Path) -> None:
    record = read_record(STUDY, written(tmp_path / "a.csv", TWO), patient=named)
    assert record.canonical("age") == age


@pytest.mark.parametrize(
    "table", [TWO, TWO.replace("P-9", "P-7"), "age\n61\n"], ids=["none", "two", "single"]
)
def test_a_name_that_is_not_one_patients_is_refused(table: str, tmp_path: Path) -> None:
    named = "P-7" if table.count("P-7") == 2 else "P-8"
    with pytest.raises(InputError) as caught:
        read_record(STUDY, written(tmp_path / "a.csv", table), patient=named)
    assert caught.value.message.id == "error.import.patient_not_one"
    with pytest.raises(InputError, match="patient_without_file"):
        read_record(STUDY, None, patient=named)


def test_several_refusals_are_all_kept(tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError) as caught:
        read_record(STUDY, written(tmp_path / "a.csv", "age,ebv_dna,sex\n200,<5,male\n"))
    assert [one.field_id for one in caught.value.refused] == ["age", "ebv_dna"]


def test_a_segment_of_no_mask_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    request = AssessRequest(tmp_path, STUDY, tmp_path / "out", mask_segment="1")
    unread: Any = (None, None, ignore_progress, never_stop)
    with pytest.raises(InputError) as caught:
        read_case(request, read_record(STUDY, None), *unread)
    assert "--mask" in load_catalogue("en").render(caught.value.message)


def test_the_command_stops_at_two_patients_until_one_is_named(
    run: Callable[..., Ran], phantom: Path, tmp_path: Path
) -> None:
    table, out = written(tmp_path / "a.csv", TWO), tmp_path / "out"
    given = arguments(phantom / "t1c", out, "--clinical", table)
    stopped = run(*given)
    assert stopped.code == 2 and "#1 P-7, #2 P-9" in stopped.err and not list(out.iterdir())
    named = (*given, "--clinical-patient", "P-9")
    assert run(*named).code == 2
    release = ("--release", "clinical.other_patient=Two hospitals.", "--released-by", "Dr. Lin")
    assert run(*named, *release).code == 0
    document = json.loads((out / "assessment.json").read_text(encoding="utf-8"))
    ages = [one["value"] for one in document["assessment"]["clinical"] if one["field_id"] == "age"]
    assert ages == ["62"]

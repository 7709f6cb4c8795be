"""Clinical values of the command line, from a table or a FHIR bundle, whole or not at all."""

import json
from datetime import date
from pathlib import Path

import pytest

from headless.read_case import ImportRefusedError, read_record
from inference.errors import InputError

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


def test_a_file_about_two_patients_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="patients"):
        read_record(STUDY, written(tmp_path / "a.csv", "age\n61\n62\n"))


def test_several_refusals_are_all_kept(tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError) as caught:
        read_record(STUDY, written(tmp_path / "a.csv", "age,ebv_dna,sex\n200,<5,male\n"))
    assert [one.field_id for one in caught.value.refused] == ["age", "ebv_dna"]

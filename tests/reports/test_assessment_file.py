"""assessment.json says what was concluded, about whom, and shows when it was altered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inference.cases.identity import CaseIdentity, PatientIdentity
from inference.errors import InputError, StorageError
from reports.assessment_file import encode_assessment, read_assessment, write_assessment
from tests.reports.assessments import CASE_ID, CHINESE, MOMENT, answered, withheld_as_borderline

CASE = CaseIdentity(CASE_ID, CHINESE)


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "assessment.json"
    write_assessment(answered(), CASE, MOMENT, path)
    read = read_assessment(path)
    assert read.assessment == json.loads(answered().canonical_bytes())
    assert read.content_sha256 == answered().content_sha256()
    assert read.identity == CASE
    assert read.created_at == MOMENT


def test_a_file_of_the_first_version_can_still_be_read(tmp_path: Path, repository: Path) -> None:
    golden = repository / "tests" / "golden"
    document = json.loads(encode_assessment(answered(), CASE, MOMENT))
    document["assessment"] = json.loads((golden / "assessment-v1.json").read_text(encoding="utf-8"))
    document["content_sha256"] = (golden / "assessment-v1.sha256").read_text().strip()
    path = tmp_path / "assessment.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    read = read_assessment(path)
    assert read.assessment["schema_version"] == 1
    assert read.assessment["recommendation"]["recommend"] == "ccrt"


def test_an_unknown_patient_is_lawful(tmp_path: Path) -> None:
    path = tmp_path / "assessment.json"
    nobody = CaseIdentity(CASE_ID, PatientIdentity())
    write_assessment(answered(), nobody, MOMENT, path)
    assert read_assessment(path).identity == nobody


def test_a_withheld_answer_carries_no_score() -> None:
    document = json.loads(encode_assessment(withheld_as_borderline(), CASE, MOMENT))
    for prediction in document["assessment"]["predictions"]:
        assert prediction["score"] is None and prediction["low"] is None and not prediction["fold_scores"]


def _altered(tmp_path: Path, change: str) -> Path:
    document = json.loads(encode_assessment(answered(), CASE, MOMENT))
    if change == "score":
        document["assessment"]["predictions"][0]["score"] = 0.01
    elif change == "version":
        document["assessment"]["schema_version"] = 99
    elif change == "kind":
        document["assessment"]["schema"] = "another.thing"
    elif change == "nan":
        document["assessment"]["predictions"][0]["score"] = float("nan")
    elif change == "case":
        del document["case"]["patient"]
    path = tmp_path / "assessment.json"
    path.write_text("{" if change == "json" else json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "message_id"),
    [
        ("score", "report.assessment_file.altered"),
        ("nan", "report.assessment_file.altered"),
        ("version", "report.assessment_file.version"),
        ("kind", "report.assessment_file.not_one"),
        ("case", "report.assessment_file.not_one"),
        ("json", "report.assessment_file.not_one"),
    ],
)
def test_a_file_that_is_not_as_it_was_written_is_refused(
    tmp_path: Path, change: str, message_id: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_assessment(_altered(tmp_path, change))
    assert caught.value.message.id == message_id
    assert caught.value.message.fields["file"] == "assessment.json"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"report\.assessment_file\.unreadable"):
        read_assessment(tmp_path / "assessment.json")


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(StorageError):
        write_assessment(answered(), CASE, MOMENT, blocked / "assessment.json")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]

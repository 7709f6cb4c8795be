"""The patient of a clinical file held against the patient of the scan: only two different names stop."""

import json

import pytest

from inference.cases.identity import PatientIdentity, PatientKey
from inference.clinical.importing.proposal import ImportProposal
from inference.clinical.importing.reading_file import read_import
from inference.clinical.importing.whose import Comparison, of_the_scan, whose
from inference.clinical.schema import load_form
from inference.clinical.taken_over import OTHER_PATIENT, releases_of, statements_of
from inference.messages.catalogue import LANGUAGES, load_catalogue
from inference.release import Release
from tests.inference.clinical.importing.proposals import said

FORM = load_form("npc-residual")
SCAN = PatientIdentity(PatientKey("HOSPITAL", "P-7"), "A^B")
RELEASE = Release(OTHER_PATIENT, "Dr. 林", "One person, two hospitals.")


def offered(text: str) -> tuple[ImportProposal, ...]:
    return read_import(FORM, text)


def document(patient: object) -> str:
    values = {"age": {"value": "61"}}
    told = {"schema": "concilium.clinical", "schema_version": 1, "study": "npc-residual", "values": values}
    return json.dumps(told | {"patient": patient})


@pytest.mark.parametrize(
    ("text", "scan", "compared"),
    [
        ("patient,age\nP-7,61\n", SCAN, Comparison.SAME),
        ("病案号\t年龄\n Ｐ-7\t61\n", SCAN, Comparison.SAME),
        ("patient;P-7\nage;61\n", SCAN, Comparison.SAME),
        (document("P-7"), SCAN, Comparison.SAME),
        ("patient,age\nP-8,61\n", SCAN, Comparison.OTHER),
        ("patient,age\np-7,61\n", SCAN, Comparison.OTHER),
        (document("07"), SCAN, Comparison.OTHER),
        ("patient,age\n,61\n", SCAN, Comparison.FILE_SILENT),
        (document(7), SCAN, Comparison.FILE_SILENT),
        ("patient,age\nP-7,61\n", PatientIdentity(), Comparison.SCAN_SILENT),
        ("patient,age\nP-7,61\n", None, Comparison.SCAN_SILENT),
        ("age,sex\n61,m\n", None, Comparison.BOTH_SILENT),
        ("patient,age\nP-8,61\n", PatientIdentity(SCAN.key, is_deidentified=True), Comparison.DEIDENTIFIED),
        ("patient,age\nP-7,61\n", PatientIdentity(SCAN.key, is_deidentified=True), Comparison.SAME),
    ],
)
def test_each_pair_of_names_is_told_apart_and_said(
    text: str, scan: PatientIdentity | None, compared: Comparison
) -> None:
    (one,) = offered(text)
    found = whose(one, scan)
    assert found.comparison is compared and found.is_other is (compared is Comparison.OTHER)
    assert len(set(said(found.message))) == len(LANGUAGES)


def test_of_several_the_one_whom_the_scan_names_is_found_if_it_is_one() -> None:
    three = "patient,age\nP-6,61\nP-7,62\nP-8,63\n"
    found = of_the_scan(offered(three), SCAN)
    assert found is not None and found.patient == "P-7"
    assert of_the_scan(offered(three.replace("P-6", "P-7")), SCAN) is None
    assert of_the_scan(offered(three), PatientIdentity()) is None


def test_a_released_value_carries_who_and_why_into_the_hash_until_it_is_replaced() -> None:
    (one,) = offered("patient,age,sex\nP-8,61,m\n")
    empty = FORM.empty_record()
    plain = one.taken_into(FORM, empty)
    record = one.taken_into(FORM, empty, released=RELEASE)
    assert releases_of(record) == (RELEASE,) and not releases_of(plain)
    other = one.taken_into(FORM, empty, released=Release(OTHER_PATIENT, "Dr. 林", "Another reason."))
    assert len({plain.sha256(), record.sha256(), other.sha256()}) == 3
    (statement,) = statements_of(record)
    for language in LANGUAGES:
        catalogue = load_catalogue(language)
        text = catalogue.render(statement)
        assert catalogue.text("clinical.age") in text and "Dr. 林" in text and "P-8" not in text
    typed = record.with_value(plain.values["age"]).with_value(plain.values["sex"])
    assert typed.sha256() == plain.sha256() and not statements_of(typed)

"""Nothing of an import is taken unseen, and nothing that contradicts what stands."""

import json
from pathlib import Path

import pytest

from inference.clinical.importing.document import read_document
from inference.clinical.importing.reading_file import read_import, read_import_file
from inference.clinical.importing.table import read_table
from inference.clinical.record import MissingReason, Provenance
from inference.clinical.record_json import record_to_json
from inference.clinical.schema import load_form
from inference.errors import InputError
from inference.tables.csv_table import TableError
from tests.inference.clinical.all_forms import filled, settled
from tests.inference.clinical.importing.proposals import reasons, said, values

FORM = load_form("gc-recurrence")


def test_refused_values_must_be_seen_before_the_others_are_taken() -> None:
    (proposal,) = read_table(FORM, "age\t61\ncea\tmany\n")
    with pytest.raises(InputError) as caught:
        proposal.taken_into(FORM, FORM.empty_record())
    assert all("1" in text for text in said(caught.value.message))
    assert "CEA" in said(caught.value.message)[0]
    taken = proposal.taken_into(FORM, FORM.empty_record(), leaving_out=proposal.refused)
    assert taken.canonical("age") == 61.0 and taken.canonical("cea") is None
    assert taken.values["age"].provenance is Provenance.IMPORTED


def test_a_proposal_says_what_it_would_replace() -> None:
    record = settled("gc-recurrence", age="60", sex="male")
    (proposal,) = read_table(FORM, "age\t61\nsex\tmale\n")
    ((present, other),) = proposal.replaced(record)
    assert (present.canonical, other.canonical) == (60.0, 61.0)


def test_a_proposal_against_what_stands_is_told_and_not_taken() -> None:
    record = filled("gc-recurrence", preoperative_chemotherapy="no", pt_stage="T1", pn_stage="N0")
    (proposal,) = read_table(FORM, "pTNM\tIII\n")
    conflict = proposal.conflict(FORM, record)
    assert conflict is not None and all("III" in text for text in said(conflict))
    with pytest.raises(InputError):
        proposal.taken_into(FORM, record)
    assert proposal.conflict(FORM, FORM.empty_record()) is None


def test_nothing_and_another_study_are_refused() -> None:
    (empty,) = read_table(FORM, "age\t\nsex\t\n")
    with pytest.raises(InputError) as caught:
        empty.taken_into(FORM, FORM.empty_record())
    assert caught.value.message.id == "error.import.nothing"
    other = load_form("gnen-os")
    with pytest.raises(InputError) as caught:
        empty.taken_into(other, other.empty_record())
    assert caught.value.message.id == "error.clinical.study"


def document(**entries: object) -> dict[str, object]:
    return {"schema": "concilium.clinical", "schema_version": 1, "study": FORM.study, "values": entries}


def test_a_document_is_read_value_by_value() -> None:
    proposal = read_document(
        FORM,
        document(
            age={"value": 61},
            cea={"value": "x", "unit": "ng/mL"},
            hat={"value": 7},
            sex={"missing": "unknown"},
            ca125={"missing": "lost"},
        ),
    )
    assert values(proposal) == {"age": 61.0, "sex": "unknown"}
    assert reasons(proposal) == {"cea": "error.clinical.not_a_number", "ca125": "error.clinical.not_allowed"}
    assert [entry.name for entry in proposal.unknown] == ["hat"]
    assert all(said(one.entry.place) for one in proposal.refused)


def test_what_a_record_writes_a_proposal_reads() -> None:
    record = settled("gc-recurrence", age="61", tumour_length="45 mm", preoperative_chemotherapy="no")
    (proposal,) = read_import(FORM, json.dumps(record_to_json(record)))
    assert not proposal.refused
    taken = proposal.taken_into(FORM, FORM.empty_record())
    assert taken.values["yptnm_stage"].missing is MissingReason.NOT_APPLICABLE
    assert {name: value.canonical for name, value in taken.values.items()} == {
        name: value.canonical for name, value in record.values.items()
    }


@pytest.mark.parametrize(
    ("text", "message_id"),
    [
        ("{", "error.import.not_json"),
        ("{" * 100_000, "error.import.not_json"),
        ("{}", "error.clinical.not_a_record"),
        ('{"resourceType": "Patient"}', "error.import.not_a_bundle"),
        ('{"schema": "concilium.clinical", "values": {}, "schema_version": 2}', "error.clinical.version"),
    ],
)
def test_the_kind_of_a_source_is_told_by_its_content(text: str, message_id: str) -> None:
    with pytest.raises(InputError) as caught:
        read_import(FORM, text)
    assert caught.value.message.id == message_id and said(caught.value.message)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TableError):
        read_import_file(FORM, tmp_path / "absent.csv")

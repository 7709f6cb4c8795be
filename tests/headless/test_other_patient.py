"""Clinical values of another patient than the scan's: refused, or taken by a named user with a reason."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest

from headless.read_record import ReadRecord, read_record_for
from inference.cases.identity import PatientIdentity
from inference.clinical.taken_over import OTHER_PATIENT, releases_of
from inference.errors import InputError
from inference.messages.catalogue import load_catalogue
from inference.messages.message import Message
from inference.release import Release
from tests.headless.conftest import Ran
from tests.headless.test_assess import arguments, one_sentence, written
from tests.inference.synthetic_case import PATIENT, stack
from tests.reports.conftest import page_texts

Run = Callable[..., Ran]
STUDY = "npc-residual"
REASON = "Referred under another number."
RELEASE = Release(OTHER_PATIENT, "Dr. 林", REASON)
GIVEN = ("--release", f"{OTHER_PATIENT}={REASON}", "--released-by", "Dr. 林")


def table(folder: Path, text: str) -> Path:
    path = folder / "values.csv"
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path, *releases: Release, patient: str | None = None, **who: object) -> ReadRecord:
    scan = stack(identity=replace(PATIENT, **who))
    return read_record_for(scan, STUDY, path, patient=patient, releases=releases)


def ids(notes: tuple[Message, ...]) -> list[str]:
    return [note.id for note in notes]


def test_values_of_the_scans_patient_are_taken_and_that_is_said(tmp_path: Path) -> None:
    found = read(table(tmp_path, "patient,age,shoe size\n4711,61,43\n"), RELEASE)
    assert found.record.canonical("age") == 61.0 and found.released is None
    assert ids(found.notes) == ["import.whose.same", "panel.import.unknown"]
    assert "shoe size" in load_catalogue("en").render(found.notes[1])


def test_values_of_another_patient_are_refused_with_both_identifiers(tmp_path: Path) -> None:
    path = table(tmp_path, "patient,age\nP-9,61\n")
    with pytest.raises(InputError) as caught:
        read(path)
    for language in ("en", "zh_CN"):
        said = load_catalogue(language).render(caught.value.message)
        assert "P-9" in said and "4711" in said and "--release clinical.other_patient=" in said
    taken = read(path, RELEASE)
    assert taken.released == RELEASE and releases_of(taken.record) == (RELEASE,)


@pytest.mark.parametrize(
    ("text", "who", "said"),
    [
        ("age,sex\n61,m\n", {}, "import.whose.file_silent"),
        ("patient,age\nP-9,61\n", {"key": None}, "import.whose.scan_silent"),
        ("age,sex\n61,m\n", {"key": None}, "import.whose.both_silent"),
        ("patient,age\nP-9,61\n", {"is_deidentified": True}, "import.whose.deidentified"),
    ],
)
def test_where_nothing_can_be_compared_that_is_said_and_the_values_are_taken(
    text: str, who: dict[str, object], said: str, tmp_path: Path
) -> None:
    found = read(table(tmp_path, text), **who)
    assert found.record.canonical("age") == 61.0 and ids(found.notes) == [said]
    assert not releases_of(found.record)


def test_of_several_patients_the_scans_is_read_and_another_one_is_not_taken(tmp_path: Path) -> None:
    path = table(tmp_path, "patient,age\nP-9,61\n4711,62\n")
    found = read(path)
    assert found.record.canonical("age") == 62.0
    assert ids(found.notes) == ["import.note.chosen", "import.whose.same"]
    with pytest.raises(InputError, match="other_patient"):
        read(path, patient="#1")
    assert read(path, RELEASE, patient="P-9").record.canonical("age") == 61.0


def test_without_a_file_there_is_nothing_to_compare() -> None:
    assert (
        read_record_for(stack(identity=PatientIdentity()), STUDY, None, patient=None, releases=()).notes == ()
    )


def test_the_command_refuses_until_it_is_released_and_then_the_results_say_so(
    run: Run, phantom: Path, tmp_path: Path, home: Path
) -> None:
    out, clinical = tmp_path / "out", table(tmp_path, "patient,age,sex\nP-9,61,m\n")
    scan = pydicom.dcmread(next((phantom / "t1c").iterdir())).PatientID
    given = arguments(phantom / "t1c", out, "--clinical", clinical)
    refused = run(*given)
    assert refused.code == 2 and one_sentence(refused.err) and not written(out)
    assert "P-9" in refused.err and scan in refused.err

    ran = run(*given, *GIVEN)
    assert ran.code == 0, ran.err + ran.out
    assert f"released by Dr. 林: {REASON}" in ran.out and "P-9" in ran.out
    text = (out / "assessment.json").read_text(encoding="utf-8")
    found = json.loads(text)["assessment"]
    notes = [line for line in found["guard"] if line["measured"]["id"] == f"finding.{OTHER_PATIENT}"]
    assert [line["verdict"] for line in notes] == ["note"] and "P-9" not in text
    assert f"finding.{OTHER_PATIENT}" in [one["id"] for one in found["findings"]]
    assert "statement.other_patient" in [one["id"] for one in found["recommendation"]["statements"]]
    printed = "".join("".join(page_texts((out / "report.pdf").read_bytes())).split())
    assert "Dr.林" in printed and REASON.replace(" ", "") in printed and "P-9" not in printed
    log = (home / "logs" / "concilium.log").read_text(encoding="utf-8")
    assert "error.import.other_patient" in log and "P-9" not in log and scan not in log


def test_a_release_that_was_not_needed_is_refused(run: Run, phantom: Path, tmp_path: Path) -> None:
    clinical = table(tmp_path, "age,sex\n61,m\n")
    ran = run(*arguments(phantom / "t1c", tmp_path / "out", "--clinical", clinical, *GIVEN))
    assert ran.code == 2 and "was not found" in ran.err and not written(tmp_path / "out")

"""``main.py assess --release``: a named user lifts a refusal with a reason, and nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.gui.studies import write_study
from tests.headless.command_line import Ran
from tests.headless.test_assess import arguments, one_sentence, written
from tests.reports.conftest import page_texts

Run = Callable[..., Ran]
REASON = "The slice lies above the skull."
BY = ("--released-by", "Dr. 林")


@pytest.fixture
def with_gap(phantom: Path, tmp_path: Path) -> Path:
    """The phantom's scan without its last but one slice."""
    scan = tmp_path / "scan"
    shutil.copytree(phantom / "t1c", scan)
    sorted(scan.iterdir())[-2].unlink()
    return scan


def assessment(out: Path) -> dict[str, Any]:
    return json.loads((out / "assessment.json").read_text(encoding="utf-8"))["assessment"]


def test_a_gap_withholds_and_the_summary_says_how_it_may_be_released(
    run: Run, with_gap: Path, tmp_path: Path
) -> None:
    ran = run(*arguments(with_gap, tmp_path / "out"))
    assert ran.code == 3
    assert "--release intake.gap=REASON --released-by NAME" in ran.out


def test_a_released_gap_is_answered_with_a_note_that_summary_and_report_print(
    run: Run, with_gap: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ran = run(*arguments(with_gap, out, "--release", f"intake.gap={REASON}", *BY))
    assert ran.code == 0, ran.err + ran.out
    assert f"released by Dr. 林: {REASON}" in ran.out and "--release " not in ran.out
    guard = {line["name"]: line for line in assessment(out)["guard"]}
    assert guard["guard.intake"]["verdict"] == "note" and guard["guard.slices"]["verdict"] == "note"
    assert guard["guard.intake"]["allowed"]["fields"] == {"by": "Dr. 林", "reason": REASON}
    for language in ("en", "zh_CN"):
        more = ("--release", f"intake.gap={REASON}", *BY, "--language", language)
        run(*arguments(with_gap, out, *more))
        printed = "".join("".join(page_texts((out / "report.pdf").read_bytes())).split())
        assert "Dr.林" in printed and REASON.replace(" ", "") in printed


def test_who_releases_and_why_changes_the_content_hash(run: Run, with_gap: Path, tmp_path: Path) -> None:
    inputs = []
    for number, reason in enumerate((REASON, "Another reason.")):
        out = tmp_path / str(number)
        run(*arguments(with_gap, out, "--release", f"intake.gap={reason}", *BY))
        inputs.append({one["kind"]: one["sha256"] for one in assessment(out)["inputs"]})
    first, second = inputs
    assert first.pop("stated") != second.pop("stated") and first == second


def test_a_name_spelled_differently_is_confirmed_by_a_release(
    run: Run, phantom: Path, tmp_path: Path
) -> None:
    scan = tmp_path / "scan"
    shutil.copytree(phantom / "t1c", scan)
    for path in sorted(scan.iterdir())[:3]:
        dataset = pydicom.dcmread(path)
        dataset.PatientName = str(dataset.PatientName).replace("-", " ")
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
        dataset.SeriesInstanceUID += ".1"
        dataset.SOPInstanceUID += ".1"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.save_as(scan / f"localiser-{path.name}")
    assert run(*arguments(scan, tmp_path / "refused")).code == 3
    ran = run(*arguments(scan, tmp_path / "out", "--release", "intake.name_differs=One person.", *BY))
    assert ran.code == 0, ran.out
    assert "released by Dr. 林: One person." in ran.out


def test_several_refusals_are_released_each_with_its_reason(run: Run, with_gap: Path, tmp_path: Path) -> None:
    victim = sorted(with_gap.iterdir())[0]
    victim.write_bytes(victim.read_bytes()[:-5000])
    gap = ("--release", f"intake.gap={REASON}", *BY)
    assert run(*arguments(with_gap, tmp_path / "one", *gap)).code == 3
    ran = run(*arguments(with_gap, tmp_path / "both", *gap, "--release", "intake.truncated=Below the neck."))
    assert ran.code == 0, ran.out
    assert f"released by Dr. 林: {REASON}" in ran.out and "released by Dr. 林: Below the neck." in ran.out


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (("--release", "intake.gap=Seen."), "with a name"),
        (("--release", "intake.gap=", *BY), "with a reason"),
        (("--release", "intake.gap", *BY), "CODE=REASON"),
        (("--release", "=Seen.", *BY), "CODE=REASON"),
        (("--release", f"intake.gap={'x' * 301}", *BY), "300"),
        (("--release", "intake.gap=Seen.", "--release", "intake.gap=Again.", *BY), "twice"),
        (BY, "nothing that it releases"),
        (("--release", "intake.lossy_strongly=Seen.", *BY), "was not found"),
        (("--release", "intake.gap=Seen.", "--release", "intake.tilt=Seen.", *BY), "was not found"),
    ],
)
def test_a_release_that_says_too_little_or_lifts_nothing_is_refused_in_a_sentence(
    run: Run, with_gap: Path, tmp_path: Path, more: tuple[str, ...], named: str
) -> None:
    ran = run(*arguments(with_gap, tmp_path / "out", *more))
    assert ran.code == 2 and one_sentence(ran.err) and named in ran.err
    assert not written(tmp_path / "out")


def several_scans(folder: Path, out: Path, *more: object) -> tuple[object, ...]:
    """The command on two scans of one patient for a study of two phases; what withholds does not matter."""
    picked = ("--scan", "arterial=1", "--scan", "venous=2")
    return "assess", folder, "--study", "gnen-os", *picked, "--out", out, *more


def numbered(dataset: Dataset, _: int, number: str) -> None:
    """Give a slice the number of its series."""
    dataset.SeriesNumber = number


@pytest.fixture(scope="module")
def two_scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two series of one patient, of which the second lacks a slice."""
    folder = tmp_path_factory.mktemp("two") / "scans"
    for number, without in (("1", ()), ("2", (9,))):
        write_study(folder, series=number, without=without, change=partial(numbered, number=number))
    return folder


def test_a_further_scans_refusal_is_named_and_released_with_its_input(
    run: Run, two_scans: Path, tmp_path: Path
) -> None:
    ran = run(*several_scans(two_scans, tmp_path / "refused"))
    assert ran.code == 3 and "--release venous=intake.gap=REASON --released-by NAME" in ran.out
    given = ("--release", f"venous=intake.gap={REASON}", *BY)
    ran = run(*several_scans(two_scans, tmp_path / "out", *given))
    assert "venous=intake.gap=REASON" not in ran.out and ran.code == 3
    lines = [line for line in assessment(tmp_path / "out")["guard"] if line["name"] == "guard.intake"]
    assert [(line["scan"], line["verdict"]) for line in lines] == [("venous", "note")]
    assert lines[0]["allowed"]["fields"] == {"by": "Dr. 林", "reason": REASON}
    stated = [one["scan"] for one in assessment(tmp_path / "out")["inputs"] if one["kind"] == "stated"]
    assert stated == ["venous"]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("intake.gap=Seen.", "was not found"),
        ("arterial=intake.gap=Seen.", "was not found"),
        ("venous=intake.tilt=Seen.", "was not found"),
        ("venous=intake.gap", "INPUT=CODE=REASON"),
        ("delayed=intake.gap=Seen.", "has no scan called delayed"),
    ],
)
def test_a_release_holds_for_no_other_scan_than_the_one_that_is_named(
    run: Run, two_scans: Path, tmp_path: Path, given: str, named: str
) -> None:
    ran = run(*several_scans(two_scans, tmp_path / "out", "--release", given, *BY))
    assert ran.code == 2 and one_sentence(ran.err) and named in ran.err
    assert not written(tmp_path / "out")


def test_a_release_for_a_scan_that_nothing_serves_says_how_to_name_one(
    run: Run, two_scans: Path, tmp_path: Path
) -> None:
    arguments_of = list(
        several_scans(two_scans, tmp_path / "out", "--release", "venous=intake.gap=Seen.", *BY)
    )
    del arguments_of[6:8]
    ran = run(*arguments_of)
    assert ran.code == 2 and "--scan venous=NUMBER" in ran.err and not written(tmp_path / "out")


def test_what_nobody_may_release_is_refused_in_a_sentence(run: Run, phantom: Path, tmp_path: Path) -> None:
    scan = tmp_path / "scan"
    shutil.copytree(phantom / "t1c", scan)
    for path in scan.iterdir():
        dataset = pydicom.dcmread(path)
        dataset.PhotometricInterpretation = "MONOCHROME1"
        dataset.save_as(path)
    ran = run(*arguments(scan, tmp_path / "out", "--release", "intake.inverted=Seen.", *BY))
    assert ran.code == 2 and one_sentence(ran.err) and "cannot be released by anybody" in ran.err


def test_neither_the_name_nor_the_reason_reaches_the_log(
    run: Run, home: Path, with_gap: Path, tmp_path: Path
) -> None:
    run(*arguments(with_gap, tmp_path / "out", "--release", f"intake.gap={REASON}", *BY))
    run(*arguments(with_gap, tmp_path / "out", "--release", f"intake.tilt={REASON}", *BY))
    log = (home / "logs" / "concilium.log").read_text(encoding="utf-8")
    assert "refused: error.release.not_found" in log and "林" not in log and "skull" not in log


def test_a_real_scans_gap_is_released_and_its_other_refusals_stay(
    run: Run, shared_data: Path, tmp_path: Path
) -> None:
    scan = shared_data / "geometry_problems" / "ct_uneven_gap_ge"
    ran = run(*arguments(scan, tmp_path / "out", "--release", "intake.gap=Seen by two readers.", *BY))
    assert ran.code == 3, ran.err
    guard = assessment(tmp_path / "out")["guard"]
    verdicts = {line["measured"]["id"]: line["verdict"] for line in guard}
    assert verdicts["finding.intake.gap"] == "note"
    refused = {line["name"] for line in guard if line["verdict"] == "refused"}
    assert {"guard.modality", "guard.slices"} <= refused, "four slices are too few, whatever is released"


def test_a_patient_unlike_those_studied_is_answered_once_somebody_released_it(
    run: Run, phantom: Path, tmp_path: Path
) -> None:
    document = json.loads((phantom / "clinical.json").read_text(encoding="utf-8"))
    document["values"]["previous_treatment"] = {"value": "yes"}
    clinical, out = tmp_path / "clinical.json", tmp_path / "out"
    clinical.write_text(json.dumps(document), encoding="utf-8")
    refused = run(*arguments(phantom, out, "--clinical", clinical))
    assert refused.code == 3 and "--release eligibility.untreated=REASON --released-by NAME" in refused.out
    assert "only untreated patients were studied" in refused.out
    given = ("--release", "eligibility.untreated=Biopsy alone.", *BY)
    ran = run(*arguments(phantom, out, "--clinical", clinical, *given))
    assert ran.code == 0, ran.err + ran.out
    assert "released by Dr. 林: Biopsy alone." in ran.out and "the input check" not in ran.out
    assert "finding.eligibility.untreated" in [one["id"] for one in assessment(out)["findings"]]

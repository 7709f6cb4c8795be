"""Runs that go on with a key, and runs that end early and leave nothing."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from inference.deidentification.key_map import PatientKey
from inference.deidentification.options import DeidentifyOptions
from inference.deidentification.output import OutputFolder
from inference.deidentification.run import DeidentifyRun
from inference.errors import Cancelled, InputError, StorageError
from tests.inference.deidentification.conftest import key_file, run_over
from tests.inference.deidentification.runs import left_in, make_run, objects_in, reasons
from tests.inference.dicom.dicom_files import alter, write_series

DATED = {
    "StudyDate": "20240301", "SeriesDate": "20240302", "AcquisitionDateTime": "20240302101112.5+0100",
    "StudyTime": "101112", "PatientAge": "093Y", "PatientSize": "1.71", "PatientWeight": "64",
    "TimezoneOffsetFromUTC": "+0100", "EthnicGroup": "Elbonian",
}  # fmt: skip


def test_dates_move_by_one_number_of_days_and_times_stay(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 2, alter(**DATED))
    write_series(tmp_path / "in" / "other", 1, alter(**DATED, PatientID="P2"), series="2")
    run_over(tmp_path / "in", tmp_path / "out", DeidentifyOptions(keep_shifted_dates=True))
    key = key_file(tmp_path / "out.keymap").open()
    for dataset in objects_in(tmp_path / "out"):
        entry = next(one for one in key.patients.values() if one.pseudonym == dataset.PatientID)
        day = date(2024, 3, 1) + timedelta(days=entry.shift_days)
        assert dataset.StudyDate == f"{day:%Y%m%d}" and dataset.StudyTime == "101112"
        assert dataset.SeriesDate == f"{day + timedelta(days=1):%Y%m%d}"
        assert str(dataset.AcquisitionDateTime) == f"{day + timedelta(days=1):%Y%m%d}101112.5+0100"
        assert dataset.TimezoneOffsetFromUTC == "+0100"
        assert dataset.LongitudinalTemporalInformationModified == "MODIFIED"
        assert not dataset.PatientBirthDate and "PatientAge" not in dataset
        assert "113107" in [code.CodeValue for code in dataset.DeidentificationMethodCodeSequence]
    assert len({entry.shift_days for entry in key.patients.values()}) == 2


def test_characteristics_stay_when_asked_and_the_very_old_are_ninety(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 1, alter(**DATED))
    run_over(tmp_path / "in", tmp_path / "out", DeidentifyOptions(keep_characteristics=True))
    (dataset,) = objects_in(tmp_path / "out")
    assert (dataset.PatientAge, dataset.PatientSex, dataset.PatientSize) == ("090Y", "F", 1.71)
    assert not dataset.PatientBirthDate and "EthnicGroup" not in dataset and not dataset.StudyDate
    assert "113108" in [code.CodeValue for code in dataset.DeidentificationMethodCodeSequence]


def test_a_second_run_with_the_same_key_goes_on_with_the_same_names(tmp_path: Path) -> None:
    write_series(tmp_path / "first", 2)
    write_series(tmp_path / "second", 1, series="7")
    write_series(tmp_path / "second" / "b", 1, alter(PatientID="P2"), series="8")
    for name in ("first", "second"):
        output = OutputFolder(tmp_path / f"out-{name}")
        DeidentifyRun(tmp_path / name, output, key_file(tmp_path / "key"), DeidentifyOptions()).run()
    first, second = objects_in(tmp_path / "out-first"), objects_in(tmp_path / "out-second")
    assert {one.PatientID for one in first} == {"CONC-0001"}
    assert sorted(one.PatientID for one in second) == ["CONC-0001", "CONC-0002"]
    assert {one.StudyInstanceUID for one in first} == {one.StudyInstanceUID for one in second}


def test_nobody_in_one_folder_is_not_nobody_in_another(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_series(tmp_path / "in" / name, 2, alter(PatientID="", StudyInstanceUID="", SOPInstanceUID=""))
    result = run_over(tmp_path / "in", tmp_path / "out")
    assert result.objects == {"CONC-0001": 2, "CONC-0002": 2}
    objects = objects_in(tmp_path / "out")
    assert len({one.StudyInstanceUID for one in objects}) == 2
    assert len({one.SOPInstanceUID for one in objects}) == 4 and all(one.SOPInstanceUID for one in objects)
    key = key_file(tmp_path / "out.keymap").open()
    assert all(isinstance(one, PatientKey) and one.folder for one in key.patients)


def test_two_birth_dates_under_one_identifier_are_held_back(tmp_path: Path) -> None:
    write_series(tmp_path / "in" / "a", 1)
    write_series(tmp_path / "in" / "b", 1, alter(PatientBirthDate="19991231"), series="2")
    result = run_over(tmp_path / "in", tmp_path / "out")
    assert result.written == 1 and reasons(result) == ["identity_conflict"]


def test_members_of_an_archive_are_objects_like_others(tmp_path: Path) -> None:
    paths = write_series(tmp_path / "plain", 2)
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in" / "case.zip", "w") as archive:
        for path in paths:
            archive.write(path, f"Doe/{path.name}")
    result = make_run(tmp_path, cache=tmp_path / "cache").run()
    assert result.written == 2 and not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_neither_log_nor_report_names_a_file_or_a_patient(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_series(tmp_path / "in" / "Quillfeather", 1, name="Quillfeather^T")
    (tmp_path / "in" / "Quillfeather" / "notes.txt").write_text("x")
    with caplog.at_level(logging.DEBUG):
        run_over(tmp_path / "in", tmp_path / "out")
    report = (tmp_path / "out" / "deidentification.json").read_text(encoding="utf-8")
    assert "de-identified 1 objects" in caplog.text and "notes" not in report
    assert "Quill" not in caplog.text + report and str(tmp_path) not in caplog.text + report


@pytest.mark.parametrize("place", ["in", "in/out", "."])
def test_an_output_that_is_not_apart_from_its_source_is_refused(tmp_path: Path, place: str) -> None:
    write_series(tmp_path / "in", 1)
    run = DeidentifyRun(
        tmp_path / "in", OutputFolder(tmp_path / place), key_file(tmp_path / "key"), DeidentifyOptions()
    )
    with pytest.raises(InputError, match=r"deid\.out\.inside"):
        run.run()


def test_an_output_that_holds_something_is_refused_and_left_alone(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 1)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "kept").touch()
    with pytest.raises(InputError, match=r"deid\.out\.not_empty"):
        make_run(tmp_path).run()
    assert (tmp_path / "out" / "kept").exists()


@pytest.mark.parametrize(("place", "reason"), [("out", "inside"), ("out/a", "inside"), ("in", "in_source")])
def test_a_key_inside_the_output_or_the_source_is_refused(tmp_path: Path, place: str, reason: str) -> None:
    write_series(tmp_path / "in", 1)
    output = OutputFolder(tmp_path / "out")
    run = DeidentifyRun(tmp_path / "in", output, key_file(tmp_path / place / "key"), DeidentifyOptions())
    with pytest.raises(InputError, match=rf"deid\.key_map\.{reason}"):
        run.run()
    assert not (tmp_path / "out").exists()


def test_a_wrong_passphrase_leaves_no_empty_folder(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 1)
    make_run(tmp_path).run()
    shutil.rmtree(tmp_path / "out")
    run = make_run(tmp_path)
    run.key_file.passphrase = "another passphrase"
    with pytest.raises(InputError, match=r"deid\.passphrase\.wrong"):
        run.run()
    assert not (tmp_path / "out").exists()


def test_a_run_that_is_stopped_takes_everything_back(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 4)
    seen: list[Path] = []

    def stop_after_two() -> bool:
        seen[:] = list((tmp_path / "out").rglob("*.dcm"))
        return len(seen) == 2

    with pytest.raises(Cancelled):
        make_run(tmp_path).run(should_stop=stop_after_two)
    assert len(seen) == 2 and left_in(tmp_path) == []


@pytest.mark.parametrize("failing", ["00002.dcm", "key"])
def test_a_full_disk_ends_the_run_and_takes_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    write_series(tmp_path / "in", 3)
    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if Path(target).name == failing:
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StorageError, match=r"error\.storage\.full"):
        make_run(tmp_path).run()
    assert left_in(tmp_path) == []


def test_a_report_that_cannot_be_written_takes_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_series(tmp_path / "in", 2)
    run = make_run(tmp_path)
    assert run.run().written == 2

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError):
        run.output.write_report(b"{}")
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_removed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_series(tmp_path / "in", 2)
    run = make_run(tmp_path)
    run.run()
    unlink = Path.unlink

    def held(self: Path, missing_ok: bool = False) -> None:
        if self.name == "00002.dcm":
            raise PermissionError(errno.EACCES, "held")
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", held)
    with pytest.raises(StorageError, match=r"deid\.left_behind") as told:
        run.output.discard()
    assert told.value.message.fields["count"] == 1
    assert [path.name for path in (tmp_path / "out").rglob("*.dcm")] == ["00002.dcm"]

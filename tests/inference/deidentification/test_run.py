"""Runs that go on, end early, or meet what they must not pass."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import signal
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, JPEGBaseline8Bit

from inference.deidentification import process
from inference.deidentification.key_map import PatientKey
from inference.deidentification.options import DeidentifyOptions
from inference.deidentification.output import OutputFolder
from inference.deidentification.process import DeidentifyProcess
from inference.deidentification.run import DeidentifyRun, RunResult
from inference.dicom.limits import IntakeLimits
from inference.errors import Cancelled, InputError, ResourceError, StorageError
from tests.inference.deidentification.conftest import key_file, run_over
from tests.inference.dicom.dicom_files import alter, make_slice, write, write_series

DATED = {
    "StudyDate": "20240301", "SeriesDate": "20240302", "AcquisitionDateTime": "20240302101112.5+0100",
    "StudyTime": "101112", "PatientAge": "093Y", "PatientSize": "1.71", "PatientWeight": "64",
    "TimezoneOffsetFromUTC": "+0100", "EthnicGroup": "Elbonian",
}  # fmt: skip


def objects_in(out: Path) -> list[Dataset]:
    return [pydicom.dcmread(path) for path in sorted(out.rglob("*.dcm"))]


def reasons(result: RunResult) -> list[str]:
    return [held.reason for held in result.held_back]


def make_run(tmp_path: Path, **options: object) -> DeidentifyRun:
    return DeidentifyRun(
        tmp_path / "in",
        OutputFolder(tmp_path / "out"),
        key_file(tmp_path / "key"),
        DeidentifyOptions(),
        **options,  # type: ignore[arg-type]
    )


def left_in(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "in")]


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


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"BurnedInAnnotation": "YES"}, "burned_in"),
        ({"BurnedInAnnotation": "MAYBE"}, "burned_in"),
        ({"ConversionType": "WSD"}, "secondary_capture"),
        ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, "screen_shot"),
        ({"PhotometricInterpretation": "RGB", "SamplesPerPixel": 3}, "colour"),
        ({"ImagePositionPatient": None}, "no_place"),
        ({"PixelData": None}, "no_pixels"),
        ({"Rows": 13}, "pixel_extent"),
        ({"BitsStored": 12, "HighBit": 11}, "hidden_bits"),
        ({"BitsStored": 12, "HighBit": 15}, "hidden_bits"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.6.1"}, "class_unknown"),
        ({"SOPClassUID": "1.2.3.4"}, "class_unknown"),
        ({"PixelData": None, "Rows": None}, "no_pixels"),
    ],
)
def test_what_a_human_has_to_see_is_held_back(tmp_path: Path, values: dict[str, object], reason: str) -> None:
    change = alter(**values)

    def spoil(dataset: Dataset, index: int) -> None:
        dataset.PixelData = np.full((12, 10), 0x4001, np.uint16).tobytes()
        change(dataset, index)
        if "SOPClassUID" in values:
            dataset.file_meta.MediaStorageSOPClassUID = UID(str(values["SOPClassUID"]))

    write_series(tmp_path / "in", 1, spoil)
    result = run_over(tmp_path / "in", tmp_path / "out")
    assert reasons(result) == [reason] and not list((tmp_path / "out").rglob("*.dcm"))


def test_signs_and_padding_are_no_hidden_bits(tmp_path: Path) -> None:
    def narrow(dataset: Dataset, index: int) -> None:
        dataset.BitsStored, dataset.HighBit = 12, 11
        dataset.PixelPaddingValue = -32768
        pixels = np.full((12, 10), -5, np.int16)
        pixels[0, 0] = -32768
        dataset.PixelData = pixels.tobytes()

    write_series(tmp_path / "in", 1, narrow)
    assert run_over(tmp_path / "in", tmp_path / "out").written == 1


def test_a_name_in_the_comments_of_a_compressed_picture_holds_it_back(tmp_path: Path) -> None:
    def compress(dataset: Dataset, index: int) -> None:
        comment = b"Quillfeather" if index else b"Made by nobody"
        frame = b"\xff\xd8\xff\xfe\x00\x10" + comment.ljust(14) + b"\xff\xd9"
        dataset.PatientName = "Quillfeather^Thaddeusina"
        dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
        dataset.PixelData = encapsulate([frame])
        dataset["PixelData"].is_undefined_length = True

    write_series(tmp_path / "in", 2, compress)
    result = run_over(tmp_path / "in", tmp_path / "out")
    assert result.written == 1 and reasons(result) == ["identity_in_pixels"]


def test_files_that_are_no_objects_are_listed_and_nothing_is_made_of_them(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 1)
    (tmp_path / "in" / "notes.txt").write_text("Quillfeather")
    (tmp_path / "in" / "empty.dcm").touch()
    (tmp_path / "in" / "broken.dcm").write_bytes((tmp_path / "in" / "000.dcm").read_bytes()[:300])
    (tmp_path / "in" / "link.dcm").symlink_to("/etc/hostname")
    result = run_over(tmp_path / "in", tmp_path / "out")
    assert result.written == 1 and sorted(reasons(result)) == [
        "link_outside", "malformed", "not_dicom", "not_dicom",
    ]  # fmt: skip


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


def test_a_key_inside_the_output_is_refused(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 1)
    output = OutputFolder(tmp_path / "out")
    run = DeidentifyRun(tmp_path / "in", output, key_file(tmp_path / "out" / "key"), DeidentifyOptions())
    with pytest.raises(InputError, match=r"deid\.key_map\.inside"):
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


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the superuser may remove anything")
def test_what_cannot_be_removed_is_told(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 2)
    run = make_run(tmp_path)
    run.run()
    folder = next((tmp_path / "out").rglob("series-1"))
    folder.chmod(0o500)
    with pytest.raises(StorageError, match=r"deid\.left_behind"):
        run.output.discard()
    folder.chmod(0o700)


def test_an_object_whose_pixels_read_back_differently_is_withdrawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_series(tmp_path / "in", 2)
    written = OutputFolder.write

    def spoiled(self: OutputFolder, pseudonym: str, study: str, series: str, content: bytes) -> Path:
        path = written(self, pseudonym, study, series, content)
        if path.name == "00002.dcm":
            path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        return path

    monkeypatch.setattr(OutputFolder, "write", spoiled)
    result = make_run(tmp_path).run()
    assert result.written == 1 and reasons(result) == ["not_verified"]
    assert [path.name for path in (tmp_path / "out").rglob("*.dcm")] == ["00001.dcm"]


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_file_on_which_the_process_dies_is_named_and_the_rest_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_series(tmp_path / "in", 3)
    asked = DeidentifyProcess.ask

    def ask(self: DeidentifyProcess, body: bytes) -> None:
        if b"001.dcm" in body and self.pid is not None:
            os.kill(self.pid, signal.SIGSTOP)
            asked(self, body)
            os.kill(self.pid, signal.SIGKILL)
            return
        asked(self, body)

    monkeypatch.setattr(DeidentifyProcess, "ask", ask)
    result = make_run(tmp_path).run()
    assert result.written == 2 and reasons(result) == ["reader_died"]
    assert result.held_back[0].name == "001.dcm"


def lying(body: str) -> list[str]:
    """A process that answers every request with the same message."""
    program = (
        "import sys,struct\n"
        f"body = {body.encode()!r}\n"
        "while sys.stdin.buffer.read(4):\n"
        "    sys.stdout.buffer.write(struct.pack('>I', len(body)) + body)\n"
        "    sys.stdout.buffer.flush()\n"
        "    break\n"
        "sys.stdin.buffer.read()\n"
    )
    return [sys.executable, "-S", "-c", program]


@pytest.mark.parametrize(
    "body",
    [
        "nonsense",
        '{"v":1,"body":{"ticket":7}}',
        '{"v":1,"body":{"ticket":1,"reason":"because"}}',
        '{"v":2,"body":{}}',
    ],
)
def test_a_process_that_answers_nonsense_is_ended_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    write_series(tmp_path / "in", 1)
    monkeypatch.setattr(DeidentifyProcess, "_command", lambda self: lying(body))
    result = make_run(tmp_path).run()
    assert result.written == 0 and reasons(result) == ["reader_died"]
    assert not (tmp_path / "key").exists()


def test_a_process_that_does_not_start_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_series(tmp_path / "in", 3)
    monkeypatch.setattr(DeidentifyProcess, "_command", lambda self: [sys.executable, "-S", "-c", ""])
    with pytest.raises(ResourceError, match=r"deid\.no_reader"):
        make_run(tmp_path).run()
    assert left_in(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the address space is bounded on Linux alone")
def test_a_file_that_needs_more_memory_than_allowed_is_named(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 1)
    large = make_slice(5, pixels=np.zeros((8000, 8000), np.int16))
    write(large, tmp_path / "in" / "large.dcm")
    result = make_run(tmp_path, limits=IntakeLimits(memory_bytes=400 << 20)).run()
    assert result.written == 1 and reasons(result) == ["too_large"]


def test_the_process_never_learns_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_series(tmp_path / "in", 1)
    told: list[bytes] = []
    asked = DeidentifyProcess.ask

    def ask(self: DeidentifyProcess, body: bytes) -> None:
        told.append(body)
        asked(self, body)

    monkeypatch.setattr(DeidentifyProcess, "ask", ask)
    make_run(tmp_path).run()
    key = key_file(tmp_path / "key").open()
    assert len(told) == 2 and not any(key.uid_key.hex().encode() in body for body in told)
    assert DeidentifyProcess.frozen_argument == process.FROZEN_ARGUMENT

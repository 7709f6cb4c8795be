"""DICOMDIR: its references are compared with what lies there, and never followed out of the folder."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from pydicom.config import IGNORE
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from inference.dicom.intake import Intake
from inference.dicom.sources.directory_records import directory_references
from inference.dicom.sources.media_directory import inside_parts
from inference.findings import Finding, Verdict
from inference.scan import Plan
from tests.inference.dicom.dicom_files import codes, write_series


def write_directory(path: Path, *references: str, retired: str = "", nested: bool = False) -> Path:
    """A DICOMDIR with one image record for each reference (its components separated by a backslash)."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = MediaStorageDirectoryStorage, "2.25.1"
    dataset = Dataset()
    dataset.file_meta = meta
    dataset.FileSetID = "TEST"
    records = []
    for reference in [*references, retired]:
        record = Dataset()
        record.RecordInUseFlag = 0 if reference == retired else 0xFFFF
        record.DirectoryRecordType = "IMAGE"
        if reference:
            record.add(DataElement("ReferencedFileID", "CS", reference.split("\\"), validation_mode=IGNORE))
        if nested:
            icon = Dataset()
            icon.Rows, icon.PixelData = 1, b"\0\0"
            icon["PixelData"].VR = "OW"
            record.IconImageSequence = [icon]
            record["IconImageSequence"].is_undefined_length = True
            icon.is_undefined_length_sequence_item = True
            record.is_undefined_length_sequence_item = True
        records.append(record)
    dataset.DirectoryRecordSequence = records
    dataset["DirectoryRecordSequence"].is_undefined_length = nested
    dataset.save_as(path, enforce_file_format=True)
    return path


def about_references(plan: Plan) -> list[Finding]:
    return [one for one in plan.skipped if one.code.startswith("intake.directory_") and "other" in one.fields]


def test_the_references_of_a_directory_are_those_of_an_independent_reader(shared_data: Path) -> None:
    path = shared_data / "dicomdir" / "DICOMDIR"
    records = pydicom.dcmread(path).DirectoryRecordSequence
    expected = ["\\".join(record.ReferencedFileID) for record in records if "ReferencedFileID" in record]
    assert len(expected) == 31
    assert list(directory_references(BytesIO(path.read_bytes()))) == expected


@pytest.mark.parametrize("nested", [False, True])
def test_records_out_of_use_are_passed_over(tmp_path: Path, nested: bool) -> None:
    path = write_directory(tmp_path / "DICOMDIR", "A\\1", "A\\2", retired="A\\3", nested=nested)
    assert directory_references(BytesIO(path.read_bytes())) == ("A\\1", "A\\2")


def test_a_directory_that_breaks_off_tells_what_stands_before(tmp_path: Path) -> None:
    content = write_directory(tmp_path / "DICOMDIR", "A\\1", "A\\2").read_bytes()
    for length in range(len(content)):
        assert set(directory_references(BytesIO(content[:length]))) <= {"A\\1", "A\\2", "A", "A\\"}
    assert directory_references(BytesIO(content[: content.index(b"A\\2")])) == ("A\\1",)


def test_records_nested_without_end_are_given_up() -> None:
    deeper = struct.pack("<HH2sHL", 0x0088, 0x0200, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    head = struct.pack("<HH2sHL", 0x0004, 0x1220, b"SQ", 0, 0xFFFFFFFF)
    item = struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF)
    assert directory_references(BytesIO(bytes(128) + b"DICM" + head + item + deeper * 100_000)) == ()


def test_opening_the_directory_opens_its_folder(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "IMAGES", 3)
    path = write_directory(tmp_path / "DICOMDIR", *(f"IMAGES\\{index:03d}.DCM" for index in range(3)))
    plan = intake.scan(path)
    assert plan.root == str(tmp_path) and plan.stacks[0].slice_count == 3
    assert codes(plan.skipped) == {"directory_file"}


def test_directory_that_points_to_missing_files_is_noted_and_the_rest_is_fine(
    intake: Intake, tmp_path: Path
) -> None:
    write_series(tmp_path / "cd" / "images", 3)
    names = ["IMAGES\\000.DCM;1", "IMAGES\\001.dcm", "IMAGES\\007.DCM", "GONE\\1"]
    write_directory(tmp_path / "cd" / "DICOMDIR", *names)
    plan = intake.scan(tmp_path)
    (missing,) = about_references(plan)
    assert missing.code == "intake.directory_missing"
    assert missing.fields == {"file": "cd/DICOMDIR", "other": "IMAGES\\007.DCM", "count": 2}
    assert (missing.view, missing.answer) == (Verdict.NOTE, Verdict.FINE)
    assert plan.stacks[0].slice_count == 3 and plan.stacks[0].findings == ()


@pytest.mark.parametrize(
    "reference",
    [
        "..\\secret\\1",
        "\\etc\\passwd",
        "/etc/passwd",
        "C:\\secret",
        "c:secret",
        "A\\..\\..\\secret",
        "../secret/1",
    ],
)
def test_directory_that_points_outside_is_refused_for_that_reference(
    intake: Intake, tmp_path: Path, reference: str
) -> None:
    write_series(tmp_path / "secret", 1, series="2")
    write_series(tmp_path / "cd" / "A", 3)
    write_directory(tmp_path / "cd" / "DICOMDIR", reference, "A\\000.dcm")
    plan = intake.scan(tmp_path / "cd")
    (outside,) = about_references(plan)
    assert outside.code == "intake.directory_outside" and outside.fields["other"] == reference
    assert (outside.view, outside.answer) == (Verdict.REFUSED, Verdict.REFUSED)
    assert [stack.slice_count for stack in plan.stacks] == [3] and plan.stacks[0].findings == ()


def test_a_name_stays_inside_or_has_no_parts() -> None:
    assert inside_parts("A\\B\\C") == inside_parts("A/./B//C") == ("A", "B", "C")
    assert inside_parts("A..B\\..C") == ("A..B", "..C")
    assert all(inside_parts(name) is None for name in ("", "..", "A\\.. \\B", "\\\\host\\share", "D:"))


def test_the_shared_disc_of_two_patients_lists_every_file_and_stops(
    intake: Intake, shared_data: Path
) -> None:
    """Seven images of the second patient were moved out of the folder that the DICOMDIR names."""
    plan = intake.scan(shared_data / "dicomdir" / "DICOMDIR")
    (missing,) = about_references(plan)
    assert missing.code == "intake.directory_missing"
    assert missing.fields == {"file": "DICOMDIR", "other": "77654033\\CR1\\6154", "count": 7}
    assert not (shared_data / "dicomdir" / "77654033").exists()
    (stop,) = plan.findings
    assert stop.code == "intake.two_patients" and stop.fields["count"] == len(plan.patients) == 2
    assert (stop.view, stop.answer) == (Verdict.REFUSED, Verdict.REFUSED)

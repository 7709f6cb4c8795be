"""ZIP archives: read as the folders they hold, or refused in one sentence with nothing left behind."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest

from inference.dicom.intake import Intake
from inference.dicom.limits import IntakeLimits
from inference.findings import Verdict
from tests.inference.dicom.archive_files import (
    left_out,
    packed,
    packed_series,
    refused_in_one_sentence,
    wait_until,
)
from tests.inference.dicom.dicom_files import codes, write_series
from tests.inference.dicom.sources.test_media_directory import write_directory


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_an_archive_is_read_as_the_folder_it_holds(unpacking: Intake, tmp_path: Path, method: int) -> None:
    write_series(tmp_path / "made" / "DICOM", 4)
    plain = unpacking.scan(tmp_path / "made")
    expected = unpacking.load(plain, plain.stacks[0]).voxels
    plan = unpacking.scan(packed(tmp_path / "made", tmp_path / "scan.zip", method))
    assert [file.name for file in plan.files] == [f"scan.zip/DICOM/00{index}.dcm" for index in range(4)]
    assert plan.stacks[0].findings == () and plan.skipped == ()
    assert np.array_equal(unpacking.load(plan, plan.stacks[0]).voxels, expected)


def test_an_archive_inside_a_folder_is_read_with_the_rest(unpacking: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "source" / "a", 3, series="2")
    packed_series(tmp_path).rename(tmp_path / "source" / "b.ZIP")
    plan = unpacking.scan(tmp_path / "source")
    assert [stack.slice_count for stack in plan.stacks] == [4, 3]
    assert [plan.files[index].name for index in (3, 4)] == ["b.ZIP/DICOM/003.dcm", "a/000.dcm"]


def test_an_archive_of_any_name_is_known_by_its_first_bytes_when_opened(
    unpacking: Intake, tmp_path: Path
) -> None:
    path = packed_series(tmp_path).rename(tmp_path / "export")
    assert unpacking.scan(path).stacks[0].slice_count == 4


def test_research_files_and_a_directory_inside_an_archive_are_known(
    unpacking: Intake, tmp_path: Path
) -> None:
    import nibabel

    made = tmp_path / "made"
    write_series(made / "images", 3)
    write_directory(made / "DICOMDIR", "IMAGES\\000.DCM", "IMAGES\\009.DCM", "..\\1")
    values = np.random.default_rng(1).integers(0, 999, (9, 8, 7)).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(values, np.diag((-1.0, -1.0, 2.0, 1.0))), made / "b.nii.gz")
    plan = unpacking.scan(packed(made, tmp_path / "scan.zip"))
    assert [stack.slice_count for stack in plan.stacks] == [7, 3]
    assert codes(plan.skipped) == {"directory_file", "directory_missing", "directory_outside"}


def test_unpacked_files_live_until_another_source_is_opened_or_the_intake_closes(
    tmp_path: Path,
) -> None:
    path, cache = packed_series(tmp_path), tmp_path / "cache"
    with Intake(cache=cache) as intake:
        plan = intake.scan(path)
        (folder,) = {Path(file.path).parent for file in plan.files}
        assert folder.is_relative_to(cache)
        if os.name == "posix":
            assert folder.stat().st_mode & 0o777 == 0o700
            assert all(Path(file.path).stat().st_mode & 0o777 == 0o600 for file in plan.files)
        intake.scan(tmp_path / "made")
        wait_until(lambda: not folder.exists())
        again = intake.scan(path)
        assert intake.load(again, again.stacks[0]).voxels.shape[0] == 4
    assert list(cache.iterdir()) == []


def test_an_encrypted_archive_is_refused(unpacking: Intake, tmp_path: Path, cache: Path) -> None:
    content = bytearray(packed_series(tmp_path).read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + place] |= 1
    (tmp_path / "scan.zip").write_bytes(content)
    refused_in_one_sentence(unpacking.scan(tmp_path / "scan.zip"), "zip_encrypted", cache)


def test_a_zip_bomb_is_refused(unpacking: Intake, tmp_path: Path, cache: Path) -> None:
    with zipfile.ZipFile(tmp_path / "scan.zip", "w", zipfile.ZIP_DEFLATED) as target:
        for index in range(20):
            target.writestr(f"{index}.dcm", bytes(2 << 20))
    assert (tmp_path / "scan.zip").stat().st_size < 100_000
    refused_in_one_sentence(unpacking.scan(tmp_path / "scan.zip"), "zip_bomb", cache)


def test_a_bomb_among_honest_files_is_left_packed(unpacking: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "made", 3)
    (tmp_path / "made" / "noise").write_bytes(np.random.default_rng(1).bytes(1 << 19))
    (tmp_path / "made" / "bomb").write_bytes(bytes(20 << 20))
    plan = unpacking.scan(packed(tmp_path / "made", tmp_path / "scan.zip"))
    assert left_out(plan)["scan.zip/bomb"] == "zip_member_bomb" and plan.stacks[0].slice_count == 3
    assert codes(plan.stacks[0].findings) == {"may_be_incomplete"}


@pytest.mark.parametrize("limits", [IntakeLimits(archive_members=3), IntakeLimits(archive_bytes=1000)])
def test_an_archive_of_too_much_or_too_many_is_refused(tmp_path: Path, limits: IntakeLimits) -> None:
    path, cache = packed_series(tmp_path), tmp_path / "cache"
    with Intake(limits=limits, cache=cache) as intake:
        refused_in_one_sentence(intake.scan(path), "zip_too_large", cache)


def test_an_archive_whose_members_overlap_is_refused(unpacking: Intake, tmp_path: Path, cache: Path) -> None:
    content = bytearray(packed_series(tmp_path).read_bytes())
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    (tmp_path / "scan.zip").write_bytes(content)
    refused_in_one_sentence(unpacking.scan(tmp_path / "scan.zip"), "zip_overlapping", cache)


@pytest.mark.parametrize("keep", [0, 3, 100, -30])
def test_a_damaged_archive_is_refused(unpacking: Intake, tmp_path: Path, cache: Path, keep: int) -> None:
    path = packed_series(tmp_path)
    path.write_bytes(path.read_bytes()[:keep])
    refused_in_one_sentence(unpacking.scan(path), "zip_damaged", cache)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "a/../../b", "..\\secret", "C:\\windows\\x", "\\\\host\\share\\x"]
)
def test_a_traversal_name_is_refused_and_the_rest_is_read(
    unpacking: Intake, tmp_path: Path, cache: Path, name: str
) -> None:
    with zipfile.ZipFile(packed_series(tmp_path), "a") as target:
        info = zipfile.ZipInfo("x")
        info.filename = name
        target.writestr(info, b"owned")
    before = set(tmp_path.rglob("*"))
    plan = unpacking.scan(tmp_path / "scan.zip")
    assert left_out(plan) == {f"scan.zip/{name}".replace("\\", "/"): "zip_outside"}
    assert plan.skipped[0].view is plan.skipped[0].answer is Verdict.REFUSED
    assert plan.stacks[0].slice_count == 4
    assert all(path.is_relative_to(cache) for path in set(tmp_path.rglob("*")) - before)


def test_links_devices_and_nested_archives_are_listed_and_left_packed(
    unpacking: Intake, tmp_path: Path
) -> None:
    with zipfile.ZipFile(packed_series(tmp_path), "a") as target:
        for name, kind in (("link", stat.S_IFLNK), ("device", stat.S_IFCHR), ("inner.zip", stat.S_IFREG)):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (kind | 0o644) << 16
            target.writestr(info, b"/etc/passwd")
        target.writestr("__MACOSX/._x", b"x")
        target.writestr(".DS_Store", b"x")
    plan = unpacking.scan(tmp_path / "scan.zip")
    assert left_out(plan) == {
        "scan.zip/link": "zip_link",
        "scan.zip/device": "special_file",
        "scan.zip/inner.zip": "zip_nested",
    }
    assert plan.stacks[0].slice_count == 4


def test_a_damaged_member_is_named_and_the_scan_marked_as_perhaps_incomplete(
    unpacking: Intake, tmp_path: Path
) -> None:
    write_series(tmp_path / "made", 4)
    path = packed(tmp_path / "made", tmp_path / "scan.zip", zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[content.rindex(b"DICM") + 4] ^= 0xFF
    path.write_bytes(content)
    plan = unpacking.scan(path)
    assert left_out(plan) == {"scan.zip/003.dcm": "zip_member_damaged"}
    assert codes(plan.stacks[0].findings) == {"may_be_incomplete"}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_of_a_chinese_system_are_shown(unpacking: Intake, tmp_path: Path, encoding: str) -> None:
    path = packed_series(tmp_path, 1)
    raw = "图像".encode(encoding).ljust(13, b"-")
    path.write_bytes(path.read_bytes().replace(b"DICOM/000.dcm", raw))
    assert unpacking.scan(path).files[0].name.startswith("scan.zip/图像")

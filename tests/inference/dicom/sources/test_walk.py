"""Listing a source: what lies in it, what is left out and why, and that it never leaves the folder."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gui.intake.finding_groups import groups_of
from inference.dicom.intake import Intake
from inference.dicom.limits import DEFAULT_LIMITS, IntakeLimits
from inference.dicom.sources.walk import Listing, list_files, printable, shown_name
from inference.errors import Cancelled, InputError
from inference.findings import Verdict
from inference.jobs import Progress
from tests.inference.dicom.dicom_files import write_series

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")


def names(listing: Listing) -> list[str]:
    return [file.name for file in listing.files]


def left_out(listing: Listing) -> dict[str, str]:
    return {str(one.fields["file"]): one.code.removeprefix("intake.") for one in listing.skipped}


def write_files(folder: Path, *inside: str) -> None:
    for name in inside:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def test_a_tree_is_listed_in_a_steady_order_by_names_inside_it(tmp_path: Path) -> None:
    write_files(tmp_path, "b/2", "b/1", "a/deep/3", "z", ".hidden", ".svn/entry")
    listing = list_files(tmp_path, DEFAULT_LIMITS)
    assert names(listing) == ["z", "a/deep/3", "b/1", "b/2"] and listing.skipped == ()
    status = (tmp_path / "z").stat()
    first = listing.files[0]
    assert (first.path, first.size, first.mtime_ns) == (str(tmp_path / "z"), 1, status.st_mtime_ns)
    assert (first.inode, first.ctime_ns) == (status.st_ino, status.st_ctime_ns)


def test_one_file_is_a_source_of_its_own(tmp_path: Path) -> None:
    write_files(tmp_path, "a", "b")
    listing = list_files(tmp_path / "b", DEFAULT_LIMITS)
    assert names(listing) == ["b"] and listing.root == str(tmp_path) and listing.is_single


@needs_links
def test_a_link_loop_ends(tmp_path: Path) -> None:
    write_files(tmp_path, "a/1")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "one").symlink_to(tmp_path / "other")
    (tmp_path / "other").symlink_to(tmp_path / "one")
    listing = list_files(tmp_path, DEFAULT_LIMITS)
    assert names(listing) == ["a/1"]
    assert left_out(listing) == dict.fromkeys(("self", "one", "other"), "link_broken")


def test_a_folder_that_is_mounted_inside_itself_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system gives such a folder the device and inode of the one above."""
    write_files(tmp_path, "1", "again/1")
    real = os.stat
    above = real(tmp_path)
    inner = str(tmp_path / "again")
    monkeypatch.setattr(os, "stat", lambda path, **how: above if str(path) == inner else real(path, **how))
    assert names(list_files(tmp_path, DEFAULT_LIMITS)) == ["1"]


@needs_links
def test_a_link_inside_is_met_once_and_a_link_outside_never(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "inside-out"
    write_files(inside, "a/1")
    write_files(outside, "secret")
    (inside / "b").symlink_to(inside / "a")
    (inside / "2").symlink_to(inside / "a" / "1")
    (inside / "c").symlink_to(outside)
    (inside / "d").symlink_to(outside / "secret")
    (inside / "e").symlink_to("../inside-out/secret")
    listing = list_files(inside, DEFAULT_LIMITS)
    assert names(listing) == ["a/1"]
    assert left_out(listing) == dict.fromkeys(("c", "d", "e"), "link_outside")


@pytest.mark.skipif(os.name == "nt", reason="no sockets or pipes among files")
def test_sockets_and_pipes_are_named_and_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, "a")
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        listing = list_files(tmp_path, DEFAULT_LIMITS)
    assert names(listing) == ["a"]
    assert left_out(listing) == {"pipe": "special_file", "socket": "special_file"}


def refuse_listing(monkeypatch: pytest.MonkeyPatch, folder: Path, error: OSError) -> None:
    """Answer as the system does for a folder without permission, whoever runs the tests."""
    scandir = os.scandir

    @contextmanager
    def scan(path: str) -> Iterator[Iterator[os.DirEntry[str]]]:
        if str(path) == str(folder):
            raise error
        with scandir(path) as listed:
            yield listed

    monkeypatch.setattr(os, "scandir", scan)


@pytest.mark.parametrize("error", [PermissionError(13, "denied"), OSError(5, "input/output error")])
def test_a_folder_without_read_permission_is_named_and_the_rest_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    write_files(tmp_path, "a/1", "closed/2", "z/3")
    refuse_listing(monkeypatch, tmp_path / "closed", error)
    listing = list_files(tmp_path, DEFAULT_LIMITS)
    assert names(listing) == ["a/1", "z/3"] and left_out(listing) == {"closed": "folder_unreadable"}
    assert (listing.skipped[0].view, listing.skipped[0].answer) == (Verdict.NOTE, Verdict.FINE)


def test_a_source_that_cannot_be_listed_at_all_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_listing(monkeypatch, tmp_path, PermissionError(13, "denied"))
    with pytest.raises(InputError, match=r"intake\.not_found"):
        list_files(tmp_path, DEFAULT_LIMITS)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_folder_that_this_user_may_not_read_is_named(tmp_path: Path) -> None:
    write_files(tmp_path, "a/1", "closed/2")
    (tmp_path / "closed").chmod(0)
    try:
        assert left_out(list_files(tmp_path, DEFAULT_LIMITS)) == {"closed": "folder_unreadable"}
    finally:
        (tmp_path / "closed").chmod(0o700)


@pytest.mark.skipif(os.name == "nt", reason="names are text on Windows")
def test_a_name_of_odd_bytes_is_shown_printable_and_opened_as_it_is(intake: Intake, tmp_path: Path) -> None:
    (path,) = write_series(tmp_path / "made", 1)
    (tmp_path / "scans").mkdir()
    odd = os.fsencode(tmp_path) + b"/scans/\xff\x1b[31m\xe2\x80\xaefdp.\n"
    os.rename(os.fsencode(path), odd)  # noqa: PTH104 - bytes
    plan = intake.scan(tmp_path / "scans")
    assert plan.files[0].name == "\ufffd\ufffd[31m\ufffdfdp.\ufffd"
    assert plan.stacks[0].slice_count == 1
    assert intake.load(plan, plan.stacks[0]).voxels.shape[0] == 1


def test_names_inside_the_source_stand_in_a_line_of_text() -> None:
    assert shown_name(str(Path("/a/b/c")), str(Path("/a"))) == "b/c"
    assert shown_name(str(Path("/ab")), str(Path("/a"))) == "../ab"
    assert printable("图像 1") == "图像 1" and printable("a\tb\u202ec") == "a\ufffdb\ufffdc"


def test_folders_too_deep_are_named(tmp_path: Path) -> None:
    write_files(tmp_path, "1/2/3/file", "1/2/near")
    listing = list_files(tmp_path, IntakeLimits(depth=2))
    assert names(listing) == ["1/2/near"] and left_out(listing) == {"1/2/3": "too_many_files"}


def test_a_source_of_too_many_files_is_cut_off_and_said(tmp_path: Path) -> None:
    write_files(tmp_path, *(f"{number:02d}" for number in range(9)), "deep/1")
    listing = list_files(tmp_path, IntakeLimits(files=4))
    assert names(listing) == ["00", "01", "02", "03"] and left_out(listing) == {"04": "too_many_files"}


def test_ten_thousand_files_are_listed_within_a_second(tmp_path: Path) -> None:
    for folder in range(10):
        (tmp_path / str(folder)).mkdir()
        for number in range(1000):
            os.close(os.open(f"{tmp_path}/{folder}/{number}", os.O_CREAT))
    begun = time.monotonic()
    listing = list_files(tmp_path, DEFAULT_LIMITS)
    assert len(listing.files) == 10_000 and time.monotonic() - begun < 1.0


def test_a_hundred_thousand_files_of_text_are_listed_quickly_and_all_counted(tmp_path: Path) -> None:
    """All are asked about, named and grouped; only the time for listing is promised."""
    for folder in range(100):
        (tmp_path / str(folder)).mkdir()
        for number in range(1000):
            descriptor = os.open(f"{tmp_path}/{folder}/{number}.txt", os.O_CREAT | os.O_WRONLY)
            os.write(descriptor, b"A letter about nothing in particular, and no picture at all.")
            os.close(descriptor)
    begun = time.monotonic()
    listing = list_files(tmp_path, DEFAULT_LIMITS)
    assert time.monotonic() - begun < 10.0
    assert len(listing.files) == 100_000 and listing.skipped == ()
    with Intake() as intake:
        plan = intake.scan(tmp_path)
    assert plan.stacks == () and len(plan.skipped) == 100_000
    (group,) = groups_of(plan.skipped)
    assert group.code == "intake.not_an_image_file" and len(group.findings) == 100_000


def test_listing_tells_its_progress_and_stops_when_asked(tmp_path: Path) -> None:
    write_files(tmp_path, "a/1", "b/2", "c/3")
    told: list[Progress] = []
    with pytest.raises(Cancelled):
        list_files(tmp_path, DEFAULT_LIMITS, told.append, lambda: len(told) == 2)
    assert [(one.done, one.total, one.stage) for one in told] == [
        (0, 0, "stage.listing"),
        (0, 0, "stage.listing"),
    ]

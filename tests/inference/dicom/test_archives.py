"""ZIP archives: read as the folders they hold, or refused in one sentence with nothing left behind."""

from __future__ import annotations

import errno
import io
import os
import shutil
import stat
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from inference.dicom import archive_worker, archives, protocol
from inference.dicom.archive_messages import TOLD, Ended, PassedOver, Unpacked, UnpackRequest, stored_name
from inference.dicom.intake import Intake
from inference.dicom.limits import IntakeLimits
from inference.dicom.verdicts import RULES
from inference.errors import Cancelled
from inference.findings import Verdict
from inference.jobs import Progress
from inference.messages.catalogue import load_catalogue
from inference.scan import Plan
from tests.inference.dicom.dicom_files import codes, write_series
from tests.inference.dicom.test_media_directory import write_directory


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where archives are unpacked to."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def unpacking(cache: Path) -> Iterator[Intake]:
    with Intake(cache=cache) as opened:
        yield opened


def packed(folder: Path, archive: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(archive, "w", method) as target:
        for path in sorted(folder.rglob("*")):
            target.write(path, path.relative_to(folder))
    return archive


def packed_series(tmp_path: Path, count: int = 4) -> Path:
    write_series(tmp_path / "made" / "DICOM", count)
    return packed(tmp_path / "made", tmp_path / "scan.zip")


def left_out(plan: Plan) -> dict[str, str]:
    return {str(one.fields["file"]): one.code.removeprefix("intake.") for one in plan.skipped}


def wait_until(is_so: Callable[[], bool]) -> None:
    """Removing goes on behind the next source."""
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def refused_in_one_sentence(plan: Plan, code: str, cache: Path) -> None:
    """The archive is the only thing said, refused twice, in both languages, and nothing is left behind."""
    assert not plan.stacks and left_out(plan) == {"scan.zip": code}
    (found,) = plan.skipped
    assert (found.view, found.answer) == (Verdict.REFUSED, Verdict.REFUSED)
    for language in ("en", "zh_CN"):
        sentence = load_catalogue(language).render(found.message)
        assert "scan.zip" in sentence and "⟦" not in sentence and "\n" not in sentence
    wait_until(lambda: not [name for _, _, names in os.walk(cache) for name in names if name[0] == "0"])


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


def test_unpacking_tells_its_progress(unpacking: Intake, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "noise").write_bytes(np.random.default_rng(1).bytes(5 << 20))
    told: list[Progress] = []
    unpacking.scan(packed(tmp_path / "made", tmp_path / "scan.zip"), told.append)
    steps = [(one.done, one.total) for one in told if one.stage == "stage.unpacking"]
    assert steps[-1] == (5, 5) and steps == sorted(steps)


def test_unpacking_stops_within_half_a_second_and_leaves_nothing(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "noise").write_bytes(np.random.default_rng(1).bytes(100 << 20))
    path = packed(tmp_path / "made", tmp_path / "scan.zip", zipfile.ZIP_STORED)
    asked: list[float] = []

    def begun(progress: Progress) -> None:
        if progress.stage == "stage.unpacking" and progress.done and not asked:
            asked.append(time.monotonic())

    with Intake(cache=cache) as intake:
        with pytest.raises(Cancelled):
            intake.scan(path, begun, lambda: bool(asked))
        assert time.monotonic() - asked[0] < 0.5
    assert list(cache.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_killed_process_ends_in_one_sentence(
    unpacking: Intake, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    monkeypatch.setattr(archives, "archive_command", lambda _: [sys.executable, "-S", "-c", program])
    refused_in_one_sentence(unpacking.scan(packed_series(tmp_path)), "zip_not_unpacked", cache)


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_process_killed_while_it_unpacks_leaves_nothing(
    unpacking: Intake, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "noise").write_bytes(np.random.default_rng(1).bytes(60 << 20))
    path = packed(tmp_path / "made", tmp_path / "scan.zip", zipfile.ZIP_STORED)
    started: list[subprocess.Popen[bytes]] = []
    spawn = subprocess.Popen

    def remember(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(spawn(*arguments, **options))  # type: ignore[call-overload]
        return started[-1]

    def kill(progress: Progress) -> None:
        if progress.stage == "stage.unpacking" and progress.done:
            started[-1].kill()

    monkeypatch.setattr(archives.subprocess, "Popen", remember)
    refused_in_one_sentence(unpacking.scan(path, kill), "zip_not_unpacked", cache)


def framed(*told: object) -> bytes:
    bodies = [protocol.encode(TOLD, one) for one in told]  # type: ignore[arg-type]
    return b"".join(struct.pack(">I", len(body)) + body for body in bodies)


@pytest.mark.parametrize(
    "answer",
    [
        struct.pack(">I", 1 << 31) + b"x",
        struct.pack(">I", 7) + b"garbage",
        framed(Unpacked(0, "a.dcm", 5), Ended()),
        framed(Unpacked(-1, "a.dcm", 0), Ended()),
        framed(PassedOver("a.dcm", "intake.two_patients"), Ended()),
        framed(PassedOver("a.dcm", "intake.zip_link")),
        b"",
    ],
    ids=["too long", "no JSON", "no such file", "number", "another code", "no end", "nothing"],
)
def test_nonsense_answers_end_in_one_sentence(
    unpacking: Intake, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    program = f"import sys; sys.stdin.buffer.read(4); sys.stdout.buffer.write({answer!r})"
    monkeypatch.setattr(archives, "archive_command", lambda _: [sys.executable, "-S", "-c", program])
    refused_in_one_sentence(unpacking.scan(packed_series(tmp_path)), "zip_not_unpacked", cache)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
@pytest.mark.parametrize(
    ("act", "size"), [("target.write_bytes(b'abc')", 5), ("target.symlink_to('/etc/hostname')", 13)]
)
def test_a_file_that_is_not_what_was_told_ends_in_one_sentence(
    unpacking: Intake, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, act: str, size: int
) -> None:
    """Another size, or a link of just the size that was told, as a hostile unpacker may leave it."""
    program = (
        "import json, struct, sys; from pathlib import Path\n"
        "body = sys.stdin.buffer.read(struct.unpack('>I', sys.stdin.buffer.read(4))[0])\n"
        "target = Path(json.loads(body)['body']['folder']) / '0000000'\n"
        f"{act}\n"
        f"sys.stdout.buffer.write({framed(Unpacked(0, 'a.dcm', size), Ended())!r})\n"
    )
    monkeypatch.setattr(archives, "archive_command", lambda _: [sys.executable, "-S", "-c", program])
    refused_in_one_sentence(unpacking.scan(packed_series(tmp_path)), "zip_not_unpacked", cache)


def test_a_silent_process_is_ended(
    unpacking: Intake, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "import time; time.sleep(60)"
    monkeypatch.setattr(archives, "archive_command", lambda _: [sys.executable, "-S", "-c", program])
    monkeypatch.setattr(archives, "_START_UP_S", 0.3)
    refused_in_one_sentence(unpacking.scan(packed_series(tmp_path)), "zip_not_unpacked", cache)


def unpacked_here(path: Path, folder: Path) -> str:
    """The worker's own answer, without its process."""
    folder.mkdir()
    request = UnpackRequest(str(path), str(folder), 1000, 1 << 30)
    return archive_worker.unpack(request, lambda _: None)


def test_a_full_disc_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed_series(tmp_path)
    assert unpacked_here(path, tmp_path / "0") == ""
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert unpacked_here(path, tmp_path / "1") == "intake.zip_no_space"


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "no_space"), (errno.EFBIG, "too_large"), (errno.EIO, "damaged")]
)
def test_an_error_while_writing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    class Failing(io.FileIO):
        def write(self, _: object) -> int:
            raise OSError(number, "no")

    path = packed_series(tmp_path)
    monkeypatch.setattr(archive_worker.os, "fdopen", lambda fd, *_, **__: Failing(fd, "w"))
    assert unpacked_here(path, tmp_path / "0") == f"intake.zip_{code}"


@pytest.mark.skipif(sys.platform == "win32", reason="no resource limits")
def test_the_process_cannot_write_more_than_the_cap(tmp_path: Path) -> None:
    """The system holds it, whatever the archive claims."""
    from inference.dicom.limits import confine_this_process

    pid = os.fork()
    if pid == 0:
        confine_this_process(1 << 34, 1000)
        try:
            (tmp_path / "big").write_bytes(bytes(2000))
        except OSError as error:
            os._exit(7 if error.errno == errno.EFBIG else 8)
        os._exit(9)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7


def test_members_are_numbered_files_that_keep_no_name_but_a_known_ending() -> None:
    assert stored_name(7, "../../x.NII.GZ") == "0000007.nii.gz"
    assert stored_name(12, "a/b.dcm") == stored_name(12, "evil;name") == "0000012"


def test_every_code_of_the_process_stands_in_the_verdict_table() -> None:
    from inference.dicom.archive_messages import PASSED_OVER, REFUSALS

    assert set(RULES) >= PASSED_OVER | REFUSALS
    assert all(RULES[code].view is RULES[code].answer is Verdict.REFUSED for code in REFUSALS)

"""The process that unpacks an archive: watched, bounded, and believed only where its files agree."""

from __future__ import annotations

import errno
import io
import os
import shutil
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from inference.dicom.intake import Intake
from inference.dicom.readers import protocol
from inference.dicom.sources import archive_worker, archives
from inference.dicom.sources.archive_messages import (
    TOLD,
    Ended,
    PassedOver,
    Unpacked,
    UnpackRequest,
    stored_name,
)
from inference.dicom.verdicts import RULES
from inference.errors import Cancelled
from inference.findings import Verdict
from inference.jobs import Progress
from tests.inference.dicom.archive_files import (
    packed,
    packed_series,
    refused_in_one_sentence,
)


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
    from inference.dicom.sources.archive_messages import PASSED_OVER, REFUSALS

    assert set(RULES) >= PASSED_OVER | REFUSALS
    assert all(RULES[code].view is RULES[code].answer is Verdict.REFUSED for code in REFUSALS)

"""What a hostile or broken file, or a reader gone wrong, can do: be named, and nothing else."""

from __future__ import annotations

import gzip
import io
import json
import logging
import os
import shutil
import signal
import struct
import sys
import time
from pathlib import Path

import pytest

from inference.dicom.intake import Intake
from inference.dicom.limits import IntakeLimits
from inference.dicom.readers import protocol
from inference.dicom.readers.reader_process import ReaderProcess
from inference.dicom.records import FileAnswer, ImageRecord, PixelLayout, Remark
from inference.errors import Cancelled, ResourceError
from tests.inference.dicom.dicom_files import write_series


def nifti_header(shape: tuple[int, int, int], datatype: int, bits: int) -> bytes:
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *shape, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, datatype, bits)
    struct.pack_into("<8f", header, 76, 1, 1, 1, 1, 1, 1, 1, 1)
    struct.pack_into("<f", header, 108, 352.0)
    struct.pack_into("<h", header, 254, 1)
    struct.pack_into("<12f", header, 280, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    header[344:348] = b"n+1\0"
    return bytes(header)


@pytest.fixture(scope="module")
def slow_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that keeps a reader busy for more than a second."""
    return write_blank(tmp_path_factory.mktemp("slow") / "slow.nii.gz", slices=1000)


def write_blank(path: Path, slices: int) -> Path:
    """A well-formed picture that packs to almost nothing."""
    plane = bytes(512 * 512 * 2)
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(nifti_header((512, 512, slices), 4, 16))
        for _ in range(slices):
            stream.write(plane)
    return path


ONE_READER = IntakeLimits(readers=1)
IMPATIENT = IntakeLimits(readers=1, seconds_per_file=0.25, bytes_per_second=1 << 40)


def reader_of(intake: Intake) -> ReaderProcess:
    process: ReaderProcess = intake._pool.first
    return process


def test_a_file_that_takes_too_long_is_named_and_the_rest_is_read(
    tmp_path: Path, slow_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_series(tmp_path / "Smith_John" / "a", 3)
    shutil.copy(slow_file, tmp_path / "Smith_John" / "b.nii.gz")
    write_series(tmp_path / "Smith_John" / "c", 3, series="2")
    with caplog.at_level(logging.DEBUG), Intake(limits=IMPATIENT) as intake:
        plan = intake.scan(tmp_path)
    assert [(one.code, one.fields["file"]) for one in plan.skipped] == [
        ("intake.reader_too_slow", "Smith_John/b.nii.gz")
    ]
    assert [stack.slice_count for stack in plan.stacks] == [3, 3]
    assert "intake" in caplog.text and "Smith" not in caplog.text and str(tmp_path) not in caplog.text


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_file_on_which_the_reader_dies_is_named_and_the_rest_is_read(
    tmp_path: Path, slow_file: Path
) -> None:
    write_series(tmp_path / "a", 3)
    (tmp_path / "b").mkdir()
    shutil.copy(slow_file, tmp_path / "b" / "slow.nii.gz")
    write_series(tmp_path / "c", 3, series="2")
    with Intake(limits=ONE_READER) as intake:
        process = reader_of(intake)

        def kill_on_the_fourth_file() -> bool:
            if process.culprit() == 3 and process.pid is not None:
                os.kill(process.pid, signal.SIGKILL)
            return False

        plan = intake.scan(tmp_path, should_stop=kill_on_the_fourth_file)
    assert [(one.code, one.fields["file"]) for one in plan.skipped] == [
        ("intake.reader_died", "b/slow.nii.gz")
    ]
    assert [stack.slice_count for stack in plan.stacks] == [3, 3]


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_reader_that_died_between_two_jobs_is_replaced_and_no_file_blamed(tmp_path: Path) -> None:
    write_series(tmp_path, 3)
    with Intake(limits=ONE_READER) as intake:
        intake.scan(tmp_path)
        pid = reader_of(intake).pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        plan = intake.scan(tmp_path)
        assert reader_of(intake).pid != pid
    assert plan.skipped == () and plan.stacks[0].slice_count == 3


def test_a_scan_stops_within_half_a_second_while_the_reader_is_busy(tmp_path: Path, slow_file: Path) -> None:
    shutil.copy(slow_file, tmp_path / "a.nii.gz")
    with Intake(limits=ONE_READER) as intake:
        process = reader_of(intake)
        asked: list[float] = []

        def stop_once_begun() -> bool:
            if process.culprit() == 0 and not asked:
                asked.append(time.monotonic())
            return bool(asked)

        with pytest.raises(Cancelled):
            intake.scan(tmp_path, should_stop=stop_once_begun)
        assert time.monotonic() - asked[0] < 0.5
        assert process.pid is None


@pytest.mark.skipif(sys.platform != "linux", reason="the address space is bounded on Linux alone")
def test_a_file_that_asks_for_more_memory_than_allowed_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.nii").write_bytes(nifti_header((30_000, 30_000, 1), 64, 64) + bytes(64))
    write_series(tmp_path / "b", 3)
    with Intake() as intake:
        plan = intake.scan(tmp_path)
    assert [one.code for one in plan.skipped] == ["intake.too_large"]
    assert plan.stacks[0].slice_count == 3


def test_a_message_that_announces_too_much_is_refused_unread() -> None:
    stream = io.BytesIO(struct.pack(">I", 1 << 30) + b"{}")
    with pytest.raises(protocol.ProtocolError, match="length"):
        protocol.receive(stream, 1 << 20)
    assert stream.tell() == 4


def test_a_message_that_ends_early_is_refused() -> None:
    with pytest.raises(protocol.ProtocolError, match="end"):
        protocol.receive(io.BytesIO(struct.pack(">I", 10) + b"{}"), 1 << 20)


RECORD = ImageRecord(
    kind="dicom",
    pixels=PixelLayout(4, 5, 1, True, 300, 40, 16, 16, True, False),
    sop_uid="1.2",
    position=(0.0, 0.5, -3.0),
    remarks=(Remark("intake.no_preamble", {"count": 3}),),
)


def test_an_answer_survives_the_wire() -> None:
    answer = (FileAnswer(3, image=RECORD), FileAnswer(4, skipped=Remark("intake.malformed", {})))
    assert protocol.decode(protocol.FILE_ANSWERS, protocol.encode(protocol.FILE_ANSWERS, answer)) == answer


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body | {"v": 2},
        lambda body: body["body"][0].update(surprise=1) or body,
        lambda body: body["body"][0]["image"].update(sop_uid=7) or body,
        lambda body: body["body"][0]["image"].update(position=[0, 1]) or body,
        lambda body: body["body"][0]["image"].update(position=[0, 1, "x"]) or body,
        lambda body: body["body"][0]["image"].update(sop_uid="1" * 5000) or body,
        lambda body: body["body"][0]["image"].update(image_type=["ORIGINAL", "1" * 5000]) or body,
        lambda body: body["body"][0]["image"].update(slice_location=float("inf")) or body,
        lambda body: body["body"][0]["image"].update(position=[0, float("nan"), 1]) or body,
        lambda body: body["body"][0]["image"].update(technique={"kernel": "1" * 5000}) or body,
        lambda body: body["body"][0]["image"].update(technique={"tube_voltage_kv": float("inf")}) or body,
        lambda body: body["body"][0]["image"].update(technique={"scan_options": ["A"] * 65}) or body,
        lambda body: body["body"][0]["image"]["pixels"].update(rows=0) or body,
        lambda body: body["body"][0]["image"]["pixels"].update(offset=-1) or body,
        lambda body: body["body"][0]["image"]["pixels"].update(bits_allocated=12) or body,
        lambda body: body["body"][0]["image"]["pixels"].update(bits_stored=17) or body,
        lambda body: body["body"][0].update(image=None) or body,
    ],
)
def test_an_answer_of_another_shape_is_refused(spoil) -> None:  # type: ignore[no-untyped-def]
    body = json.loads(protocol.encode(protocol.FILE_ANSWERS, (FileAnswer(3, image=RECORD),)))
    with pytest.raises(protocol.ProtocolError):
        spoilt = json.dumps(spoil(body)).replace("Infinity", "1e999")
        protocol.decode(protocol.FILE_ANSWERS, spoilt.encode())


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b'{"v":1,"body":NaN}', b"[" * 100_000])
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(protocol.ProtocolError):
        protocol.decode(protocol.FILE_ANSWERS, body)


def lying_reader(answer: bytes) -> list[str]:
    """A program that answers every scan with the same bytes."""
    program = (
        "import sys,struct\n"
        f"answer = {answer!r}\n"
        "sys.stdin.buffer.read(4)\n"
        "sys.stdout.buffer.write(answer)\n"
        "sys.stdout.buffer.flush()\n"
        "sys.stdin.buffer.read()\n"
    )
    return [sys.executable, "-S", "-c", program]


def framed(answer: FileAnswer) -> bytes:
    body = protocol.encode(protocol.FILE_ANSWERS, (answer,))
    return struct.pack(">I", len(body)) + body


@pytest.mark.parametrize(
    "answer",
    [
        struct.pack(">I", 1 << 31) + b"x" * 100,
        struct.pack(">I", 7) + b"garbage",
        framed(FileAnswer(5, image=RECORD)),
        framed(FileAnswer(0, skipped=Remark("intake.invented", {}))),
        framed(
            FileAnswer(
                0, image=ImageRecord("dicom", PixelLayout(4, 5, 1, True, 10**9, 40, 16, 16, True, False))
            )
        ),
    ],
    ids=["too long", "no JSON", "another file", "unknown code", "outside the file"],
)
def test_a_reader_that_lies_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    write_series(tmp_path, 2)
    monkeypatch.setattr(ReaderProcess, "_command", lambda self: lying_reader(answer))
    with Intake() as intake:
        with pytest.raises(ResourceError, match=r"intake\.no_reader"):
            intake.scan(tmp_path)
        assert reader_of(intake).pid is None


def test_pixel_data_are_never_read_beyond_the_end_of_the_file(tmp_path: Path) -> None:
    """A header may promise more bytes than there are; the extent is clipped and the slice left out."""
    paths = write_series(tmp_path, 4)
    content = bytearray(paths[2].read_bytes())
    length = content.rindex(struct.pack("<I", 240))
    content[length : length + 4] = struct.pack("<I", 1 << 30)
    paths[2].write_bytes(content)
    with Intake() as intake:
        plan = intake.scan(tmp_path)
        (stack,) = plan.stacks
        assert intake.load(plan, stack).voxels.shape[0] == 4
    assert all(
        frame is None or frame.offset + frame.length <= plan.files[frame.file].size for frame in stack.frames
    )


@pytest.mark.skipif(sys.platform != "linux", reason="resource limits are set on Linux alone")
def test_the_reader_cannot_write_files(tmp_path: Path) -> None:
    import subprocess

    target = tmp_path / "written"
    program = (
        "import signal, sys\n"
        "from inference.dicom.limits import confine_this_process\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "confine_this_process(1 << 30)\n"
        f"open({str(target)!r}, 'wb', buffering=0).write(b'x')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=Path(__file__).parents[4], capture_output=True, check=False
    )
    assert ended.returncode != 0 and b"OSError" in ended.stderr
    assert not target.exists() or target.stat().st_size == 0


def test_a_slow_file_is_a_good_picture_where_time_allows(tmp_path: Path) -> None:
    """The file that the watchdog tests use is slow and nothing else."""
    write_blank(tmp_path / "a.nii.gz", slices=3)
    with Intake() as intake:
        plan = intake.scan(tmp_path)
    assert [one.code for one in plan.skipped] == ["intake.label_map"]

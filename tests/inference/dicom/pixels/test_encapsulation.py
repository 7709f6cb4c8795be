"""Fragments and the frames they make, whole, spoilt and cut off."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import ExplicitVRBigEndian

from inference.dicom.intake import Intake
from inference.dicom.pixels.encapsulation import (
    EncapsulationError,
    count_whole_frames,
    first_bytes,
    frame_content,
    locate_frames,
)
from inference.findings import Verdict
from tests.inference.dicom.dicom_files import make_slice, only_stack, set_pixels

PARTS = [b"\xff\xd8\xff" + bytes([number] * 5) for number in range(4)]


def item(content: bytes) -> bytes:
    return b"\xfe\xff\x00\xe0" + struct.pack("<L", len(content)) + content


def stream_of(fragments: list[bytes], table: list[int] | None = None) -> tuple[io.BytesIO, int]:
    offsets = struct.pack(f"<{len(table or [])}L", *(table or []))
    content = item(offsets) + b"".join(map(item, fragments)) + b"\xfe\xff\xdd\xe0\0\0\0\0"
    return io.BytesIO(content), len(content)


def frames_in(stream: io.BytesIO, size: int, frames: int, extended: tuple[int, ...] = ()) -> list[bytes]:
    located = locate_frames(stream, 0, size, frames, extended)
    return [frame_content(stream, one) for one in located]


def test_one_fragment_a_frame_and_all_fragments_of_one_frame() -> None:
    assert frames_in(*stream_of(PARTS), 4) == PARTS
    assert frames_in(*stream_of(PARTS), 1) == [b"".join(PARTS)]
    assert first_bytes(*stream_of(PARTS)[:1], 0, stream_of(PARTS)[1]) == PARTS[0][:4]


@pytest.mark.parametrize("way", ["basic", "extended", "beginnings", "basic that lies"])
def test_several_fragments_a_frame_are_told_apart(way: str) -> None:
    halves = [PARTS[0], b"more of it!!", PARTS[1], PARTS[2], b"and its rest"]
    wanted = [PARTS[0] + b"more of it!!", PARTS[1], PARTS[2] + b"and its rest"]
    starts = [0, 36, 52]
    table = {"basic": starts, "basic that lies": [0, 35, 52]}.get(way)
    extended = tuple(starts) if way == "extended" else ()
    assert frames_in(*stream_of(halves, table), 3, extended) == wanted


def test_fragments_that_fit_no_number_of_frames_are_refused() -> None:
    with pytest.raises(EncapsulationError, match="fragments"):
        frames_in(*stream_of(PARTS), 3)
    assert frames_in(*stream_of(PARTS), 5) == PARTS
    with pytest.raises(EncapsulationError, match="fragments"):
        frames_in(*stream_of([]), 1)
    with pytest.raises(EncapsulationError, match="fragments"):
        locate_frames(io.BytesIO(b"no items here, none at all"), 0, 26, 1)


@pytest.mark.parametrize(
    ("cut", "whole"), [(0, 4), (5, 4), (8, 4), (9, 3), (20, 3), (24, 3), (25, 2), (60, 0)]
)
def test_whole_frames_are_counted_up_to_the_cut(cut: int, whole: int) -> None:
    stream, size = stream_of(PARTS)
    size -= cut
    assert count_whole_frames(stream, 0, size, 4) == whole
    assert count_whole_frames(stream, 0, size, 1) == (1 if cut < 9 or cut == 24 else 0)
    if whole:
        assert frames_in(stream, size, 4) == PARTS[:whole]
    else:
        with pytest.raises(EncapsulationError, match="truncated"):
            frames_in(stream, size, 4)


def test_an_offset_table_tells_how_many_frames_of_several_fragments_are_whole() -> None:
    stream, size = stream_of([PARTS[0], PARTS[1], PARTS[2], PARTS[3]], [0, 32])
    assert count_whole_frames(stream, 0, size, 2) == 2
    assert count_whole_frames(stream, 0, size - 20, 2) == 1
    assert len(locate_frames(stream, 0, size - 20, 2)) == 1


def test_frames_behind_the_end_of_a_cut_compressed_file_are_gaps(
    intake: Intake, shared_data: Path, tmp_path: Path
) -> None:
    content = (shared_data / "enhanced_multiframe" / "emri_small_RLE.dcm").read_bytes()
    place = content.rindex(b"\xfe\xff\x00\xe0") - 10
    (tmp_path / "cut.dcm").write_bytes(content[:place])
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    truncated = [one for one in stack.findings if one.code == "intake.truncated"]
    assert len(truncated) == 2
    assert {(one.view, one.answer) for one in truncated} == {(Verdict.NOTE, Verdict.REFUSED)}
    volume = intake.load(plan, stack)
    assert volume.voxels.shape[0] == 10 and len(volume.missing_slices) == 2


def test_bytes_in_big_endian_words_are_put_the_right_way_round(intake: Intake, tmp_path: Path) -> None:
    pixels = np.arange(99, dtype=np.uint8).reshape(11, 9)
    dataset = make_slice(0, modality="MR")
    set_pixels(dataset, pixels)
    words = np.frombuffer(pixels.tobytes() + b"\0", "<u2").byteswap().tobytes()
    dataset.PixelData, dataset["PixelData"].VR = words, "OW"
    dataset.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    path = tmp_path / "a.dcm"
    dataset.save_as(path, enforce_file_format=True, implicit_vr=False, little_endian=False)
    assert np.array_equal(intake.load(intake.scan(path), only_stack(intake, path)).voxels[0], pixels)

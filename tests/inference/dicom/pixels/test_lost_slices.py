"""Slices that nobody could decode: gaps with a reason, and an error that gives it where none is left."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from inference.dicom.intake import Intake
from inference.dicom.readers.reader_pool import Answered, Lost, ReaderPool, Task
from inference.errors import InputError
from inference.findings import Verdict
from inference.jobs import ShouldStop
from inference.messages.catalogue import load_catalogue
from tests.inference.dicom.compressed_files import (
    JPEG_LS,
    RLE,
    describe,
    pixels_of_depth,
    rle_encoded,
    set_frames,
    write_compressed,
)
from tests.inference.dicom.dicom_files import make_slice, only_stack, write


def test_a_slice_on_which_its_reader_ended_is_a_gap_with_a_reason(
    intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = pixels_of_depth(12, signed=True)
    for index in range(3):
        dataset = make_slice(index)
        describe(dataset, pixels, 12)
        set_frames(dataset, [rle_encoded(pixels)], RLE)
        write(dataset, tmp_path / f"{index}.dcm")
    perform = ReaderPool.perform

    def losing(self: ReaderPool, pending: deque[Task], should_stop: ShouldStop) -> Iterator[Answered | Lost]:
        for event in perform(self, pending, should_stop):
            is_chosen = isinstance(event, Answered) and getattr(event.task, "file", None) == 1
            yield Lost(event.task, 0, 0, was_slow=False) if is_chosen else event

    stack = only_stack(intake, tmp_path)
    monkeypatch.setattr(ReaderPool, "perform", losing)
    volume = intake.load(intake.scan(tmp_path), stack)
    assert volume.missing_slices == {1} and np.array_equal(volume.voxels[0], pixels)
    (found,) = [one for one in volume.findings if one.code == "intake.frame_undecodable"]
    assert (found.view, found.answer) == (Verdict.NOTE, Verdict.REFUSED)
    assert (found.fields["file"], found.fields["slice"], found.fields["count"]) == ("1.dcm", 2, 1)
    english = load_catalogue("en").render(found.message)
    assert english.startswith("Slice 2 (1.dcm, –) cannot be shown: the reader of the file ended")


def test_the_error_of_a_scan_without_a_decodable_slice_gives_syntax_and_reason(
    intake: Intake, tmp_path: Path
) -> None:
    pixels = pixels_of_depth(12, signed=True)
    path = write_compressed(tmp_path / "a.dcm", [b"\xff\xd8\xff" + bytes(200)], JPEG_LS, pixels, 12)
    plan = intake.scan(path)
    with pytest.raises(InputError) as caught:
        intake.load(plan, plan.stacks[0])
    text = load_catalogue("en").render(caught.value.message)
    assert text.startswith("None of the 1 slices could be shown (JPEG-LS Lossless): the ")
    assert "⟦" not in load_catalogue("zh_CN").render(caught.value.message)

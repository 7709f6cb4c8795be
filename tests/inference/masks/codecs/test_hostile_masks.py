"""What a reader gone wrong can claim about a mask, and what a damaged file can do: be refused, no more."""

from __future__ import annotations

import random
import time
import zlib
from pathlib import Path

import numpy as np
import pytest

from inference.dicom.intake import Intake
from inference.dicom.pixels.mask_reading import _is_sane
from inference.dicom.readers.protocol import (
    MASK_ANSWERS,
    ContourTable,
    MaskAnswer,
    MaskFrame,
    ProtocolError,
    decode,
    encode,
)
from inference.dicom.records import Remark
from inference.errors import InputError
from inference.masks.codecs.laying import agree, empty_arrays, size_in_bytes
from tests.inference.dicom.dicom_files import write_series
from tests.inference.masks.codecs.foreign_segs import foreign_seg, odd_pixels
from tests.inference.masks.codecs.foreign_segs import save as save_seg
from tests.inference.masks.codecs.structure_sets import (
    Contour,
    Region,
    outline,
    rectangle,
    save,
    structure_set,
)


@pytest.mark.parametrize(
    ("table", "points"),
    [
        ([[1, -3, 0], [1, 8, 0]], 5),
        ([[1, 0, 0], [1, 5, 0]], 5),
        ([[1, 2, 0], [1, 2, 0]], 5),
        ([[1, 5, 1]], 5),
        ([[1, 5, -2]], 5),
        ([[1, 2**62, 0], [1, 2**62, 0], [1, 2**62, 0], [1, 2**62 + 5, 0]], 5),
    ],
)
def test_a_table_of_contours_that_does_not_add_up_is_not_believed(
    table: list[list[int]], points: int
) -> None:
    claimed = ContourTable(contours=len(table), points=points, source_sop_uids=("2.25.1",))
    assert not agree(claimed, np.array(table, dtype=np.int64))
    assert agree(ContourTable(1, 5, source_sop_uids=("2.25.1",)), np.array([[1, 5, 0]], dtype=np.int64))


@pytest.mark.parametrize(
    "answer",
    [
        MaskAnswer(outlines=ContourTable(contours=1 << 40, points=0)),
        MaskAnswer(outlines=ContourTable(contours=-1, points=1)),
        MaskAnswer(outlines=ContourTable(contours=1, points=3, ignored=-1)),
        MaskAnswer(outlines=ContourTable(1, 3), remarks=(Remark("no.such.code", {}),)),
        MaskAnswer(rows=40_000, columns=40_000, are_bits=True, frames=(MaskFrame(1, (0, 0, 0)),) * 4),
        MaskAnswer(rows=2, columns=2, frames=(MaskFrame(1, (0.0, 0.0, 0.0)),)),
    ],
)
def test_an_answer_that_cannot_be_is_not_believed(answer: MaskAnswer) -> None:
    assert not _is_sane(answer)


def test_an_answer_with_a_number_that_is_none_breaks_the_protocol() -> None:
    body = encode(MASK_ANSWERS, MaskAnswer(frames=(MaskFrame(1, (1.5, 0.0, 0.0)),)))
    assert decode(MASK_ANSWERS, body).frames[0].position[0] == 1.5
    with pytest.raises(ProtocolError):
        decode(MASK_ANSWERS, body.replace(b"1.5", b"NaN"))


def test_arrays_are_as_large_as_the_answer_claims() -> None:
    frames = (MaskFrame(1, (0.0, 0.0, 0.0)),) * 3
    for answer in (
        MaskAnswer(outlines=ContourTable(contours=3, points=20)),
        MaskAnswer(rows=7, columns=9, frames=frames),
        MaskAnswer(rows=7, columns=9, frames=frames, are_bits=True),
    ):
        assert sum(array.nbytes for array in empty_arrays(answer)) == size_in_bytes(answer)


@pytest.mark.parametrize("kind", ["structure set", "segmentation"])
def test_damaged_masks_are_read_or_refused_and_never_more(intake: Intake, tmp_path: Path, kind: str) -> None:
    paths = write_series(tmp_path / "scan", 6)
    plan = intake.scan(tmp_path / "scan")
    (stack,) = plan.stacks
    if kind == "structure set":
        contours = [Contour(outline(stack, index, rectangle(2, 3, 7, 6))) for index in range(1, 5)]
        whole = save(structure_set(stack, [Region("A", contours)]), tmp_path / "whole.dcm").read_bytes()
    else:
        whole = save_seg(
            foreign_seg(paths, odd_pixels((6, 12, 10)), "BINARY"), tmp_path / "whole.dcm"
        ).read_bytes()
    chance = random.Random(5)
    path = tmp_path / "damaged.dcm"
    refused = 0
    begin = time.perf_counter()
    for _ in range(60):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            content[chance.randrange(132, len(content))] = chance.randrange(256)
        path.write_bytes(content[: chance.choice((len(content), chance.randrange(200, len(content))))])
        try:
            assert intake.read_mask(path, plan, stack).voxels.shape == stack.geometry.shape
        except InputError:
            refused += 1
    assert refused > 10
    assert time.perf_counter() - begin < 60


def test_a_deflated_bomb_and_deep_nesting_are_refused_before_a_parser_without_bounds(
    intake: Intake, tmp_path: Path
) -> None:
    """pydicom would unpack four gigabytes, or descend until its stack ends."""
    write_series(tmp_path / "scan", 3)
    plan = intake.scan(tmp_path / "scan")
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(b"\x08\x00\x05\x00CS\x00\x00") + packer.flush(zlib.Z_FULL_FLUSH)
    packed += (packer.compress(bytes(1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH)) * 256
    meta = bytes(128) + b"DICM\x02\x00\x10\x00UI"
    opened = b"\x40\x00\x43\xa0SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    for name, content in (
        ("bomb.dcm", b"\x16\x001.2.840.10008.1.2.1.99" + packed),
        ("deep.dcm", b"\x14\x001.2.840.10008.1.2.1\0" + opened * 50_000),
    ):
        (tmp_path / name).write_bytes(meta + content)
        begun = time.monotonic()
        with pytest.raises(InputError, match=r"mask\.unreadable"):
            intake.read_mask(tmp_path / name, plan, plan.stacks[0])
        assert time.monotonic() - begun < 5


def test_hundreds_of_segments_on_another_grid_are_laid_in_seconds(intake: Intake, tmp_path: Path) -> None:
    """Each segment is looked for where it can be, not on the whole stack."""
    import nibabel

    write_series(tmp_path / "scan", 12, pixels=np.zeros((256, 256), np.int16))
    plan = intake.scan(tmp_path / "scan")
    labels = np.arange(1, 301, dtype=np.uint16).reshape(20, 15, 1).repeat(6, 2).repeat(4, 0).repeat(4, 1)
    affine = np.diag([-1.5, -1.5, 3.0, 1.0])
    affine[:3, 3] = (20.0, 30.0, 0.0)
    nibabel.save(nibabel.Nifti1Image(labels, affine), tmp_path / "labels.nii.gz")
    begun = time.monotonic()
    mask = intake.read_mask(tmp_path / "labels.nii.gz", plan, plan.stacks[0])
    assert time.monotonic() - begun < 5
    assert len(mask.segments) > 250

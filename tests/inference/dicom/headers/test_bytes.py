"""Every line on bytes of the verdict table, and generated twins of files that end other readers."""

from __future__ import annotations

import io
import struct
import time
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from inference.dicom.intake import Intake
from inference.errors import InputError
from inference.findings import Finding, Verdict
from tests.inference.dicom.compressed_files import (
    JPEG_2000_LOSSLESS,
    JPEG_LS,
    RLE,
    pixels_of_depth,
    rle_encoded,
    write_compressed,
)
from tests.inference.dicom.dicom_files import (
    codes,
    make_slice,
    only_stack,
    picture,
    write,
    write_series,
)

F, N, R = Verdict.FINE, Verdict.NOTE, Verdict.REFUSED
META = b"\x02\x00\x10\x00UI"


def verdicts(findings: Iterable[Finding], code: str) -> tuple[Verdict, Verdict]:
    """For viewing and for answering."""
    (found,) = [one for one in findings if one.code == f"intake.{code}"]
    return found.view, found.answer


def skipped(intake: Intake, path: Path) -> dict[str, tuple[Verdict, Verdict]]:
    """What is said of a file that is no part of any stack, within five seconds."""
    begun = time.monotonic()
    plan = intake.scan(path)
    assert time.monotonic() - begun < 5 and plan.stacks == ()
    return {one.code.removeprefix("intake."): (one.view, one.answer) for one in plan.skipped}


def content_of(dataset: Dataset) -> bytes:
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


GOOD = content_of(make_slice(0))


def body(dataset: Dataset) -> bytes:
    """The data set without preamble and meta header."""
    stream = io.BytesIO()
    dataset.save_as(stream, implicit_vr=False, little_endian=True)
    return stream.getvalue()


def test_no_preamble_is_read_and_said(intake: Intake, tmp_path: Path) -> None:
    stack = only_stack(intake, saved(tmp_path / "a.dcm", GOOD[132:]))
    assert verdicts(stack.findings, "no_preamble") == (N, N)


def test_no_meta_is_read_and_said(intake: Intake, tmp_path: Path) -> None:
    dataset = make_slice(0)
    del dataset.file_meta
    path = saved(tmp_path / "a.dcm", body(dataset))
    stack = only_stack(intake, path)
    assert verdicts(stack.findings, "no_preamble") == (N, N)
    assert np.array_equal(intake.load(intake.scan(path), stack).voxels[0], picture(0))


@pytest.mark.parametrize("declared", [str(ImplicitVRLittleEndian), str(ExplicitVRBigEndian)])
def test_declared_syntax_other_than_the_data_is_refused(
    intake: Intake, tmp_path: Path, declared: str
) -> None:
    uid = declared.encode() + b"\0" * (20 - len(declared))
    path = saved(tmp_path / "a.dcm", GOOD.replace(b"1.2.840.10008.1.2.1\0", uid))
    assert skipped(intake, path) == {"syntax_mismatch": (R, R)}


def test_native_pixels_under_a_compressed_syntax_are_refused(intake: Intake, tmp_path: Path) -> None:
    at = GOOD.index(b"1.2.840.10008.1.2.1\0")
    content = GOOD[: at - 2] + b"\x16\0" + b"1.2.840.10008.1.2.4.90" + GOOD[at + 20 :]
    assert skipped(intake, saved(tmp_path / "a.dcm", content)) == {"syntax_mismatch": (R, R)}


def test_another_coding_than_declared_is_refused(intake: Intake, tmp_path: Path) -> None:
    pixels = pixels_of_depth(12, signed=True)
    path = write_compressed(tmp_path / "a.dcm", [rle_encoded(pixels)], JPEG_2000_LOSSLESS, pixels, 12)
    assert skipped(intake, path) == {"syntax_mismatch": (R, R)}


def with_element(
    tag: int, vr: bytes, value: bytes, *, long: bool = False, length: int | None = None
) -> bytes:
    """The good file with one element more, before the patient's name."""
    length = len(value) if length is None else length
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr
    head += struct.pack("<HL", 0, length) if long else struct.pack("<H", length)
    at = GOOD.index(b"\x10\x00\x10\x00PN")
    return GOOD[:at] + head + value + GOOD[at:]


@pytest.mark.parametrize(
    "content",
    [
        with_element(0x00091001, b"ZZ", b"four"),
        with_element(0x00091001, b"ZZ", b"four" * 3, long=True),
        with_element(0x00091001, b"??", b"four"),
        with_element(0x00091001, b"\0\0", b"four" * 2, long=True),
        GOOD.replace(b"\x08\x00\x3e\x10LO\x0f\0", b"\x08\x00\x3e\x10UN\0\0\x0f\0\0\0").replace(
            b"\x08\x00\x3e\x10LO\x10\0", b"\x08\x00\x3e\x10UN\0\0\x10\0\0\0"
        ),
    ],
    ids=["short", "long", "no letters", "nothing", "standard tag as UN"],
)
def test_an_unknown_vr_is_read_as_un(intake: Intake, tmp_path: Path, content: bytes) -> None:
    path = saved(tmp_path / "a.dcm", content)
    stack = only_stack(intake, path)
    assert verdicts(stack.findings, "vr_unknown") == (N, N)
    assert np.array_equal(intake.load(intake.scan(path), stack).voxels[0], picture(0))


@pytest.mark.parametrize("is_padded", [False, True])
def test_an_odd_length_is_stepped_over(intake: Intake, tmp_path: Path, is_padded: bool) -> None:
    content = with_element(0x00091001, b"LO", b"odd" + b" " * is_padded, length=3)
    path = saved(tmp_path / "a.dcm", content)
    stack = only_stack(intake, path)
    assert verdicts(stack.findings, "odd_length") == (N, N)
    assert stack.identity.name == "Doe^Jane"
    assert np.array_equal(intake.load(intake.scan(path), stack).voxels[0], picture(0))


def test_a_decimal_comma_is_read_and_said_but_never_in_geometry(intake: Intake, tmp_path: Path) -> None:
    dataset = make_slice(0)
    dataset.SliceThickness = "3.25"
    content = content_of(dataset)
    stack = only_stack(intake, saved(tmp_path / "a.dcm", content.replace(b"3.25", b"3,25")))
    assert verdicts(stack.findings, "decimal_comma") == (N, N)
    assert stack.acquisition.slice_thickness_mm == 3.25
    stack = only_stack(intake, saved(tmp_path / "b.dcm", content.replace(b"0.8\\0.6 ", b"0,8\\0.6 ")))
    assert verdicts(stack.findings, "value_unreadable") == (N, N)
    assert "decimal_comma" not in codes(stack.findings) and "no_pixel_spacing" in codes(stack.findings)


def deep(depth: int) -> Dataset:
    inner = Dataset()
    inner.CodeValue = "deep"
    for _ in range(depth):
        outer = Dataset()
        outer.CodeValue = "before"
        outer.ConceptNameCodeSequence = Sequence([Dataset(), inner])
        inner = outer
    return inner


@pytest.mark.parametrize(("depth", "is_fine"), [(15, True), (17, False), (200, False)])
def test_nesting_deeper_than_16_is_refused(intake: Intake, tmp_path: Path, depth: int, is_fine: bool) -> None:
    """Wherever in an item the deep sequence lies; SimpleITK ends with a segmentation fault."""
    dataset = make_slice(0)
    dataset.update(deep(depth))
    path = write(dataset, tmp_path / "a.dcm")
    if is_fine:
        only_stack(intake, path)
    else:
        assert skipped(intake, path) == {"nesting": (R, R)}


def test_nesting_without_end_is_refused(intake: Intake, tmp_path: Path) -> None:
    opened = b"\x40\x00\x43\xa0SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    at = GOOD.index(b"\x10\x00\x10\x00PN")
    path = saved(tmp_path / "a.dcm", GOOD[:at] + opened * 100_000)
    assert skipped(intake, path) == {"nesting": (R, R)}


def test_a_length_beyond_the_file_is_refused(intake: Intake, tmp_path: Path) -> None:
    """Two hundred bytes that announce four gigabytes: nothing is set aside for them."""
    content = bytes(128) + b"DICM" + META + b"\x14\0" + b"1.2.840.10008.1.2.1\0"
    content += b"\x08\x00\x16\x00UI\x02\x001\0" + b"\x09\x00\x01\x10OB\0\0" + struct.pack("<L", 0xFFFFFFF0)
    path = saved(tmp_path / "a.dcm", content + bytes(206 - len(content)))
    assert skipped(intake, path) == {"length_beyond_file": (R, R)}


def test_deflate_beyond_a_hundredfold_is_refused(intake: Intake, tmp_path: Path) -> None:
    """Two megabytes that become two gigabytes: refused without keeping them."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(b"\x08\x00\x05\x00CS\x00\x00") + packer.flush(zlib.Z_FULL_FLUSH)
    packed += (packer.compress(bytes(1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH)) * 128
    assert 1 << 20 < len(packed) < 3 << 20
    content = bytes(128) + b"DICM" + META + b"\x16\0" + b"1.2.840.10008.1.2.1.99" + packed
    assert skipped(intake, saved(tmp_path / "a.dcm", content)) == {"deflate_bomb": (R, R)}


def test_a_blank_deflated_picture_is_no_bomb(intake: Intake, tmp_path: Path) -> None:
    dataset = make_slice(0, pixels=np.zeros((512, 512), np.int16))
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    path = write(dataset, tmp_path / "a.dcm")
    assert path.stat().st_size * 100 < 512 * 512 * 2
    assert intake.load(intake.scan(path), only_stack(intake, path)).voxels.shape == (1, 512, 512)


def test_pixel_extent_short_leaves_the_slice_out_and_shows_the_rest(intake: Intake, tmp_path: Path) -> None:
    paths = write_series(tmp_path, 4)
    short = paths[2].read_bytes().replace(struct.pack("<L", 240), struct.pack("<L", 200))
    paths[2].write_bytes(short[:-40])
    stack = only_stack(intake, tmp_path)
    assert verdicts(stack.findings, "truncated") == (N, R)
    volume = intake.load(intake.scan(tmp_path), stack)
    assert volume.missing_slices == {2} and np.array_equal(volume.voxels[3], picture(3))


def test_pixel_extent_long_is_read_and_said(intake: Intake, tmp_path: Path) -> None:
    content = GOOD.replace(struct.pack("<L", 240), struct.pack("<L", 280)) + bytes(40)
    stack = only_stack(intake, saved(tmp_path / "a.dcm", content))
    assert verdicts(stack.findings, "pixels_too_long") == (N, N)


def compressed_series(folder: Path, count: int) -> list[Path]:
    from openjpeg.utils import encode_array

    from tests.inference.dicom.compressed_files import describe, set_frames

    folder.mkdir(exist_ok=True)
    paths = []
    for index in range(count):
        dataset = make_slice(index)
        pixels = pixels_of_depth(12, signed=True)
        describe(dataset, pixels, 12)
        set_frames(dataset, [encode_array(pixels, bits_stored=12)], JPEG_2000_LOSSLESS)
        paths.append(write(dataset, folder / f"{index}.dcm"))
    return paths


def test_a_truncated_slice_in_a_stack_is_a_gap(intake: Intake, tmp_path: Path) -> None:
    """Native or compressed: the scan itself sees that a picture breaks off."""
    native = write_series(tmp_path / "native", 4)
    packed = compressed_series(tmp_path / "packed", 4)
    for path in (native[1], packed[1]):
        path.write_bytes(path.read_bytes()[:-60])
    for folder in (tmp_path / "native", tmp_path / "packed"):
        stack = only_stack(intake, folder)
        (found,) = [one for one in stack.findings if one.code == "intake.truncated"]
        assert (found.view, found.answer, found.releasable) == (N, R, True)
        volume = intake.load(intake.scan(folder), stack)
        assert volume.missing_slices == {1} and volume.voxels.shape[0] == 4


def test_a_slice_that_its_decoder_refuses_is_a_gap_with_its_syntax(intake: Intake, tmp_path: Path) -> None:
    paths = compressed_series(tmp_path, 3)
    content = bytearray(paths[1].read_bytes())
    at = content.index(b"\xff\x52\x00\x0c")
    content[at + 4 : at + 14] = b"\xff" * 10
    paths[1].write_bytes(content)
    stack = only_stack(intake, tmp_path)
    volume = intake.load(intake.scan(tmp_path), stack)
    assert volume.missing_slices == {1}
    assert verdicts(volume.findings, "frame_undecodable") == (N, R)
    (found,) = [one for one in volume.findings if one.code == "intake.frame_undecodable"]
    assert found.fields["syntax"] == "JPEG 2000 Lossless"


@pytest.mark.parametrize(
    ("uid", "name"),
    [
        ("1.2.840.113619.5.2", "GE, private"),
        ("1.3.46.670589.33.1.4.1", "Philips, private"),
        ("1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 High Profile 4.1 (video)"),
        ("1.2.840.10008.1.2.4.93", "JPEG 2000 Multi-component"),
        ("1.2.840.10008.1.2.4.999", "1.2.840.10008.1.2.4.999"),
    ],
)
def test_a_private_or_video_syntax_is_refused_by_name(
    intake: Intake, tmp_path: Path, uid: str, name: str
) -> None:
    padded = uid.encode() + b"\0" * (len(uid) % 2)
    content = GOOD.replace(
        META + b"\x14\0" + b"1.2.840.10008.1.2.1\0", META + struct.pack("<H", len(padded)) + padded
    )
    (found,) = intake.scan(saved(tmp_path / "a.dcm", content)).skipped
    assert (found.code, found.view, found.answer) == ("intake.syntax_unsupported", R, R)
    assert found.fields["syntax"] == name and found.fields["uid"] == uid


def test_a_file_whose_only_picture_cannot_be_decoded_is_refused(intake: Intake, tmp_path: Path) -> None:
    pixels = pixels_of_depth(12, signed=True)
    path = write_compressed(tmp_path / "a.dcm", [b"\xff\xd8\xff" + bytes(200)], JPEG_LS, pixels, 12)
    plan = intake.scan(path)
    with pytest.raises(InputError):
        intake.load(plan, plan.stacks[0])


def test_decoders_that_disagree_on_a_lossless_syntax_forbid_an_answer() -> None:
    from inference.dicom.verdicts import RULES

    rule = RULES["intake.decoders_disagree"]
    assert (rule.view, rule.answer, rule.releasable) == (N, R, False)


def test_run_lengths_without_segments_are_refused(intake: Intake, tmp_path: Path) -> None:
    """SimpleITK divides by their number."""
    pixels = pixels_of_depth(12, signed=True)
    content = bytes(4) + rle_encoded(pixels)[4:]
    path = write_compressed(tmp_path / "a.dcm", [content], RLE, pixels, 12)
    assert skipped(intake, path) == {"syntax_mismatch": (R, R)}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", b"Patient came late.\n" * 20),
        ("report.pdf", b"%PDF-1.7\n" + bytes(400)),
        ("scan.dcm", b"\x89PNG\r\n\x1a\n" + bytes(400)),
    ],
)
def test_what_is_not_dicom_is_skipped_and_listed(
    intake: Intake, tmp_path: Path, name: str, content: bytes
) -> None:
    saved(tmp_path / name, content)
    write_series(tmp_path / "scan", 3)
    plan = intake.scan(tmp_path)
    listed = [one for one in plan.skipped if one.fields.get("file") == name]
    assert [(one.code, one.view) for one in listed] == [("intake.not_an_image_file", F)]
    assert plan.stacks[0].slice_count == 3


@pytest.mark.parametrize("keep", [4, 100, 128, 131, 132, 140, 160, 300])
def test_a_file_cut_in_its_header_is_never_an_empty_data_set(
    intake: Intake, tmp_path: Path, keep: int
) -> None:
    """pydicom reads some of these as a data set of no elements, without a word."""
    said = skipped(intake, saved(tmp_path / "a.dcm", GOOD[:keep]))
    assert set(said) <= {"malformed", "not_an_image_file", "length_beyond_file", "no_pixels"} and said


@pytest.mark.parametrize("samples", [1, 3])
def test_a_colour_picture_is_shown_in_grey_and_never_answered(
    intake: Intake, tmp_path: Path, samples: int
) -> None:
    dataset = make_slice(0, modality="MR")
    dataset.SamplesPerPixel, dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = samples, 8, 8, 7
    dataset.PixelRepresentation = 0
    levels = np.arange(120, dtype=np.uint8)
    if samples == 3:
        dataset.PhotometricInterpretation, dataset.PlanarConfiguration = "RGB", 0
        dataset.PixelData = np.stack([levels, levels, levels], axis=-1).tobytes()
    else:
        dataset.PhotometricInterpretation = "PALETTE COLOR"
        table = (np.arange(256, dtype=np.uint16)[::-1] * 257).astype("<u2").tobytes()
        for colour in ("Red", "Green", "Blue"):
            setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
            setattr(dataset, f"{colour}PaletteColorLookupTableData", table)
        dataset.PixelData = levels.tobytes()
    dataset["PixelData"].VR = "OB"
    path = write(dataset, tmp_path / "a.dcm")
    stack = only_stack(intake, path)
    assert verdicts(stack.findings, "colour") == (N, R)
    shown = intake.load(intake.scan(path), stack).voxels[0].ravel()
    assert np.array_equal(shown, levels if samples == 3 else 255 - levels.astype(np.int16))


@pytest.mark.parametrize("samples", [2, 4])
def test_two_or_four_values_for_a_pixel_are_refused(intake: Intake, tmp_path: Path, samples: int) -> None:
    dataset = make_slice(0)
    dataset.SamplesPerPixel = samples
    assert skipped(intake, write(dataset, tmp_path / "a.dcm")) == {"samples_unsupported": (R, R)}

"""Compressed pixels: the stored integers and nothing else, whoever encoded them."""

from __future__ import annotations

import base64
import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

from inference.dicom.pixels import codecs
from inference.dicom.pixels.decoding import decode_frames
from inference.dicom.readers.protocol import DecodeRequest, FrameAnswer, spelled_path
from inference.dicom.syntaxes import CODINGS, READABLE_SYNTAXES, syntax_name
from tests.inference.dicom.compressed_files import (
    HTJ2K_LOSSLESS_RPCL,
    JPEG_2000,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_LOSSLESS,
    JPEG_LS,
    JPEG_LS_LOSSY,
    RLE,
    pixels_of_depth,
    rle_encoded,
    words_of,
    write_compressed,
)
from tests.inference.dicom.dicom_files import make_slice, set_pixels, write

TEST_FILES = Path(pydicom.__file__).parent / "data" / "test_files"


def ask(
    path: Path, shape: tuple[int, int], frames: tuple[int, ...] = (0,), *, compare: bool = False
) -> tuple[list[FrameAnswer], NDArray[np.int16]]:
    """Decode in this process: the answers, and the frames."""
    target = np.full((len(frames), *shape), -7, np.int16)
    request = DecodeRequest(
        path=spelled_path(str(path)), frames=frames, rows=shape[0], columns=shape[1],
        offset=0, capacity=target.nbytes, buffer="", ticket=1, compare=compare,
    )  # fmt: skip
    return decode_frames(request, target), target


def decoded(path: Path, frame: int = 0) -> NDArray[np.int16]:
    """One frame of a file whose size is read by pydicom."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(path, stop_before_pixels=True)
    (answer,), frames = ask(path, (dataset.Rows, dataset.Columns), (frame,))
    assert answer.failure == "" and answer.remarks == ()
    return frames[0]


def reason(path: Path, shape: tuple[int, int] = (40, 36)) -> str:
    """Why the first frame is absent."""
    (answer,), _ = ask(path, shape)
    (remark,) = answer.remarks
    assert remark.code == "intake.frame_undecodable"
    assert remark.fields["reason"] == f"fact.frame.{answer.failure}"
    return answer.failure


def encoded(pixels: NDArray[np.generic], bits: int, syntax: str) -> bytes:
    """One codestream of the stored bits."""
    words = words_of(pixels, bits)
    if syntax == RLE:
        return rle_encoded(words)
    if syntax == JPEG_LS:
        from jpeg_ls import encode_array

        return bytes(encode_array(words))
    from openjpeg.utils import encode_array as encode_jpeg_2000

    return encode_jpeg_2000(words, bits_stored=bits)


@pytest.mark.parametrize("syntax", [RLE, JPEG_LS, JPEG_2000_LOSSLESS])
@pytest.mark.parametrize(("bits", "signed"), [(8, False), (8, True), (12, False), (12, True), (16, True)])
def test_stored_integers_come_back_with_their_sign(
    tmp_path: Path, syntax: str, bits: int, signed: bool
) -> None:
    pixels = pixels_of_depth(bits, signed=signed)
    path = write_compressed(tmp_path / "a.dcm", [encoded(pixels, bits, syntax)], syntax, pixels, bits)
    assert np.array_equal(decoded(path), pixels.astype(np.int16))


@pytest.mark.parametrize("syntax", [RLE, JPEG_LS, JPEG_2000_LOSSLESS])
def test_unsigned_sixteen_bits_are_shifted_into_int16(tmp_path: Path, syntax: str) -> None:
    pixels = pixels_of_depth(16, signed=False)
    path = write_compressed(tmp_path / "a.dcm", [encoded(pixels, 16, syntax)], syntax, pixels, 16)
    assert np.array_equal(decoded(path).astype(np.int32) + 32_768, pixels)


@pytest.mark.parametrize("syntax", [RLE, JPEG_LS, JPEG_2000_LOSSLESS])
@pytest.mark.parametrize(("bits", "signed"), [(8, False), (8, True), (12, True), (16, True), (16, False)])
def test_both_decoders_of_a_lossless_syntax_agree(
    tmp_path: Path, syntax: str, bits: int, signed: bool
) -> None:
    pixels = pixels_of_depth(bits, signed=signed)
    content = encoded(pixels, bits, syntax)
    shape = codecs.PictureShape(40, 36, 1, pixels.itemsize * 8, "MONOCHROME2")
    other = codecs.second_opinion(content, syntax, shape)
    assert other is not None and np.array_equal(other[..., 0], words_of(pixels, bits))
    path = write_compressed(tmp_path / "a.dcm", [content], syntax, pixels, bits)
    (answer,), _ = ask(path, (40, 36), compare=True)
    assert answer == FrameAnswer(0)


def test_signed_codes_in_jpeg_2000_are_read_by_pixel_representation(tmp_path: Path) -> None:
    """The codestream has a sign of its own, which need not be that of the header."""
    from openjpeg.utils import encode_array

    signed = pixels_of_depth(12, signed=True)
    content = encode_array(signed, bits_stored=12)
    path = write_compressed(tmp_path / "a.dcm", [content], JPEG_2000_LOSSLESS, signed, 12)
    assert np.array_equal(decoded(path), signed)
    unsigned = words_of(signed, 12)
    path = write_compressed(tmp_path / "b.dcm", [content], JPEG_2000_LOSSLESS, unsigned, 12)
    assert np.array_equal(decoded(path), unsigned.astype(np.int16))


def test_decoders_disagree_on_a_lossless_syntax(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = pixels_of_depth(12, signed=True)
    content = encoded(pixels, 12, JPEG_LS)
    path = write_compressed(tmp_path / "a.dcm", [content], JPEG_LS, pixels, 12)

    def wrong(content: bytes, facts: object, shape: object) -> bytes:
        return np.add(words_of(pixels, 12), 1, dtype=np.uint16).tobytes()

    monkeypatch.setattr(codecs, "_SECOND", {"jpeg-ls": wrong})
    (answer,), frames = ask(path, (40, 36), compare=True)
    assert [remark.code for remark in answer.remarks] == ["intake.decoders_disagree"]
    assert answer.remarks[0].fields == {"syntax": "JPEG-LS Lossless"}
    assert answer.failure == "" and np.array_equal(frames[0], pixels)
    (unasked,), _ = ask(path, (40, 36))
    assert unasked == FrameAnswer(0)


@pytest.mark.skipif(shutil.which("dcmcjpeg") is None, reason="dcmcjpeg (dcmtk) is not installed")
@pytest.mark.parametrize(("bits", "signed"), [(8, False), (12, True), (12, False), (16, True), (16, False)])
@pytest.mark.parametrize("process", ["+el", "+e1"])
def test_jpeg_lossless_keeps_stored_integers(tmp_path: Path, process: str, bits: int, signed: bool) -> None:
    pixels = pixels_of_depth(bits, signed=signed)
    dataset = make_slice(0)
    set_pixels(dataset, pixels, bits)
    plain = write(dataset, tmp_path / "plain.dcm")
    subprocess.run(["dcmcjpeg", process, str(plain), str(tmp_path / "a.dcm")], check=True)
    syntax = pydicom.dcmread(tmp_path / "a.dcm").file_meta.TransferSyntaxUID
    assert syntax == (JPEG_LOSSLESS if process == "+e1" else "1.2.840.10008.1.2.4.57")
    expected = pixels.astype(np.int32) - (32_768 if bits == 16 and not signed else 0)
    assert np.array_equal(decoded(tmp_path / "a.dcm"), expected)


# Written by ojph_compress 0.9 (OpenJPH), reversible, RPCL: 12 × 16 of row · 300 + column · 7, 12 bits.
HTJ2K = base64.b64decode(
    "/0//UQApQAAAAAAQAAAADAAAAAAAAAAAAAAAEAAAAAwAAAAAAAAAAAABCwEB/1AACAACAAAAB/9SAAwAAgABAAEEBEAB/1wAByBw"
    "cHB4/2QAFgABT3BlbkpQSCBWZXIgMC45LjAu/5AACgAAAAAAiQAB/5PAAXqY/3+04z+z419s9ft6/LfmPqyrn+rmh/r0ewY9nTPf"
    "ZsmbefFfJjyW+x7luifxFQG0BQJ78UBiWHAZHZQGCbOxwnDM+AHICDyAxwBohADGIQAxsAHAAVUABagkSf7ngKenQncAVlqxYsWK"
    "FStW/voQgHv2QgHsugD/2Q=="
)


def test_high_throughput_jpeg_2000_is_decoded(tmp_path: Path) -> None:
    row, column = np.indices((12, 16))
    pixels = (row * 300 + column * 7).astype(np.uint16)
    path = write_compressed(tmp_path / "a.dcm", [HTJ2K], HTJ2K_LOSSLESS_RPCL, pixels, 12)
    assert np.array_equal(decoded(path), pixels.astype(np.int16))
    (answer,), _ = ask(path, (12, 16), compare=True)
    assert answer == FrameAnswer(0)


@pytest.mark.parametrize(("table", "fragments"), [("basic", 1), ("extended", 1), ("none", 1), ("none", 3)])
def test_one_frame_of_several_is_decoded_alone(tmp_path: Path, table: str, fragments: int) -> None:
    frames = [pixels_of_depth(12, signed=True) // (index + 1) for index in range(4)]
    contents = [encoded(frame, 12, JPEG_2000_LOSSLESS) for frame in frames]
    contents[1] = contents[1][:-40]  # a broken neighbour does not matter
    path = write_compressed(
        tmp_path / "a.dcm", contents, JPEG_2000_LOSSLESS, frames[0], 12, table=table, fragments=fragments
    )
    answers, decoded_frames = ask(path, (40, 36), (2, 0, 1, 3, 4))
    assert [answer.failure for answer in answers] == ["", "", "truncated", "", "absent"]
    for slot, frame in ((0, 2), (1, 0), (3, 3)):
        assert np.array_equal(decoded_frames[slot], frames[frame])


COMPRESSED = ["compressed_one_ct_16_syntaxes", "compressed_nema_ct1", "compressed_mr_same_slice"]
# Loss of the shared files against their uncompressed twin, HU: largest and mean, measured and rounded up.
LOSS = {
    JPEG_BASELINE: (65.0, 20.0),
    "1.2.840.10008.1.2.4.51": (36.0, 4.0),
    "1.2.840.10008.1.2.4.53": (36.0, 4.0),
    "1.2.840.10008.1.2.4.55": (36.0, 4.0),
    JPEG_LS_LOSSY: (4.0, 2.2),
    JPEG_2000: (352.0, 26.0),
}


@pytest.mark.parametrize("folder", COMPRESSED)
def test_every_syntax_gives_the_values_of_the_uncompressed_twin_and_of_simpleitk(
    shared_data: Path, folder: str
) -> None:
    import SimpleITK

    twin = {"compressed_nema_ct1": "CT1_UNC", "compressed_mr_same_slice": "1.dcm"}.get(folder, "CTImage.dcm")
    reference = pydicom.dcmread(shared_data / folder / twin)
    truth = reference.pixel_array * float(reference.get("RescaleSlope", 1)) + float(
        reference.get("RescaleIntercept", 0)
    )
    seen = set()
    for path in sorted((shared_data / folder).iterdir()):
        if path.suffix == ".md":
            continue
        header = pydicom.dcmread(path, stop_before_pixels=True)
        slope, intercept = float(header.get("RescaleSlope", 1)), float(header.get("RescaleIntercept", 0))
        values = decoded(path) * slope + intercept
        syntax = str(header.file_meta.TransferSyntaxUID)
        largest, mean = LOSS.get(syntax, (0.0, 0.0))
        difference = np.abs(values - truth)
        assert difference.max() <= largest and difference.mean() <= mean, path.name
        assert np.abs(values - SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(path))[0]).max() < 1e-2
        seen.add(syntax)
    assert len(seen) == {"compressed_one_ct_16_syntaxes": 15}.get(folder, len(seen)) >= 6


def test_the_compressed_abdomen_and_the_rle_enhanced_picture_are_those_of_other_readers(
    shared_data: Path,
) -> None:
    for path in sorted((shared_data / "ct_abdomen_contrast").glob("CT.*")):
        assert np.array_equal(decoded(path), pydicom.dcmread(path).pixel_array)
    folder = shared_data / "enhanced_multiframe"
    truth = pydicom.dcmread(folder / "emri_small.dcm").pixel_array
    for index in range(10):
        assert np.array_equal(decoded(folder / "emri_small_RLE.dcm", index), truth[index])
        assert np.array_equal(decoded(folder / "emri_small_big_endian.dcm", index), truth[index])


@pytest.mark.parametrize(
    "name",
    [
        "SC_rgb_jpeg_dcmtk", "SC_rgb_jpeg_gdcm", "SC_rgb_rle", "SC_rgb_rle_16bit", "SC_rgb_small_odd",
        "SC_rgb_small_odd_big_endian", "examples_rgb_color", "examples_ybr_color", "examples_palette",
        "SC_ybr_full_422_uncompressed", "SC_rgb_dcmtk_+eb+cy+s2", "GDCMJ2K_TextGBR",
    ],
)  # fmt: skip
def test_a_colour_picture_is_shown_as_its_luminance(name: str) -> None:
    path = TEST_FILES / f"{name}.dcm"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(path)
        if dataset.PhotometricInterpretation == "PALETTE COLOR":
            colours = pydicom.pixels.apply_color_lut(dataset.pixel_array, dataset) / 257.0
        else:
            colours = pydicom.pixels.pixel_array(dataset, raw=False).astype(float)
    colours = colours[0] if colours.ndim == 4 else colours
    colours = colours / 257.0 if dataset.BitsAllocated == 16 else colours
    grey = decoded(path)
    difference = np.abs(grey - colours @ (0.299, 0.587, 0.114))
    assert difference.mean() < 1 and difference.max() < 8
    assert grey.max() > grey.min() + 20


def spoilt(tmp_path: Path, syntax: str, change: object) -> Path:
    pixels = pixels_of_depth(12, signed=True)
    content = change(encoded(pixels, 12, syntax))  # type: ignore[operator]
    return write_compressed(tmp_path / "a.dcm", [content], syntax, pixels, 12)


@pytest.mark.parametrize("syntax", [RLE, JPEG_LS, JPEG_2000_LOSSLESS])
def test_a_picture_that_breaks_off_is_absent(tmp_path: Path, syntax: str) -> None:
    path = spoilt(tmp_path, syntax, lambda content: content[: len(content) // 2])
    assert reason(path) == "truncated"


@pytest.mark.parametrize("syntax", [JPEG_BASELINE, JPEG_LOSSLESS, JPEG_LS, JPEG_2000])
def test_a_declared_syntax_that_is_not_the_data_is_named(tmp_path: Path, syntax: str) -> None:
    pixels = pixels_of_depth(12, signed=True)
    wrong = encoded(pixels, 12, JPEG_LS if syntax == JPEG_2000 else JPEG_2000_LOSSLESS)
    path = write_compressed(tmp_path / "a.dcm", [wrong], syntax, pixels, 12)
    assert reason(path) == "syntax"
    (answer,), _ = ask(path, (40, 36))
    assert answer.remarks[0].fields["syntax"] == syntax_name(syntax)


def test_lossy_codes_under_a_lossless_syntax_are_not_believed(tmp_path: Path) -> None:
    from jpeg_ls import encode_array

    pixels = pixels_of_depth(12, signed=False)
    content = bytes(encode_array(pixels, lossy_error=3))
    path = write_compressed(tmp_path / "a.dcm", [content], JPEG_LS, pixels, 12)
    assert reason(path) == "syntax"
    path = write_compressed(tmp_path / "b.dcm", [content], JPEG_LS_LOSSY, pixels, 12)
    assert np.abs(decoded(path) - pixels.astype(np.int16)).max() <= 3


@pytest.mark.parametrize("syntax", [JPEG_LS, JPEG_2000_LOSSLESS, RLE])
def test_a_picture_of_another_size_than_the_header_says_never_reaches_a_decoder(
    tmp_path: Path, syntax: str
) -> None:
    pixels = pixels_of_depth(12, signed=True)
    content = encoded(pixels, 12, syntax)
    path = write_compressed(tmp_path / "a.dcm", [content], syntax, pixels[:20], 12)
    assert reason(path, (20, 36)) == "shape"


@pytest.mark.parametrize("count", [0, 1, 3, 16, 1 << 31])
def test_run_lengths_with_an_impossible_number_of_segments_are_refused(tmp_path: Path, count: int) -> None:
    """Zero segments end SimpleITK and GDCM with a division by zero."""
    path = spoilt(tmp_path, RLE, lambda content: count.to_bytes(4, "little") + content[4:])
    assert reason(path) == "codestream"
    answers, _ = ask(path, (40, 36), compare=True)
    assert answers[0].failure == "codestream"


def test_a_private_or_video_syntax_is_named() -> None:
    assert syntax_name("1.2.840.113619.5.2") == "GE, private"
    assert syntax_name("1.3.46.670589.33.1.4.1") == "Philips, private"
    assert syntax_name("2.25.1") == "private"
    assert "MPEG-4" in syntax_name("1.2.840.10008.1.2.4.102") and "HEVC" in syntax_name(
        "1.2.840.10008.1.2.4.107"
    )
    assert not {"1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.93"} & READABLE_SYNTAXES
    assert all(syntax_name(uid) != uid for uid in READABLE_SYNTAXES | set(CODINGS))

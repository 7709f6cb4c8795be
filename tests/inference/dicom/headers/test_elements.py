"""The header walk: exact extents, and no way for bytes to do more than be refused."""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from inference.dicom.headers.elements import (
    PIXEL_DATA,
    MalformedError,
    NotDicomError,
    SyntaxMismatchError,
    read_header,
)
from inference.dicom.headers.image_header import NotAnImageError, read_dicom
from inference.dicom.verdicts import RULES, finding
from inference.messages.catalogue import LANGUAGES, load_catalogue
from tests.inference.dicom.dicom_files import make_slice, picture


def as_bytes(dataset: Dataset) -> bytes:
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


GOOD = as_bytes(make_slice(3))


def read(content: bytes) -> object:
    return read_dicom(io.BytesIO(content), len(content), 100)  # type: ignore[arg-type]


def test_the_extent_of_the_pixels_is_exact() -> None:
    header = read_header(io.BytesIO(GOOD), len(GOOD), ())  # type: ignore[arg-type]
    assert header.pixel_offset is not None and header.pixel_length == 240
    assert GOOD[header.pixel_offset : header.pixel_offset + 240] == picture(3).tobytes()


def test_extents_of_real_files_are_those_that_pydicom_finds(shared_data: Path) -> None:
    checked = 0
    for path in sorted(shared_data.glob("*/**/*")):
        if not path.is_file() or "malformed" in path.parts or path.stat().st_size > 5_000_000:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                dataset = pydicom.dcmread(path)
        except (pydicom.errors.InvalidDicomError, EOFError):
            continue
        if "PixelData" not in dataset or dataset.file_meta.TransferSyntaxUID.is_deflated:
            continue
        content = path.read_bytes()
        header = read_header(io.BytesIO(content), len(content), ())  # type: ignore[arg-type]
        assert header.pixel_offset is not None
        assert dataset.get_item(PIXEL_DATA).value_tell == header.pixel_offset
        if header.pixel_length is not None:
            assert content[header.pixel_offset :][: header.pixel_length] == dataset.PixelData
        assert header.syntax_uid == dataset.file_meta.TransferSyntaxUID
        checked += 1
    assert checked > 150


@settings(max_examples=300)
@given(cut=st.integers(0, len(GOOD) - 1))
def test_a_file_cut_anywhere_is_refused_or_read_and_never_more(cut: int) -> None:
    try:
        record = read(GOOD[:cut])
    except NotAnImageError as error:
        assert error.remark.code in RULES
    else:
        assert cut > len(GOOD) - 240 - 8 and record


@settings(max_examples=500)
@given(place=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255), other=st.integers(0, len(GOOD) - 1))
def test_a_changed_byte_is_refused_or_read_and_never_more(place: int, byte: int, other: int) -> None:
    content = bytearray(GOOD)
    content[place] = byte
    content[other] ^= byte
    try:
        read(bytes(content))
    except NotAnImageError as error:
        assert error.remark.code in RULES
    except ValueError:
        pass  # an impossible record is refused by its own checks


@given(st.binary(max_size=600))
def test_arbitrary_bytes_are_not_dicom(content: bytes) -> None:
    with pytest.raises((NotDicomError, MalformedError, SyntaxMismatchError)):
        read_header(io.BytesIO(content), len(content), ())  # type: ignore[arg-type]


def nested(depth: int, undefined: bool) -> Dataset:
    inner = Dataset()
    inner.CodeValue = "deep"
    for _ in range(depth):
        outer = Dataset()
        outer.ConceptNameCodeSequence = Sequence([inner])
        outer["ConceptNameCodeSequence"].is_undefined_length = undefined
        inner.is_undefined_length_sequence_item = undefined
        inner = outer
    return inner


@pytest.mark.parametrize("undefined", [True, False])
@pytest.mark.parametrize(("depth", "is_fine"), [(1, True), (16, True), (17, False), (60, False)])
def test_sequences_are_followed_sixteen_levels_deep(depth: int, is_fine: bool, undefined: bool) -> None:
    dataset = make_slice(0)
    dataset.update(nested(depth, undefined))
    content = as_bytes(dataset)
    if is_fine:
        assert read(content)
    else:
        with pytest.raises(NotAnImageError, match=r"intake\.nesting"):
            read(content)


def test_a_length_beyond_the_file_is_named() -> None:
    content = bytearray(GOOD)
    place = content.index(b"\x08\x00\x3e\x10LO") + 6
    content[place : place + 2] = b"\xff\xff"
    with pytest.raises(NotAnImageError, match=r"intake\.length_beyond_file"):
        read(bytes(content))


def test_a_file_that_declares_another_syntax_is_named() -> None:
    explicit, implicit = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0\0\0"
    with pytest.raises(NotAnImageError, match=r"intake\.syntax_mismatch"):
        read(GOOD.replace(explicit, implicit))


def test_every_code_that_a_reader_may_answer_stands_in_the_table(repository: Path) -> None:
    named = re.compile(r'(?:NotAnImageError|Remark|_remark)\(\s*"(intake\.[a-z_.]+)"')
    sources = (repository / "inference" / "dicom").rglob("*.py")
    answered = {code for path in sources for code in named.findall(path.read_text(encoding="utf-8"))}
    assert len(answered) > 30 and not answered - set(RULES)


def test_every_code_of_the_table_has_a_sentence_in_both_languages() -> None:
    for language in LANGUAGES:
        catalogue = load_catalogue(language)
        missing = [code for code in RULES if not catalogue.has(finding(code).message.id)]
        assert not missing
    english = load_catalogue("en")
    refused = [code for code in RULES if RULES[code].releasable]
    assert all(english.has(finding(code).advice.id) for code in refused)

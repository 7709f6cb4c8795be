"""Names and other texts in every character set of PS3.5, and what is said where the set is wrong."""

from __future__ import annotations

import warnings
from pathlib import Path

import pydicom
import pytest

from inference.dicom.headers.text import DecodedText, decode_text
from inference.dicom.intake import Intake
from inference.findings import Verdict
from tests.inference.dicom.dicom_files import alter, codes, make_slice, only_stack, write, write_series

CHARSET_FILES = Path(pydicom.__file__).parent / "data" / "charset_files"


def charsets_of(dataset: pydicom.Dataset) -> list[str]:
    value = dataset.get("SpecificCharacterSet") or []
    return [value] if isinstance(value, str) else list(value)


@pytest.mark.parametrize("name", sorted(path.name for path in CHARSET_FILES.glob("chr[A-RT-Z]*.dcm")))
def test_a_name_in_every_character_set_is_that_of_pydicom(name: str) -> None:
    dataset = pydicom.dcmread(CHARSET_FILES / name)
    raw = dataset.PatientName.original_string
    assert decode_text(raw, charsets_of(dataset)) == DecodedText(str(dataset.PatientName))


def test_names_of_the_shared_charset_files_stand_on_the_identity(
    intake: Intake, shared_data: Path, tmp_path: Path
) -> None:
    """The shared files are screenshots of one row or no pictures: their own bytes are put on a scan."""
    paths = sorted((shared_data / "charset_names").glob("*.dcm"))
    assert len(paths) == 6
    for path in paths:
        source = pydicom.dcmread(path)
        dataset = make_slice(0)
        if source.get("SpecificCharacterSet"):
            dataset.SpecificCharacterSet = source.SpecificCharacterSet
        dataset.PatientName = source.PatientName
        stack = only_stack(intake, write(dataset, tmp_path / path.name))
        assert stack.identity.name == str(source.PatientName)
        assert not {"charset_undecodable", "charset_likely"} & codes(stack.findings)
        plan = intake.scan(path)
        if plan.stacks:
            assert plan.stacks[0].identity.name == str(source.PatientName)


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("ISO_IR 100", "latin-1"), ("ISO_IR 101", "iso8859-2"), ("ISO_IR 109", "iso8859-3"),
        ("ISO_IR 110", "iso8859-4"), ("ISO_IR 126", "iso8859-7"), ("ISO_IR 127", "iso8859-6"),
        ("ISO_IR 138", "iso8859-8"), ("ISO_IR 144", "iso8859-5"), ("ISO_IR 148", "iso8859-9"),
        ("ISO_IR 166", "tis-620"), ("ISO_IR 13", "shift_jis"), ("ISO_IR 192", "utf-8"),
        ("GB18030", "gb18030"), ("GBK", "gbk"),
    ],
)  # fmt: skip
def test_every_set_without_code_extension_is_decoded(charset: str, codec: str) -> None:
    letters = "".join(
        letter
        for letter in map(chr, [*range(0xC0, 0x700), *range(0xE00, 0xE5C), *range(0xFF61, 0xFFA0), 0x738B])
        if is_coded(letter, codec)
    )
    assert len(letters) > 8
    decoded = decode_text(letters.encode(codec), [charset])
    assert decoded.text == letters and decoded.is_whole and not decoded.likely


def is_coded(letter: str, codec: str) -> bool:
    try:
        return letter.encode(codec).decode(codec) == letter
    except UnicodeError:
        return False


@pytest.mark.parametrize(
    ("charset", "raw", "name"),
    [
        (["", "ISO 2022 IR 58"], b"Zhang=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=", "Zhang=张^小东="),
        (["ISO 2022 IR 13", "ISO 2022 IR 87"], b"\xd4\xcf\xc0\xde=\x1b$B;3ED\x1b(J", "ﾔﾏﾀﾞ=山田"),
        (["", "ISO 2022 IR 149"], b"\x1b$)C\xb1\xe8\xc8\xf1\xc1\xdf", "김희중"),
        (["ISO 2022 IR 100", "ISO 2022 IR 144"], b"M\xfcller=\x1b-L\xbb\xee", "Müller=Лю"),
        (["ISO 2022 IR 6", "ISO 2022 IR 159"], b"\x1b$(D0!\x1b(B", "丂"),
        (["GB18030", "ISO 2022 IR 100"], "王".encode("gb18030"), "王"),
        (["iso-ir 192"], "王".encode(), "王"),
        (["ISO_IR_100"], b"J\xe9r\xf4me", "Jérôme"),
    ],
)  # fmt: skip
def test_escapes_and_misspelled_sets_are_understood(charset: list[str], raw: bytes, name: str) -> None:
    assert decode_text(raw, charset) == DecodedText(name)


@pytest.mark.parametrize("charset", [["ISO_IR 100"], [], [""], ["ISO_IR 6"]])
def test_chinese_under_a_western_or_no_set_is_shown_as_it_decodes_and_offered(charset: list[str]) -> None:
    decoded = decode_text("Wang^XiaoDong=王^小东".encode("gb18030"), charset)
    assert decoded.text == "Wang^XiaoDong=Íõ^Ð¡¶«"
    assert (decoded.likely, decoded.likely_charset) == ("Wang^XiaoDong=王^小东", "GB18030")
    decoded = decode_text("王小东".encode(), charset)
    assert (decoded.likely, decoded.likely_charset) == ("王小东", "UTF-8")


@pytest.mark.parametrize(
    ("name", "codec", "charset"),
    [("Müßig^Jérôme", "latin-1", []), ("Åse^Øyvind", "latin-1", ["ISO_IR 100"]),
     ("Иванов", "iso8859-5", ["ISO_IR 144"]), ("قباني", "iso8859-6", ["ISO_IR 127"])],
)  # fmt: skip
def test_other_languages_are_not_taken_for_chinese(name: str, codec: str, charset: list[str]) -> None:
    decoded = decode_text(name.encode(codec), charset)
    assert decoded.text == name and decoded.likely == ""
    assert decoded.is_whole == bool(charset)


def test_bytes_that_mean_nothing_are_marked_and_the_rest_is_shown() -> None:
    decoded = decode_text(b"ab\xff\xfe", ["ISO_IR 192"])
    assert decoded == DecodedText("ab\ufffd\ufffd", is_whole=False)
    assert decode_text(b"x\xe9", ["ISO_IR 999"]) == DecodedText("xé", is_whole=False)


def test_a_wrong_charset_may_be_viewed_and_answered_with_the_likely_name(
    intake: Intake, tmp_path: Path
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write_series(tmp_path, 3, alter(SpecificCharacterSet="GB18030", PatientName="王^小东"))
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes().replace(b"GB18030 ", b"ISO_IR 6"))
    stack = only_stack(intake, tmp_path)
    (found,) = [one for one in stack.findings if one.code == "intake.charset_likely"]
    assert (found.view, found.answer) == (Verdict.NOTE, Verdict.FINE)
    assert found.fields["likely"] == "王^小东" and found.fields["charset"] == "GB18030"
    assert stack.identity.name == "Íõ^Ð¡¶«"


def test_an_undecodable_charset_may_be_viewed_and_answered(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 3, alter(SpecificCharacterSet="ISO_IR 192", PatientName="Müller"))
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes().replace("Müller".encode(), b"M\xfc\xfcller"))
    stack = only_stack(intake, tmp_path)
    (found,) = [one for one in stack.findings if one.code == "intake.charset_undecodable"]
    assert (found.view, found.answer) == (Verdict.NOTE, Verdict.FINE)
    assert stack.identity.name == "M\ufffd\ufffdller"

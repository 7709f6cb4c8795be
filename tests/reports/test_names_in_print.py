"""Names of every script that DICOM has a character set for come out in the report."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest

from inference.dicom.headers.text import decode_text
from reports.fonts import Face
from reports.report import build_report
from reports.right_to_left import visual_order
from reports.typesetting import printable, runs
from reports.wording import person_name
from tests.reports import assessments
from tests.reports.conftest import flat, page_texts

CHARSET_FILES = Path(pydicom.__file__).parent / "data" / "charset_files"
NAMES = {
    "chrArab": "قباني^لنزار", "chrFren": "Buc^Jérôme", "chrGerm": "Äneas^Rüdiger", "chrGreek": "Διονυσιος",
    "chrH31": "Yamada^Tarou=山田^太郎=やまだ^たろう", "chrH32": "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    "chrHbrw": "שרון^דבורה", "chrI2": "Hong^Gildong=洪^吉洞=홍^길동", "chrKoreanMulti": "김희중",
    "chrRuss": "Люкceмбypг", "chrX1": "Wang^XiaoDong=王^小東", "chrX2": "Wang^XiaoDong=王^小东",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_of_every_charset_file_is_printed_whole(name: str) -> None:
    dataset = pydicom.dcmread(CHARSET_FILES / f"{name}.dcm")
    charsets = dataset.get("SpecificCharacterSet") or []
    charsets = [charsets] if isinstance(charsets, str) else list(charsets)
    decoded = decode_text(dataset.PatientName.original_string, charsets).text.rstrip("=")
    assert decoded == NAMES[name]
    content = assessments.content(assessments.answered(), language="en")
    report = build_report(replace(content, identity=replace(content.identity, name=decoded)))
    # The reader of the test puts right-to-left letters back into the order in which they are read.
    text = flat(unicodedata.normalize("NFKC", "".join(page_texts(report))))
    assert "[U+" not in text
    for part in person_name(decoded).replace("(", ",").replace(")", ",").split(","):
        assert flat(unicodedata.normalize("NFKC", part)) in text, part


def test_each_script_finds_a_face_that_has_it() -> None:
    found = {run.text: run.face for run in runs("Kim 김 王 ﾔ שרון", Face.REGULAR)}
    assert {
        "김": Face.KOREAN,
        "王": Face.CHINESE,
        "ﾔ": Face.CHINESE,
        "ןורש": Face.ARABIC,
    }.items() <= found.items()
    assert printable("สมชาย") == "".join(f"[U+{ord(char):04X}]" for char in "สมชาย")


def test_arabic_letters_join_and_run_from_right_to_left() -> None:
    drawn = visual_order("Dr محمد x", lambda char: True)
    assert drawn == "Dr \ufeaa\ufee4\ufea4\ufee3 x"
    assert unicodedata.normalize("NFKC", drawn) == "Dr دمحم x"
    assert visual_order("سلام", lambda char: True) == "\ufee1\ufefc\ufeb3"
    assert visual_order("Müller, 王", lambda char: True) == "Müller, 王"
    assert visual_order("שָׁלוֹם (a)", lambda char: True).startswith("םוֹלשָׁ")
